"""When two states count as the same, and how nodes grow."""

import pytest

from tools.environment.protocol import TacticState
from tools.search.tree import Node, Step, fingerprint


def _state(*goals: str) -> TacticState:
    return TacticState(0, goals)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("n : Nat\n⊢ n = n", "m : Nat\n⊢ m = m"),
        ("case left\nh : p\n⊢ p", "case right\nh' : p\n⊢ p"),
        ("n✝ : Nat\n⊢ n✝ = 0", "k : Nat\n⊢ k = 0"),
    ],
)
def test_names_do_not_matter(one: str, other: str) -> None:
    assert fingerprint(_state(one)) == fingerprint(_state(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("n m : Nat\n⊢ n = m", "n m : Nat\n⊢ m = n"),
        ("n : Nat\n⊢ n = n", "n : Int\n⊢ n = n"),
        ("n : Nat\n⊢ n = n", "n : Nat\nh : n = 0\n⊢ n = n"),
        ("f : Nat\n⊢ Nat.f f = 0", "g : Nat\n⊢ Nat.g g = 0"),
    ],
)
def test_what_is_different_stays_different(one: str, other: str) -> None:
    assert fingerprint(_state(one)) != fingerprint(_state(other))


def test_the_order_of_goals_matters() -> None:
    assert fingerprint(_state("⊢ p", "⊢ q")) != fingerprint(_state("⊢ q", "⊢ p"))


def test_a_child_knows_the_way_and_its_cost() -> None:
    root = Node(_state("⊢ p ∧ q"))
    child = root.child(_state("⊢ p", "⊢ q"), "constructor", 0.5).child(_state("⊢ q"), "assumption", 0.25)
    assert child.steps == (Step("constructor", 1, 2), Step("assumption", 2, 1))
    assert (child.depth, child.cost, root.depth) == (2, 0.75, 0)
