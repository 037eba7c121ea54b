"""Small values of the types that Lean prints."""

import pytest

from tools.search.formula import Binder
from tools.search.instances import instances, values


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("Bool", ("true", "false")),
        ("(Bool)", ("true", "false")),
        ("Option Bool", ("none", "some true", "some false")),
        ("List Bool", ("[]", "[true]", "[false]", "[true, false]", "[false, true]")),
        ("Bool × Unit", ("(true, ())", "(false, ())")),
        ("Bool → Bool", ("fun x => x", "fun _ => true", "fun _ => false")),
        ("Color", ("Color.red",)),
        ("Set Nat", ()),
        ("", ()),
        ("List Color", ("[]", "[Color.red]")),
    ],
)
def test_values(kind: str, found: tuple[str, ...]) -> None:
    assert values(kind, {"Color": ("Color.red",)}) == found


def test_types_in_types_come_to_an_end() -> None:
    assert values("List (List (List (List (List (List Nat)))))", {})[0] == "[]"


def test_small_values_come_first() -> None:
    found = instances((Binder("m", "Nat"), Binder("b", "Bool")), {}, 4)
    assert found == [("0", "true"), ("0", "false"), ("1", "true"), ("1", "false")]


def test_a_type_variable_is_given_a_type() -> None:
    found = instances((Binder("α", "Type"), Binder("xs", "List α"), Binder("h", "P xs")), {}, 100)
    assert ("Nat", "[0]") in found and ("Empty", "[]") in found


def test_nothing_is_said_of_unknown_types() -> None:
    assert instances((Binder("x", "Foo"), Binder("n", "Nat")), {}, 10) == []
    assert instances((Binder("n", None),), {}, 10) == []
    assert instances((), {}, 10) == []
