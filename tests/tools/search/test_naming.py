"""Names for what tactics introduce."""

import pytest

from tests.tools.search.holes import goal
from tools.search.naming import case_names, fresh, taken_names


def test_a_fresh_name_is_never_taken_twice() -> None:
    taken = {"h", "h1"}
    assert [fresh("h", taken), fresh("h", taken), fresh("x", taken)] == ["h2", "h3", "x"]
    assert taken == {"h", "h1", "h2", "h3", "x"}


@pytest.mark.parametrize("wish", ["_", "x.y", "a b", "✝", "", "«odd»"])
def test_what_is_no_plain_name_becomes_x(wish: str) -> None:
    assert fresh(wish, set()) == "x"


def test_inaccessible_names_are_taken_too() -> None:
    assert taken_names(goal("p", "n m : Nat", "h✝¹ : p")) == {"n", "m", "h"}


@pytest.mark.parametrize(
    ("hypotheses", "variable", "names"),
    [
        (("n✝ : Nat", "a✝ : n✝ + 0 = n✝"), "n", ("n", "ih")),
        (("head✝ : α", "tail✝ : List α", "tail_ih✝ : p tail✝"), "xs", ("x", "xs", "ih")),
        (
            ("left✝ right✝ : Tree", "left_ih✝ : p left✝", "right_ih✝ : p right✝"),
            "t",
            ("left", "right", "ih_left", "ih_right"),
        ),
        (("val✝ : α",), "o", ("val",)),
        (("h✝ : x > 3",), "", ("h",)),
    ],
)
def test_names_of_a_case(hypotheses: tuple[str, ...], variable: str, names: tuple[str, ...]) -> None:
    assert case_names(goal("p", *hypotheses), (), variable=variable) == names


def test_a_name_that_is_in_use_gets_a_number() -> None:
    case = goal("p", "n : Nat", "n✝ : Nat", "a✝ : q n✝ = n")
    assert case_names(case, {"n", "ih"}) == ("n1", "ih1")


def test_what_was_inaccessible_before_is_skipped() -> None:
    case = goal("p", "old✝ : Nat", "n✝ : Nat")
    assert case_names(case, (), skipped=1) == ("n",)
