"""What people's screens are told while a tool works."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tools.toolbox.calling import Caller, write
from tools.toolbox.elaborating import ElaborationReport
from tools.toolbox.workspace import Workspace


class _Told:
    def __init__(self) -> None:
        self.data: list[Mapping[str, Any]] = []
        self.something = asyncio.Event()

    def __call__(self, text: str, data: Mapping[str, Any] | None = None, /) -> None:
        self.data.append(data or {})
        self.something.set()


async def test_what_takes_a_moment_is_not_told() -> None:
    told = _Told()
    with ElaborationReport(told, Path("/a.lean"), "a\nb\n") as watch:
        watch.at_line(2)
        await asyncio.sleep(0)
    await asyncio.sleep(0.4)
    assert told.data == []


async def test_what_takes_long_is_told_up_to_its_end() -> None:
    told = _Told()
    with ElaborationReport(told, Path("/a.lean"), "a\nb\nc\nd") as watch:
        watch.at_line(2)
        await told.something.wait()
        watch.at_line(900)
    assert told.data[0] == {"kind": "elaboration", "path": "/a.lean", "line": 2, "lines": 4}
    assert told.data[-1]["line"] == 4


@pytest.mark.lean
async def test_elaboration_is_told_line_by_line(workspace: Workspace, tools: Caller) -> None:
    theorems = (
        f"theorem t{n} (a b c d : Nat) : a * {n} + b + c + d = d + c + b + {n} * a := by omega" for n in range(80)
    )
    path = write(workspace, "Long.lean", "\n".join(theorems) + "\n")
    await tools("check", file="Long.lean")
    told = [data for data in tools.data if data["kind"] == "elaboration"]
    lines = [data["line"] for data in told]
    assert lines == sorted(lines) and lines[-1] == 81
    assert {data["path"] for data in told} == {str(path)}


@pytest.mark.lean
async def test_a_trial_is_told_when_it_is_done(workspace: Workspace, tools: Caller) -> None:
    path = write(workspace, "Trials.lean", "theorem t (p q : Prop) (h : p) : q ∨ p := by\n  sorry\n")
    result = await tools("try_tactics", file="Trials.lean", tactics=["left", "rfl", "exact Or.inr h"])
    trials = [data for data in tools.data if data["kind"] == "trial"]
    assert [data["trial"] for data in trials] == result.data["trials"]
    assert [data["trial"]["verdict"] for data in trials] == ["progress", "error", "closes"]
    assert {(data["path"], data["declaration"], data["hole"]) for data in trials} == {(str(path), "t", 1)}


@pytest.mark.lean
async def test_a_search_is_told_with_its_tree(workspace: Workspace, tools: Caller) -> None:
    path = write(
        workspace, "Searched.lean", "theorem t (p q : Nat → Prop) (h : ∃ n, p n ∧ q n) : ∃ n, q n := by\n  sorry\n"
    )
    result = await tools("search_proof", file="Searched.lean")
    told = [data for data in tools.data if data["kind"] == "search"]
    assert {(data["path"], data["declaration"], data["hole"]) for data in told} == {(str(path), "t", 1)}
    assert [told[0]["phase"], told[-1]["phase"]] == ["closing", "shortening"]
    assert told[-1]["tactics"] == result.data["tactics"] and told[-1]["limit"] == 30.0
    nodes = {node["id"]: node for data in told for node in data["nodes"]}
    assert nodes[0]["parent"] is None and nodes[0]["status"] == "proved"
