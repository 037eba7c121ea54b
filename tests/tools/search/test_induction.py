"""Inductions and their arms."""

import pytest

from tests.tools.search.holes import at_hole, goal
from tools.environment.protocol import TacticState
from tools.lean.goals import Goal
from tools.lean.server import LeanServer
from tools.search.generator import SearchContext
from tools.search.induction import calls_of, heads, subject, variables, with_arms

FILE = SearchContext(definitions=("Tree.size", "double"), types=("Tree",))
TREE = """inductive Tree (α : Type) where
  | leaf : Tree α
  | node (left : Tree α) (value : α) (right : Tree α) : Tree α

def Tree.size {α : Type} : Tree α → Nat
  | .leaf => 0
  | .node l _ r => l.size + 1 + r.size

"""


@pytest.mark.parametrize(
    ("target", "hypotheses", "expected"),
    [
        ("n + m = m + n", ("n m : Nat",), ("m", "n")),
        ("t.size = 0", ("α : Type", "t : Tree α"), ("t",)),
        ("xs = ys", ("α : Type", "ys : List α", "xs : List α", "n : Nat"), ("xs", "ys")),
        ("p", ("n : Nat", "h : n = 0"), ("n",)),
        ("f 0 = 0", ("f : Nat → Nat",), ()),
        ("x✝ = x✝", ("x✝ : Nat",), ()),
    ],
)
def test_variables(target: str, hypotheses: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert variables(FILE, goal(target, *hypotheses)) == expected


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("double", "double n = n + n", ["double n"]),
        ("List.rev", "xs.rev.rev = xs", ["List.rev xs"]),
        ("Tree.insert", "(Tree.insert x t).size = t.size", ["Tree.insert x t"]),
        ("A.B.insert", "B.insert x t = insert y t", ["A.B.insert x t", "A.B.insert y t"]),
        ("double", "double' n = n", []),
        ("double", "double (n + 1) = n", []),
    ],
)
def test_calls(name: str, target: str, expected: list[str]) -> None:
    assert calls_of(name, target) == expected


def test_heads_are_named_once_and_generalize_what_varies() -> None:
    found = heads(FILE, goal("double n + m = m + double n", "n m : Nat"))
    assert {"induction n", "fun_induction double n", "induction n generalizing m"} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("head", "variable"),
    [("induction n generalizing m", "n"), ("cases h : f x", "h"), ("cases t", "t"), ("fun_induction f x", "")],
)
def test_subject(head: str, variable: str) -> None:
    assert subject(head) == variable


@pytest.mark.lean
@pytest.mark.parametrize(
    ("statement", "head", "arms"),
    [
        ("(n : Nat) : 0 + n = n", "induction n", ["| zero => ?_", "| succ n ih => ?_"]),
        ("(xs : List Nat) : xs ++ [] = xs", "induction xs", ["| nil => ?_", "| cons x xs ih => ?_"]),
        ("(o : Option Nat) : o = o", "cases o", ["| none => ?_", "| some val => ?_"]),
        (
            "(t : Tree Nat) : t.size ≥ 0",
            "induction t",
            ["| leaf => ?_", "| node left value right ih_left ih_right => ?_"],
        ),
        ("(p q : Prop) (h : p ∨ q) : q ∨ p", "cases h", ["| inl h => ?_", "| inr h => ?_"]),
    ],
)
async def test_arms_are_lean_s_own(lean: LeanServer, statement: str, head: str, arms: list[str]) -> None:
    async with at_hole(lean, f"{TREE}theorem t {statement} := by\n  sorry\n") as environment:
        tactic = await with_arms(environment, environment.initial_state, head)
        assert tactic is not None
        assert tactic.split("\n") == [f"{head} with", *arms]
        outcome = await environment.run_tac(environment.initial_state, tactic)
        assert isinstance(outcome, TacticState) and outcome.num_goals == len(arms)
        assert not any("✝" in name for text in outcome.goals for h in Goal.parse(text).hypotheses for name in h.names)


@pytest.mark.lean
async def test_no_arms_where_lean_refuses(lean: LeanServer) -> None:
    async with at_hole(lean, "theorem t (n : Nat) (p : Prop) : p → n = n := by\n  sorry\n") as environment:
        assert await with_arms(environment, environment.initial_state, "induction p") is None
        assert await with_arms(environment, environment.initial_state, "induction nothing") is None
