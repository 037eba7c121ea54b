"""The tool that finds premises, with the index of the library behind it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools.toolbox.calling import Caller, write
from tests.web import Web
from tools.premises.encoder import Encoder
from tools.premises.ranking import RemoteEmbedder
from tools.premises.sources import EncoderSettings, RemoteAnswer, RemotePremise
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


async def _find(
    tools: Caller, *sources: Elsewhere, embedder: RemoteEmbedder | None = None, **arguments: Any
) -> ToolResult:
    return await call(FindPremisesTool(tools.workspace, sources, embedder), json.dumps(arguments), tools.context)


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


async def test_an_encoder_orders_the_premises_of_a_goal(tools: Caller, web: Web) -> None:
    write(tools.workspace, "Lengths.lean", PROJECT)
    plain = (await _find(tools, file="Lengths.lean", declaration="goal")).data["premises"]
    last = plain[-1].split(" ")[0]

    def answers(question: dict[str, str]) -> object:
        near = "⊢" in question["input"] or question["input"].startswith(f"{last} ")
        return {"outputs": [1.0 if near else -1.0]}

    web.answers = answers
    encoder = Encoder(EncoderSettings(url=web.url, name="native"))
    result = await _find(tools, embedder=encoder, file="Lengths.lean", declaration="goal")
    assert result.data["premises"][0] == plain[-1] and result.data["notes"] == []
    goal = "xs : List Nat\n⊢ (xs ++ xs).length = xs.length + xs.length"
    assert {"name": "native", "input": goal} in web.asked


async def test_an_encoder_that_fails_is_told_of_and_changes_nothing(tools: Caller, web: Web) -> None:
    web.says({"detail": "out of memory"}, status=500)
    encoder = Encoder(EncoderSettings(url=web.url, name="native"))
    result = await _find(tools, embedder=encoder, query="reverse append")
    assert result.data["library"] == (await _find(tools, query="reverse append")).data["library"]
    assert "What did not work:\nthe encoder gave no vectors" in result.text and "500" in result.data["notes"][0]
    named = await _find(tools, embedder=encoder, names=["Nat.add_comm"])
    assert named.data["notes"] == [], "it was not asked"


async def test_a_call_that_is_cancelled_leaves_no_encoder_at_work(tools: Caller, web: Web) -> None:
    await _find(tools, query="reverse append")  # the index is there
    web.hang.clear()
    encoder = Encoder(EncoderSettings(url=web.url, name="native", seconds=100))
    asked = asyncio.create_task(_find(tools, embedder=encoder, query="reverse append"))
    while not web.asked:
        await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    web.says({"outputs": [1.0]})
    web.hang.set()
    assert await asyncio.to_thread(encoder.embed, ["free"]), "nobody holds it any more"
