"""Found steps as a person would write them."""

import pytest

from tools.search.layout import linear, structured
from tools.search.tree import Step

ARMS = "induction n with\n| zero => ?_\n| succ n ih => ?_"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([Step("rfl", 1, 0)], "rfl"),
        ([Step("intro h", 1, 1), Step("exact h", 1, 0)], "intro h\nexact h"),
        (
            [Step("constructor", 1, 2), Step("exact a", 2, 1), Step("intro x", 1, 1), Step("exact b", 1, 0)],
            "constructor\n· exact a\n· intro x\n  exact b",
        ),
        (
            [Step("constructor", 1, 2), Step("constructor", 2, 3), Step("a", 3, 2), Step("b", 2, 1), Step("c", 1, 0)],
            "constructor\n· constructor\n  · a\n  · b\n· c",
        ),
        (
            [Step(ARMS, 1, 2), Step("rfl", 2, 1), Step("simp", 1, 1), Step("omega", 1, 0)],
            "induction n with\n| zero => rfl\n| succ n ih =>\n  simp\n  omega",
        ),
        (
            [Step("constructor", 1, 2), Step("· first\n  | rfl", 2, 1), Step("b", 1, 0)],
            "constructor\n· · first\n    | rfl\n· b",
        ),
    ],
)
def test_structured(steps: list[Step], expected: str) -> None:
    assert structured(steps) == expected


@pytest.mark.parametrize(
    "steps",
    [
        [Step("constructor", 1, 2), Step("simp_all", 2, 0)],  # one step closed both
        [Step("intro h", 1, 1)],  # nothing closes it
        [Step("rfl", 1, 0), Step("rfl", 1, 0)],  # steps after the end
    ],
)
def test_what_is_no_tree_has_no_bullets(steps: list[Step]) -> None:
    assert structured(steps) is None


def test_linear() -> None:
    assert linear([Step("constructor", 1, 2), Step("simp_all", 2, 0)]) == "constructor\nsimp_all"
