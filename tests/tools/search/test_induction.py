"""Inductions and their arms."""

import pytest

from tests.tools.search.holes import at_hole, goal
from tools.environment.protocol import ProofFinished, TacticState
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
EVEN = """inductive Even : Nat → Prop where
  | zero : Even 0
  | step {n : Nat} : Even n → Even (n + 2)

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
        opened = await with_arms(environment, SearchContext(types=("Tree",)), environment.initial_state, head)
        assert opened is not None
        assert opened.tactic.split("\n") == [f"{head} with", *arms]
        outcome = await environment.run_tac(environment.initial_state, opened.tactic)
        assert isinstance(outcome, TacticState) and outcome.goals == opened.state.goals
        assert outcome.num_goals == len(arms)
        assert not any("✝" in name for text in outcome.goals for h in Goal.parse(text).hypotheses for name in h.names)


@pytest.mark.lean
@pytest.mark.parametrize("types", [("Even",), ()])
async def test_implicit_arguments_of_constructors_have_names_too(lean: LeanServer, types: tuple[str, ...]) -> None:
    theorem = "theorem t {n : Nat} (h : Even n) : Even (n + 4) := by\n  sorry\n"
    async with at_hole(lean, EVEN + theorem) as environment:
        opened = await with_arms(environment, SearchContext(types=types), environment.initial_state, "induction h")
        assert opened is not None
        assert opened.tactic == "induction h with\n| zero => ?_\n| @step n1 a ih => ?_"
        assert opened.state.num_goals == 2


@pytest.mark.lean
async def test_where_lean_takes_no_arms_the_head_stands_alone(lean: LeanServer) -> None:
    # The first case is impossible, and Lean wants the names of the second for what it has put in their places.
    theorem = "theorem t {n : Nat} (h : Even (n + 1 + 1)) : Even n := by\n  sorry\n"
    async with at_hole(lean, EVEN + theorem) as environment:
        opened = await with_arms(environment, SearchContext(types=("Even",)), environment.initial_state, "cases h")
        assert opened is not None and opened.state.num_goals == 1
        closed = await environment.run_tac(opened.state, "assumption")
        assert isinstance(closed, ProofFinished)


def test_induction_follows_the_file_s_own_predicates_first() -> None:
    context = SearchContext(types=("Even",))
    goal = Goal.parse("n k : Nat\nz : Int\nh : Even n\n⊢ n + k = z.toNat + n")
    assert heads(context, goal)[:4] == ["induction h", "induction h generalizing k z", "induction k", "induction n"]
    assert not any(" z" in head.partition(" generalizing")[0] for head in heads(context, goal))


@pytest.mark.lean
async def test_no_arms_where_lean_refuses(lean: LeanServer) -> None:
    async with at_hole(lean, "theorem t (n : Nat) (p : Prop) : p → n = n := by\n  sorry\n") as environment:
        assert await with_arms(environment, SearchContext(), environment.initial_state, "induction p") is None
        assert await with_arms(environment, SearchContext(), environment.initial_state, "induction nothing") is None
