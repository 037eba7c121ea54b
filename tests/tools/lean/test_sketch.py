"""Sketches: what counts as a step, and the way from a sketch to a whole proof."""

import pytest

from tools.lean.document import Document
from tools.lean.sketch import Sketch, without_steps


def statements(proof: str) -> list[str]:
    """The statements of a sketch's steps."""
    return [step.statement for step in Sketch.parse(proof).steps]


def test_the_steps_of_a_sketch() -> None:
    sketch = Sketch.parse(
        "  have h₁ : n ≤ m := by sorry\n  obtain ⟨k, hk⟩ : ∃ k,\n      m = n + k := by\n    sorry\n"
        "  have : k = 0 ∧ (1 : Nat) = 1 := sorry\n  have all (i : Nat) : i = i := by\n    -- easy\n    sorry\n  omega\n"
    )
    assert [step.statement for step in sketch.steps] == [
        "h₁ : n ≤ m",
        "⟨k, hk⟩ : ∃ k, m = n + k",
        ": k = 0 ∧ (1 : Nat) = 1",
        "all (i : Nat) : i = i",
    ]
    assert [step.names for step in sketch.steps[:3]] == [{"h₁"}, {"k", "hk"}, {"this"}]
    assert sketch.is_readable and sketch.text.startswith("have h₁")


@pytest.mark.parametrize(
    "proof",
    [
        "sorry",
        "have h : p := foo\nsorry",
        "have h : p := by\n  intro x\n  sorry",
        "have h : p := by simp; sorry",
        "have h := sorry",
        "exact (sorry : p)",
        "let x : Nat := sorry\nexact h x",
        "have h : p := foo\nexact calc a = b := sorry",
        "obtain ⟨x, h⟩ := foo\ncalc a = b := by sorry\n  _ = c := by sorry",
        "rcases h with h | h\n· sorry\n· exact h",
        "refine ⟨?_, by sorry⟩",
        "have h : p := by\n  admit",
    ],
)
def test_a_sorry_elsewhere_is_no_step(proof: str) -> None:
    assert statements(proof) == [] and without_steps(proof) == proof


def test_what_a_step_stands_in_may_be_anything() -> None:
    proof = "cases h with\n| inl h =>\n  have h₁ : p := by\n    have h₂ : q := sorry\n    exact f h₂\n| inr h => simp"
    assert statements(proof) == ["h₂ : q"]
    assert Sketch.parse("exact fun x => by\n  have h : p x := by sorry\n  exact h").steps
    assert "sorry" in without_steps("have h : p := by sorry -- sorry\nexact h")  # the comment's alone


def test_proofs_in_the_place_of_the_steps() -> None:
    sketch = Sketch.parse(
        "  have h₁ : p := by sorry\n  have h₂ : q :=\n    sorry\n  have h₃ : r := by\n    sorry\n  exact f h₁"
    )
    assert sketch.filled(["simp", "constructor\n· simp\n· omega", "intro x\nexact g x"]) == (
        "have h₁ : p := by simp\nhave h₂ : q :=\n  by\n    constructor\n    · simp\n    · omega\n"
        "have h₃ : r := by\n  intro x\n  exact g x\nexact f h₁"
    )


def test_the_steps_are_holes_where_the_sketch_is_placed() -> None:
    document = Document.parse("theorem t : p ∧ q := ⟨sorry, by\n  sorry⟩\n\ntheorem u : q := sorry\n")
    sketch = Sketch.parse("have h₁ : r := by sorry\nhave h₂ : s := by sorry\nexact f h₁ h₂")
    for hole in document.holes:
        placed, holes = sketch.placed(document, hole)
        assert len(holes) == 2 and len(placed.holes) == 4
        assert [each.declaration for each in holes] == [hole.declaration] * 2
