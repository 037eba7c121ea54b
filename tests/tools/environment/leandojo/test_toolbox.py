"""The tools of the chat over LeanDojo: trials against the recorded REPL, everything else by the real embedded Lean."""

from collections.abc import AsyncGenerator

import pytest

from tests.tools.environment.leandojo.conftest import FIRST, LEAN, SPLIT, Traced, answer, gone
from tests.tools.toolbox.calling import Caller
from tools.lean.machine import MachineLimits
from tools.lean.toolchain import Toolchain
from tools.toolbox.tool import ToolVerdict
from tools.toolbox.workspace import Workspace

pytestmark = pytest.mark.lean

PROPOSITION = answer(r"show \(_ : Prop\)", {"sid": "next", "tacticState": FIRST})
DONE = {"sid": "next", "tacticState": "no goals"}
BOTH = {"file": "Facts.lean", "declaration": "both"}


@pytest.fixture
async def tools(toolchain: Toolchain, traced: Traced) -> AsyncGenerator[Caller]:
    """The tools of a workspace whose settings name LeanDojo."""
    workspace = Workspace(traced.root, toolchain.kind.value, environment="leandojo")
    yield Caller(workspace)
    await workspace.close()
    assert all(gone(pid) for pid, _ in traced.starts())
    assert not traced.leftovers()


async def test_tactics_are_tried(traced: Traced, tools: Caller) -> None:
    traced.replay(
        answer("constructor", {"sid": "next", "tacticState": SPLIT}, sid=0),
        answer("simp_all", DONE),
        answer("exact hq", {"error": "type mismatch"}),
    )
    result = await tools("try_tactics", **BOTH, tactics=["exact hq", "constructor", "sorry"])
    assert result.verdict is ToolVerdict.OK
    assert [trial["verdict"] for trial in result.data["trials"]] == ["error", "progress", "not allowed"]
    assert "case right" in result.text and "type mismatch" in result.text
    after = await tools("try_tactics", **BOTH, after="constructor", tactics=["simp_all"])
    assert [trial["verdict"] for trial in after.data["trials"]] == ["closes"]
    # The second call went on in the Lean of the first.
    assert len(traced.starts()) == 1


async def test_each_theorem_has_its_own(traced: Traced, tools: Caller) -> None:
    traced.replay(answer("skip", {"error": "first"}))
    await tools("try_tactics", **BOTH, tactics=["skip"])
    traced.replay(answer("skip", {"error": "second"}), start=[{"sid": 0, "tacticState": "⊢ 1 = 1"}])
    other = await tools("try_tactics", file="Facts.lean", declaration="Deep.ℕ_one", tactics=["skip"])
    assert "second" in other.text
    before, _ = traced.starts()
    assert gone(before[0])


async def test_it_makes_room_for_documents(traced: Traced, toolchain: Toolchain) -> None:
    traced.replay(answer("skip", {"error": "no"}))
    two_places = MachineLimits(4, MachineLimits.default().max_worker_memory)
    workspace = Workspace(traced.root, toolchain.kind.value, limits=two_places, environment="leandojo")
    tools = Caller(workspace)
    try:
        for number in range(2):
            await tools("try_tactics", **BOTH, tactics=["skip"])
            assert not gone(traced.starts()[number][0])
            for name in ("A.lean", "B.lean"):
                (traced.root / name).write_text("theorem t : 1 = 1 := by\n  rfl\n")
                assert (await tools("goals", file=name, line=2)).verdict is ToolVerdict.OK
            assert gone(traced.starts()[number][0])
    finally:
        await workspace.close()


async def test_a_search(traced: Traced, tools: Caller) -> None:
    traced.replay(PROPOSITION, answer(r".*\bsimp_all\b.*", DONE))
    result = await tools("search_proof", **BOTH, seconds=20)
    assert result.verdict is ToolVerdict.OK
    assert "simp_all" in result.data["proof"]
    assert traced.file.read_text(encoding="utf-8") == LEAN


async def test_edits_that_leandojo_does_not_see_are_told_to_the_model(traced: Traced, tools: Caller) -> None:
    traced.replay(PROPOSITION, answer("rfl", {"error": "no"}), answer(r".*\bsimp_all\b.*", DONE))
    traced.file.write_text(f"def extra := 1\n\n{LEAN}", encoding="utf-8")
    tried = await tools("try_tactics", **BOTH, tactics=["rfl"])
    searched = await tools("search_proof", **BOTH, seconds=20)
    for result in (tried, searched):
        assert "Facts.lean has edits since commit" in result.text
        assert "LeanDojo tries tactics without them" in result.text


async def test_holes_that_leandojo_cannot_serve(traced: Traced, tools: Caller) -> None:
    extra = "\ntheorem new : 1 = 1 := by\n  sorry\n\ntheorem part : 1 = 1 ∧ 2 = 2 := by\n  exact ⟨sorry, rfl⟩\n"
    traced.file.write_text(LEAN.replace(": p ∧ q", ": q ∧ p") + extra, encoding="utf-8")
    said = {
        "both": "both is stated otherwise in the last commit of Facts.lean",
        "new": "new is not in the last commit of Facts.lean",
        "part": "it is only a part of the theorem's proof",
    }
    for name, reason in said.items():
        tried = await tools("try_tactics", file="Facts.lean", declaration=name, tactics=["rfl"])
        searched = await tools("search_proof", file="Facts.lean", declaration=name)
        for result in (tried, searched):
            assert result.verdict is ToolVerdict.FAILED
            assert reason in result.text and "`[lean] environment`" in result.text
    assert traced.starts() == []


async def test_a_commit_that_is_not_traced(traced: Traced, tools: Caller) -> None:
    traced.git("commit", "-q", "--allow-empty", "-m", "more")
    result = await tools("try_tactics", **BOTH, tactics=["rfl"])
    assert result.verdict is ToolVerdict.FAILED
    assert "LeanDojo has not traced" in result.text and "trace(LeanGitRepo(" in result.text


async def test_what_asks_lean_does_not_ask_leandojo(traced: Traced, tools: Caller) -> None:
    traced.file.write_text(LEAN + "\ndef number : Nat := sorry\n", encoding="utf-8")
    asked = await tools("find_premises", **BOTH)
    assert "And.intro" in asked.text
    written = await tools("write_proof", file="Facts.lean", declaration="number", proof="5")
    assert written.verdict is ToolVerdict.NOT_ALLOWED and "asks for data" in written.text
    assert traced.starts() == []
