"""False goals are found out, true ones never."""

import pytest

from tests.tools.search.holes import at_hole
from tools.lean.server import LeanServer
from tools.search.refute import Refutation, refute


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests load the machine: what Lean says counts here, not how soon."""
    monkeypatch.setattr("tools.search.refute.SECONDS_A_TRIAL", 60.0)


async def _refute(lean: LeanServer, statement: str) -> Refutation | None:
    async with at_hole(lean, f"theorem t {statement} := by sorry") as environment:
        return await refute(environment)


@pytest.mark.lean
@pytest.mark.parametrize(
    ("statement", "witness"),
    [
        (": 2 + 2 = 5", ()),
        ("(m : Nat) (h : m > 3) : m > 5", ("m = 4",)),
        ("(a b : Int) : a * b = a + b", ("a = 0", "b = 1")),
        ("(p q : Prop) : p ∨ q → p", ("p = False", "q = True")),
        ("(n : Nat) : n ^ 2 + n + 41 ≠ 1681", ("n = 40",)),
        ("(a b : Nat) (h : a + b = 9) (h2 : a * b = 20) : a = 4", ("a = 5", "b = 4")),
        (": ∀ n : Nat, ∀ b : Bool, n % 7 ≠ 6 ∨ b = true", ("n = 6",)),
        ("(xs ys : List Nat) : xs ++ ys = ys ++ xs", ("xs = [0]", "ys = [1]")),
        ("{α : Type} (xs ys : List α) : xs ++ ys = ys ++ xs", ("α = Nat", "xs = [0]", "ys = [1]")),
        ("{α : Type} [Inhabited α] (x y : α) : x = y", ("α = Nat", "x = 0", "y = 1")),
        ("{α : Type} : ∃ x : α, x = x", ("α = Empty",)),
        ("(f : Nat → Nat) (h : ∀ n, f n < f (n + 1)) : ∀ n, f n = n", ("f = fun x => x + 1",)),
        ("(P : Nat → Prop) (h : ∃ n, P n) : ∀ n, P n", ("P = fun x => x = 0",)),
        ("(s : String) : s.length < 5", ('s = "abcdefgh"',)),
        ("(o : Option Bool) : o = none", ("o = some true",)),
    ],
)
async def test_false(lean: LeanServer, statement: str, witness: tuple[str, ...]) -> None:
    found = await _refute(lean, statement)
    assert found is not None and found.witness == witness


@pytest.mark.lean
async def test_a_value_of_the_file_s_own_type(lean: LeanServer) -> None:
    text = "inductive Color where\n  | red\n  | green\n\ntheorem t (c d : Color) : c = d := by sorry"
    async with at_hole(lean, text) as environment:
        found = await refute(environment, {"Color": ("Color.red", "Color.green")})
    assert found is not None and found.witness == ("c = Color.red", "d = Color.green")


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
        "(n : Nat) (f : Nat → Nat) (h : ∀ m, f m = m) : f n = n",
        "{α : Type} [Inhabited α] : ∃ x : α, x = x",
    ],
)
async def test_true(lean: LeanServer, statement: str) -> None:
    assert await _refute(lean, statement) is None
