"""The tool that finds premises, with the index of the library behind it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools.toolbox.calling import Caller, write
from tools.premises.sources import RemoteAnswer, RemotePremise
from tools.toolbox.find_premises import FindPremisesTool
from tools.toolbox.registry import call
from tools.toolbox.tool import ToolResult, ToolVerdict

pytestmark = pytest.mark.lean

PROJECT = """theorem double_length (xs : List Nat) : (xs ++ xs).length = 2 * xs.length := by
  simp; omega
theorem goal (xs : List Nat) : (xs ++ xs).length = xs.length + xs.length := by
  sorry
"""


class Elsewhere:
    """A source on the web that knows one thing, or has a note."""

    def __init__(self, answer: RemoteAnswer) -> None:
        self.asked: list[str] = []
        self._answer = answer

    async def find(self, query: str, limit: int) -> RemoteAnswer:
        self.asked.append(query)
        return self._answer


async def _find(tools: Caller, *sources: Elsewhere, **arguments: Any) -> ToolResult:
    return await call(FindPremisesTool(tools.workspace, sources), json.dumps(arguments), tools.context)


async def test_the_library_by_words(tools: Caller) -> None:
    result = await _find(tools, query="reverse append")
    assert result.verdict is ToolVerdict.OK
    assert result.data["library"][0].startswith("List.reverse_append {α : Type u_1}")
    assert len(result.data["library"]) == 15 and "In the library:" in result.text


async def test_a_goal_gets_premises_of_library_and_project(tools: Caller) -> None:
    write(tools.workspace, "Lengths.lean", PROJECT)
    result = await _find(tools, file="Lengths.lean", declaration="goal")
    premises = result.data["premises"]
    assert any(entry.startswith("List.length_append ") for entry in premises[:5]) and len(premises) == 12
    project = [entry.split(" ")[0] for entry in result.data["project"]]
    assert "double_length" in project and "goal" not in project
    assert "Likely premises of the library" in result.text


async def test_what_the_file_imports_decides(tools: Caller) -> None:
    write(tools.workspace, "Prelude.lean", "prelude\nimport Init.Prelude\n")
    result = await _find(tools, query="Nat.add_comm", file="Prelude.lean")
    assert not any(entry.startswith("Nat.add_comm ") for entry in result.data["library"])


async def test_building_is_told_and_without_a_cache_lean_is_asked(
    tools: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tools.workspace.start()  # installed where the cache is
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr("tools.premises.store.cache_dir", lambda: tmp_path / "file")
    result = await _find(tools, query="add comm")
    assert any(entry.startswith("Nat.add_comm (n m : Nat)") for entry in result.data["library"])
    assert "asking Lean for names" in tools.reports
    monkeypatch.setattr("tools.premises.store.cache_dir", lambda: tmp_path / "cache")
    write(tools.workspace, "Small.lean", "prelude\nimport Init.Prelude\n")
    result = await _find(tools, query="Nat succ le", file="Small.lean")
    assert any(report.startswith("building the index of premises: 0 of ") for report in tools.reports)
    assert any("Nat." in entry for entry in result.data["library"])


async def test_other_sources_are_asked_for_words_only(tools: Caller) -> None:
    found = RemotePremise("Real.add_pow_le", "a ≤ b", "Mathlib", "LeanSearch")
    one, other = Elsewhere(RemoteAnswer((found,))), Elsewhere(RemoteAnswer(note="Loogle was slow"))
    result = await _find(tools, one, other, query="power mean")
    assert result.data["remote"] == ["Real.add_pow_le (LeanSearch): a ≤ b", "(Loogle was slow)"]
    assert "may not exist in this library" in result.text and one.asked == ["power mean"]
    await _find(tools, one, names=["Nat.add_comm"])
    assert one.asked == ["power mean"]
