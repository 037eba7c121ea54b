"""The steps before a hole, and those of a script."""

import pytest

from tools.lean.document import Document
from tools.progress.script import split_script, steps_before_hole

PROOFS = """theorem whole (p : Prop) : p → p := by
  sorry

theorem term (p : Prop) (h : p) : p := sorry

theorem begun (p q : Prop) : p ∧ q → q ∧ p := by
  intro h -- both
  constructor
  · exact h.2
  · obtain ⟨hp, hq⟩ := h
    sorry

theorem arms (n : Nat) : n + 0 = n := by
  simp only []; skip
  induction n with
  | zero =>
    rfl
  | succ k ih =>
    have : k = k := by
      skip
      rfl
    exact Eq.trans (by sorry) rfl

def later : Nat := 1
theorem after : later = 1 := by
  unfold later
  sorry
  done
"""
INDUCTION = "induction n with\n| zero => rfl\n| succ k ih =>\n  simp\n  exact ih"


@pytest.mark.parametrize(
    ("declaration", "steps"),
    [
        ("whole", ()),
        ("term", ()),
        ("begun", ("intro h", "constructor", "exact h.2", "obtain ⟨hp, hq⟩ := h")),
        ("arms", ("simp only []", "skip", "induction n", "rfl", "have : k = k", "skip", "rfl")),
        ("after", ("unfold later",)),
    ],
)
def test_the_steps_that_lead_to_a_hole(declaration: str, steps: tuple[str, ...]) -> None:
    document = Document.parse(PROOFS)
    (hole,) = (hole for hole in document.holes if hole.declaration == declaration)
    assert steps_before_hole(document, hole) == steps


@pytest.mark.parametrize(
    ("script", "steps"),
    [
        ("simp", ("simp",)),
        ("\nintro h\n\nexact h\n", ("intro h", "exact h")),
        ("intro h; exact h", ("intro h", "exact h")),
        ("simp <;> omega", ("simp <;> omega",)),
        ("first\n| exact h\n| simp", ("first\n| exact h\n| simp",)),
        (f"intro n\n{INDUCTION}", ("intro n", INDUCTION)),
        ("constructor\n· simp\n  omega\n· rfl", ("constructor", "· simp\n  omega", "· rfl")),
        ("", ("",)),
        ("exact h\ntheorem t : False := by simp", ("exact h\ntheorem t : False := by simp",)),
    ],
)
def test_a_script_is_taken_apart(script: str, steps: tuple[str, ...]) -> None:
    assert split_script(script) == steps
