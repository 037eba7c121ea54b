"""Holes as models name them."""

from typing import Any

import pytest

from tools.errors import ExitCode, QedError
from tools.lean.document import Document
from tools.toolbox.holes import HoleArguments, find_hole

TEXT = """namespace A
theorem one (p : Prop) (h : p) : p ∧ p := by
  constructor
  · sorry
  · sorry

theorem two : 1 = 1 := by
  sorry

theorem done : 1 = 1 := rfl
end A
theorem B.two : 2 = 2 := sorry
"""
DOCUMENT = Document.parse(TEXT)


def _find(**arguments: Any) -> tuple[str, int]:
    hole = find_hole(DOCUMENT, HoleArguments(file="A.lean", **arguments))
    return hole.declaration, hole.index + 1


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"declaration": "A.one"}, ("A.one", 1)),
        ({"declaration": "one", "hole": 2}, ("A.one", 2)),
        ({"line": 5}, ("A.one", 2)),
        ({"line": 2, "hole": 2}, ("A.one", 2)),
        ({"declaration": "A.two"}, ("A.two", 1)),
        ({"declaration": "A.one", "line": 5}, ("A.one", 2)),
        ({"hole": 3}, ("A.two", 1)),
    ],
)
def test_names_of_holes(arguments: dict[str, Any], found: tuple[str, int]) -> None:
    assert _find(**arguments) == found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "4 holes"),
        ({"declaration": "two"}, "several: A.two (line 7), B.two (line 12)"),
        ({"declaration": "oen"}, "no declaration oen"),
        ({"declaration": "A.on"}, "perhaps A.one"),
        ({"declaration": "A.done"}, "has no hole"),
        ({"declaration": "A.one", "hole": 3}, "there are 2, counted from 1"),
        ({"declaration": "A.one", "line": 8}, "no hole at line 8"),
        ({"line": 900}, "no hole at line 900"),
    ],
)
def test_names_that_mean_nothing_say_what_there_is(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(QedError) as raised:
        _find(**arguments)
    assert message in raised.value.message and raised.value.exit_code is ExitCode.USAGE
    assert "hole 1 of A.one (line 4)" in raised.value.hint


def test_the_only_hole_needs_no_name() -> None:
    hole = find_hole(Document.parse("theorem t : 1 = 1 := by\n  sorry\n"), HoleArguments(file="A.lean"))
    assert hole.declaration == "t"
