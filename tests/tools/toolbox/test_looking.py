"""Tools that look and try, on the real Lean."""

import asyncio

import pytest

from tests.tools.toolbox.calling import Caller, write
from tools.toolbox.tool import ToolVerdict

pytestmark = pytest.mark.lean

LOGIC = """/-! Some logic. -/

def Even (n : Nat) : Prop := ∃ k, n = 2 * k

theorem and_swap (p q : Prop) (hp : p) (hq : q) : q ∧ p := by
  constructor
  · sorry
  · sorry

theorem wrong (a b : Nat) : a - b = b - a := by
  sorry

def number : Nat := sorry

theorem bad : Nat := by
  exact hp

theorem term (n : Nat) (h : n < 3) : n ≠ 7 := sorry

theorem even_zero : Even 0 := ⟨0, rfl⟩
"""


@pytest.fixture
def name(tools: Caller) -> str:
    write(tools.workspace, "Logic.lean", LOGIC)
    return "Logic.lean"


async def test_outline(tools: Caller, name: str) -> None:
    result = await tools("outline", file=name)
    assert result.verdict is ToolVerdict.OK
    assert "5: and_swap: theorem and_swap (p q : Prop) (hp : p) (hq : q) : q ∧ p" in result.text
    assert "  hole 2, line 8\n" in result.text and "⊢ p" in result.text
    assert "⊢ n ≠ 7" in result.text
    assert "error at 15:" in result.text.split("and_swap")[0]
    assert {"declaration": "number", "hole": 1, "line": 13, "goal": "⊢ Nat"} in result.data["holes"]
    files = await tools("outline")
    assert "Logic.lean: 5 holes" in files.text


async def test_goals(tools: Caller, name: str) -> None:
    around = await tools("goals", file=name, line=6)
    before, after = around.data["states"]
    assert before["goals"] == ["p q : Prop\nhp : p\nhq : q\n⊢ q ∧ p"] and len(after["goals"]) == 2
    term = await tools("goals", file=name, line=18, column=47)
    assert term.data["states"][0]["goals"] == ["n : Nat\nh : n < 3\n⊢ n ≠ 7"]
    nowhere = await tools("goals", file=name, line=2)
    assert "no goal here" in nowhere.text
    beyond = await tools("goals", file=name, line=99)
    assert beyond.verdict is ToolVerdict.BAD_ARGUMENTS and "not 99" in beyond.text


async def test_a_changed_file_is_seen_as_it_is_now(tools: Caller) -> None:
    write(tools.workspace, "Changing.lean", "theorem t : 1 = 1 := by\n  sorry\n")
    assert "⊢ 1 = 1" in (await tools("goals", file="Changing.lean", line=2)).text
    write(tools.workspace, "Changing.lean", "theorem t : 2 = 2 := by\n  sorry\n")
    assert "⊢ 2 = 2" in (await tools("goals", file="Changing.lean", line=2)).text


async def test_tactics_get_a_verdict_each(tools: Caller, name: str) -> None:
    tactics = ["exact hq", "have h := hq", "exact hp", "sorry", "run_tac pure ()", "first\n| exact hp\n| exact hq"]
    result = await tools("try_tactics", file=name, declaration="and_swap", tactics=tactics)
    assert result.verdict is ToolVerdict.OK
    assert [trial["verdict"] for trial in result.data["trials"]] == [
        "closes",
        "progress",
        "error",
        "not allowed",
        "not allowed",
        "closes",
    ]
    assert result.data["trials"][1]["goals"] == ["case left\np q : Prop\nhp : p\nhq h : q\n⊢ q"]
    assert "ype mismatch" in result.data["trials"][2]["detail"]
    assert "hole 1 of and_swap (line 7)" in result.text
    assert (result.data["declaration"], result.data["path"]) == ("and_swap", str(tools.workspace.root / name))


async def test_failures_of_lean_and_of_the_call_differ(tools: Caller, name: str) -> None:
    refused = await tools("try_tactics", file=name, declaration="and_swap", hole=2, tactics=["exact hq", "rfl"])
    assert refused.verdict is ToolVerdict.LEAN_REFUSED
    barred = await tools("try_tactics", file=name, line=18, tactics=["native_decide"])
    assert barred.verdict is ToolVerdict.NOT_ALLOWED
    unknown = await tools("try_tactics", file=name, declaration="and_swop", tactics=["rfl"])
    assert unknown.verdict is ToolVerdict.BAD_ARGUMENTS and "perhaps and_swap" in unknown.text
    missing = await tools("try_tactics", file="Nowhere.lean", tactics=["rfl"])
    assert missing.verdict is ToolVerdict.BAD_ARGUMENTS
    write(tools.workspace, "Imports.lean", "import Mathlib\ntheorem t : 1 = 1 := by\n  sorry\n")
    imports = await tools("try_tactics", file="Imports.lean", tactics=["rfl"])
    assert imports.verdict is ToolVerdict.LEAN_REFUSED and "Mathlib" in imports.text
    write(tools.workspace, "Broken.lean", "theorem t : 1 = ) := by\n  sorry\n")
    broken = await tools("try_tactics", file="Broken.lean", tactics=["rfl"])
    assert broken.verdict is ToolVerdict.LEAN_REFUSED and "no goal for this hole" in broken.text


async def test_an_endless_tactic_does_not_spoil_the_next(tools: Caller) -> None:
    write(tools.workspace, "Endless.lean", "theorem t (p : Prop) (h : p) : p := by\n  sorry\n")
    endless = "have : 2 ^ 400000 % 7 = 3 := by\n  iterate 1000000 (have : 2 ^ 64 = 2 ^ 64 := by simp)\n  simp"
    result = await tools("try_tactics", file="Endless.lean", tactics=[endless, "exact h"], seconds=1)
    assert [trial["verdict"] for trial in result.data["trials"]] == ["timed out", "closes"]


async def test_what_was_begun_and_what_lean_suggests(tools: Caller, name: str) -> None:
    write(tools.workspace, "Begun.lean", "theorem t (a b : Nat) : a = 1 → a + b = b + a := by\n  sorry\n")
    tactics = ["omega", "exact?"]
    result = await tools("try_tactics", file="Begun.lean", after="intro e", tactics=tactics, seconds=60)
    assert [trial["verdict"] for trial in result.data["trials"]] == ["closes", "closes"]
    assert "Try this:\n" in result.text and "Nat.add_comm a b" in result.text
    wrong = await tools("try_tactics", file=name, declaration="term", after="exact 1", tactics=["rfl"])
    assert wrong.verdict is ToolVerdict.LEAN_REFUSED and "`after` itself" in wrong.text


async def test_calls_side_by_side(tools: Caller, name: str) -> None:
    write(tools.workspace, "Other.lean", "theorem t (p : Prop) (h : p) : p := by\n  sorry\n")
    results = await asyncio.gather(
        tools("try_tactics", file=name, line=7, tactics=["exact hq"]),
        tools("try_tactics", file=name, line=8, tactics=["exact hp"]),
        tools("try_tactics", file="Other.lean", tactics=["exact h"]),
        tools("goals", file="Other.lean", line=2),
        tools("check", code="#check Nat.succ"),
    )
    assert [result.verdict for result in results] == [ToolVerdict.OK] * 5


async def test_after_a_cancelled_call_the_next_one_works(tools: Caller) -> None:
    write(tools.workspace, "Cancelled.lean", "theorem t (p : Prop) (h : p) : p := by\n  sorry\n")
    endless = "iterate 1000000 (have : 2 ^ 64 = 2 ^ 64 := by simp)\nexact h"
    task = asyncio.create_task(tools("try_tactics", file="Cancelled.lean", tactics=[endless], seconds=60))
    await asyncio.sleep(1.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    result = await tools("try_tactics", file="Cancelled.lean", tactics=["exact h"], seconds=60)
    assert result.verdict is ToolVerdict.OK


async def test_checking(tools: Caller, name: str) -> None:
    fine = await tools("check", code="theorem t : 1 = 1 := rfl\n#check t")
    assert fine.verdict is ToolVerdict.OK and "2:0: info: t : 1 = 1" in fine.text
    with_file = await tools("check", file=name, code="#check even_zero\nexample : Even 2 := ⟨1, rfl⟩")
    assert with_file.verdict is ToolVerdict.OK and "1:0: info: even_zero : Even 0" in with_file.text
    alone = await tools("check", file=name, code="#check even_zero", imports_only=True)
    assert alone.verdict is ToolVerdict.LEAN_REFUSED and "1:7: error:" in alone.text
    whole = await tools("check", file=name)
    assert whole.verdict is ToolVerdict.LEAN_REFUSED and whole.text.startswith("15:0: error: type of theorem")
    assert "declaration uses" in whole.text.split("\n", 1)[1]
    assert (await tools("check")).verdict is ToolVerdict.BAD_ARGUMENTS


@pytest.mark.parametrize(
    "code",
    [
        "#eval 1 + 1",
        "run_cmd pure ()",
        'macro "boo" : tactic => `(tactic| sorry)',
        "theorem t : 1 = 1 := by\n  run_tac pure ()",
        "open Lean Elab Command in\nrun_cmd pure ()",
        "initialize pure ()",
    ],
)
async def test_code_never_runs(tools: Caller, code: str) -> None:
    result = await tools("check", code=code)
    assert result.verdict is ToolVerdict.NOT_ALLOWED and "not shown to Lean" in result.text


async def test_searching(tools: Caller, name: str) -> None:
    found = await tools("search_proof", file=name, declaration="term", seconds=60)
    assert found.verdict is ToolVerdict.OK and found.data["proof"]
    assert (tools.workspace.root / name).read_text() == LOGIC
    refuted = await tools("search_proof", file=name, declaration="wrong", seconds=60)
    assert refuted.verdict is ToolVerdict.LEAN_REFUSED and "false" in refuted.text
    data = await tools("search_proof", file=name, declaration="number")
    assert data.verdict is ToolVerdict.LEAN_REFUSED and "asks for data" in data.text


async def test_searching_in_vain_says_what_was_tried(tools: Caller) -> None:
    text = "theorem long (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"
    write(tools.workspace, "Long.lean", text)
    result = await tools("search_proof", file="Long.lean", seconds=4)
    assert result.verdict is ToolVerdict.TIMED_OUT and "no proof found" in result.text
    assert ": error" in result.text and tools.reports


async def test_premises_by_name_and_words(tools: Caller, name: str) -> None:
    result = await tools("find_premises", query="even")
    assert any(entry.startswith("even_zero (Logic.lean:20)") for entry in result.data["project"])
    library = await tools("find_premises", query="add comm", names=["Nat.add_comm", "Nat.le", "Nat.no_such"])
    assert any(entry.startswith("Nat.add_comm (n m : Nat)") for entry in library.data["library"])
    add, le, unknown = library.data["named"]
    assert "n + m = m + n" in add and "inductive Nat.le" in le and "Unknown" in unknown
    bad = await tools("find_premises", names=["x; #eval 1"])
    assert bad.verdict is ToolVerdict.BAD_ARGUMENTS
    assert (await tools("find_premises")).verdict is ToolVerdict.BAD_ARGUMENTS


async def test_premises_for_a_goal(tools: Caller) -> None:
    write(tools.workspace, "Goal.lean", "theorem t (a b : Nat) : a + b = b + a := by\n  sorry\n")
    result = await tools("find_premises", file="Goal.lean", declaration="t")
    assert any("Nat.add_comm a b" in entry for entry in result.data["goal"])
