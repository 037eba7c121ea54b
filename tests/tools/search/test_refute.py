"""False goals are found out, true ones never."""

import pytest

from tests.tools.search.holes import at_hole
from tools.lean.server import LeanServer
from tools.search.refute import Refutation, leading_binder_types, refute


async def _refute(lean: LeanServer, statement: str) -> Refutation | None:
    async with at_hole(lean, f"theorem t {statement} := by sorry") as environment:
        return await refute(environment)


@pytest.mark.lean
@pytest.mark.parametrize(
    ("statement", "witness"),
    [
        (": 2 + 2 = 5", ()),
        ("(m : Nat) (h : m > 3) : m > 5", ("4",)),
        ("(a b : Int) : a * b = a + b", ("0", "1")),
        ("(p q : Prop) : p ∨ q → p", ("False", "True")),
    ],
)
async def test_false(lean: LeanServer, statement: str, witness: tuple[str, ...]) -> None:
    found = await _refute(lean, statement)
    assert found is not None and found.witness == witness


@pytest.mark.lean
@pytest.mark.parametrize(
    "statement",
    [
        ": 2 + 2 = 4",
        "(p : Prop) (h : p) : p",
        "(n : Nat) (h : n < 0) : n = 7",  # vacuous
        "(p q : Prop) (h : p ∧ ¬p) : q",  # the hypotheses contradict each other
        "{α : Type} (l : List α) : l.length < 3 ∨ 3 ≤ l.length",
        ": ∃ n : Nat, n * n = 49",
    ],
)
async def test_true(lean: LeanServer, statement: str) -> None:
    assert await _refute(lean, statement) is None


@pytest.mark.parametrize(
    ("target", "types"),
    [
        ("True", []),
        ("∀ (m : Nat), m > 3 → m > 5", ["Nat"]),
        ("∀ (a b : Int), a = b", ["Int", "Int"]),
        ("∀ (p q : Prop) (n : Nat), p", ["Prop", "Prop", "Nat"]),
        ("∀ {α : Type} (l : List α), l = l", []),
    ],
)
def test_leading_binders(target: str, types: list[str]) -> None:
    assert leading_binder_types(target) == types
