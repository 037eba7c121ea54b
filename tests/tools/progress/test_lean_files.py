"""Rows from Lean files, with the real Lean."""

from pathlib import Path

import pytest

from tools.errors import ExitCode, QedError
from tools.lean.server import LeanServer
from tools.progress.example import Skipped
from tools.progress.lean_files import walk_file

pytestmark = pytest.mark.lean

TEXT = """theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ p := by
  constructor
  · exact hp
  · refine ⟨?_, ?_⟩ <;> (first | exact hp | exact hq)

theorem zero_add' (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have h : 0 + (n + 1) = (0 + n) + 1 := by
      rw [Nat.add_assoc]
    rw [h]; rw [ih]

theorem by_name (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  apply And.intro
  case right =>
    skip
    exact hq
  case left => exact hp

theorem lemma_first (a b : Nat) (h : a = b) : b = a := by
  have g : a + 0 = b := by
    simp
    exact h
  exact g.symm

theorem open_one : 1 = 2 := by
  have h : True := by trivial
  sorry

theorem wrong : 1 = 2 := by
  skip
  rfl

theorem in_a_term : True ∧ True := ⟨by trivial, by
  skip
  trivial⟩

theorem decide_it (p : Prop) [Decidable p] (h : ¬¬p) : p := by
  if g : p then
    exact g
  else
    (exact absurd g h)

theorem a_term : 1 = 1 := rfl
"""


async def test_steps_states_and_what_is_passed_over(lean: LeanServer, tmp_path: Path) -> None:
    passed = Skipped()
    found = await walk_file(lean, tmp_path / "A.lean", TEXT, timeout=120, passed=passed, name="A.lean")
    assert all(each.length == len(each.rows) for each in found)
    rows: dict[str, list[tuple[str, str, int]]] = {}
    for trajectory in found:
        shown = [(row.goal, row.tactic, row.steps_remaining) for row in trajectory.rows]
        rows.setdefault(trajectory.theorem, []).extend(shown)
    assert passed.notes == [
        "A.lean:27: open_one: it says `sorry`",
        "A.lean:31: wrong: it has an error",
    ]
    state = {
        theorem: [(goal.replace("p q : Prop\nhp : p\nhq : q\n", ""), tactic, left) for goal, tactic, left in steps]
        for theorem, steps in rows.items()
    }
    assert state["A.lean:both"] == [
        ("⊢ p ∧ q ∧ p", "constructor", 2),
        ("case left\n⊢ p\n\ncase right\n⊢ q ∧ p", "exact hp", 1),
        ("case right\n⊢ q ∧ p", "refine ⟨?_, ?_⟩ <;> (first | exact hp | exact hq)", 0),
    ]
    assert state["A.lean:by_name"] == [
        ("⊢ p ∧ q", "apply And.intro", 3),
        ("⊢ q\n\ncase left\n⊢ p", "skip", 2),
        ("⊢ q\n\ncase left\n⊢ p", "exact hq", 1),
        ("⊢ p", "exact hp", 0),
    ]
    assert [step[1:] for step in rows["A.lean:zero_add'"]] == [
        ("induction n", 4),
        ("rfl", 3),
        ("have h : 0 + (n + 1) = (0 + n) + 1 := by\n  rw [Nat.add_assoc]", 2),
        ("rw [h]", 1),
        ("rw [ih]", 0),
    ]
    # The other arm stays open while the first one is worked on.
    assert rows["A.lean:zero_add'"][1][0].startswith("case zero\n⊢ 0 + 0 = 0\n\ncase succ\n")
    lemma = rows["A.lean:lemma_first"]
    assert [step[1:] for step in lemma] == [
        ("have g : a + 0 = b", 3),
        ("simp", 2),
        ("exact h", 1),
        ("exact g.symm", 0),
    ]
    assert lemma[1][0].count("⊢") == 2 and lemma[1][0].endswith("g : a + 0 = b\n⊢ b = a")
    assert [step[1:] for step in rows["A.lean:decide_it"]] == [("if g : p", 2), ("exact g", 1), ("exact absurd g h", 0)]
    # Two proofs in one term: each counts for itself.
    assert [step[1:] for step in rows["A.lean:in_a_term"]] == [("trivial", 0), ("skip", 1), ("trivial", 0)]
    assert "A.lean:a_term" not in rows
    assert [row.prefix for row in found[0].rows] == ["", "constructor", "constructor\nexact hp"]


async def test_a_file_without_complete_proofs_costs_nothing(lean: LeanServer, tmp_path: Path) -> None:
    passed = Skipped()
    text = "theorem t : 1 = 1 := by\n  sorry\n\ntheorem u : 1 = 1 := rfl\n"
    found = await walk_file(lean, tmp_path / "E.lean", text, timeout=1e-6, passed=passed)
    assert found == [] and passed.notes == [f"{tmp_path / 'E.lean'}:1: t: it says `sorry`"]


async def test_an_import_that_is_not_there(lean: LeanServer, tmp_path: Path) -> None:
    text = "import Mathlib.Tactic\ntheorem t : 1 = 1 := by rfl\n"
    with pytest.raises(QedError) as caught:
        await walk_file(lean, tmp_path / "C.lean", text, timeout=120, passed=Skipped())
    assert caught.value.exit_code == ExitCode.MISSING_IMPORT and "Mathlib.Tactic" in caught.value.message


async def test_a_proof_that_takes_too_long_is_an_error_and_no_rows(lean: LeanServer, tmp_path: Path) -> None:
    text = "theorem t : True := by\n  sleep 20000\n  trivial\n"
    with pytest.raises(QedError) as caught:
        await walk_file(lean, tmp_path / "D.lean", text, timeout=3, passed=Skipped())
    assert "took over 3 s" in caught.value.message
