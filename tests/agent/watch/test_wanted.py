"""A hole keeps its identity while it asks for the same."""

import pytest

from agent.watch.wanted import identities
from tools.lean.document import Document

BEFORE = """def two : Nat := 2

theorem one (n : Nat) : n = n := by
  rfl

theorem three (n : Nat) : n + two = two + n := by
  sorry
"""


def _keys(text: str, *failing: str) -> set[str]:
    return set(identities(Document.parse(text), failing))


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("  rfl\n", "  simp\n", True),  # no proof depends on the proof of another theorem
        (": Nat := 2", ": Nat := 3", False),
        ("(n : Nat) : n = n", "(n : Nat) : n + 0 = n", False),
        ("two + n := by", "two + n + 0 := by", False),
        ("def two", "-- qed: hint think\ndef two", False),
        ("theorem three", "-- qed: timeout 5\ntheorem three", False),
        ("  sorry\n", "  intros\n  sorry\n", False),
    ],
)
def test_what_a_proof_depends_on(old: str, new: str, same: bool) -> None:
    assert (_keys(BEFORE) == _keys(BEFORE.replace(old, new))) is same


def test_what_stands_below_does_not_count() -> None:
    assert _keys(BEFORE) == _keys(BEFORE + "\ntheorem four : 1 = 1 := by rfl\n")


def test_holes_that_look_the_same_are_told_apart() -> None:
    text = "example : 1 = 1 := by\n  sorry\n\nexample : 1 = 1 := by\n  sorry\n"
    assert len(_keys(text)) == 2


def test_a_hole_in_a_statement_is_none() -> None:
    assert len(_keys("theorem t : (sorry : Prop) := by\n  sorry\n")) == 1


def test_a_proof_that_fails_is_a_hole() -> None:
    assert len(_keys(BEFORE, "one")) == 2
    (hole,) = (hole for hole in identities(Document.parse(BEFORE), ["one"]).values() if hole.declaration == "one")
    assert BEFORE[hole.span.start : hole.span.end] == "by\n  rfl"
