"""Scores of states and ideas: pure functions of what stands on nodes and edges."""

from dataclasses import replace

import pytest

from tools.environment.protocol import TacticState
from tools.search.generator import Candidate
from tools.search.scorer import HeuristicScorer, LogProbabilityScorer, ProgressScorer, WeightedScorer
from tools.search.tree import Edge, Node


def _node(*goals: str) -> Node:
    return Node(TacticState(1, goals))


def test_fewer_and_shorter_goals_are_better() -> None:
    scorer = HeuristicScorer()
    one, two = _node("⊢ a = b"), _node("⊢ a = b", "⊢ a = b")
    long = _node(f"⊢ a = b ∧ {' ∧ '.join('a = b' for _ in range(20))}")
    assert scorer.state(_node()) < scorer.state(one) < scorer.state(two)
    assert scorer.state(one) < scorer.state(long)
    assert abs(scorer.state(replace(one, cost=2.0)) - scorer.state(one) - 2.0) < 1e-9


def test_splitting_a_goal_is_no_loss() -> None:
    scorer = HeuristicScorer()
    whole = _node("a b : Nat\n⊢ " + " ∧ ".join("a = b" for _ in range(20)))
    halves = "a b : Nat\n⊢ " + " ∧ ".join("a = b" for _ in range(10))
    assert scorer.state(_node(halves, halves)) < scorer.state(whole)


def test_a_target_near_its_hypotheses_is_better() -> None:
    scorer = HeuristicScorer()
    near = scorer.state(_node("a b : Nat\nh : double a ≤ b\n⊢ double a ≤ b"))
    far = scorer.state(_node("a b : Nat\nh : double a ≤ b\n⊢ triple c = d"))
    assert near < far


def test_a_dear_idea_is_behind_a_cheap_one() -> None:
    scorer, node = HeuristicScorer(), _node("⊢ p")
    assert scorer.idea(Edge(node, Candidate("a", 0.5))) == scorer.state(node) + 0.5


def test_the_steps_that_remain() -> None:
    scorer, node = ProgressScorer(unknown=3.0), replace(_node("⊢ p"), steps_remaining=2.0)
    assert (scorer.state(node), scorer.state(_node("⊢ p"))) == (2.0, 3.0)
    assert scorer.idea(Edge(node, Candidate("a"), steps_remaining=0.5)) == 1.5
    assert scorer.idea(Edge(node, Candidate("a"))) == 3.0


def test_the_estimate_goes_to_the_child_and_falls_with_steps_that_were_not_estimated() -> None:
    node = _node("⊢ p")
    child = Edge(node, Candidate("a"), steps_remaining=2.5).child(TacticState(2, ("⊢ q",)), "a")
    assert child.steps_remaining == 2.5
    after = child.child(TacticState(3, ("⊢ r",)), "intro x", 0.1)
    assert after.steps_remaining == 1.5
    assert after.child(TacticState(4, ()), "rfl", 0.1).steps_remaining == 0.5
    assert node.child(TacticState(2, ()), "rfl", 0.1).steps_remaining is None


def test_log_probabilities_are_summed_along_the_way_and_normalised_by_length() -> None:
    scorer, node = LogProbabilityScorer(unknown=1.0), _node("⊢ p")
    assert scorer.state(node) == 1.0
    first = Edge(node, Candidate("a", log_probability=-1.0))
    assert scorer.idea(first) == 1.0
    child = first.child(TacticState(2, ("⊢ q",)), "a")
    second = Edge(child, Candidate("b", log_probability=-3.0))
    assert scorer.idea(second) == 2.0
    assert scorer.state(second.child(TacticState(3, ("⊢ r",)), "b")) == 2.0
    # What no model proposed says nothing.
    assert scorer.idea(Edge(child, Candidate("c"))) == scorer.state(child) == 1.0


@pytest.mark.parametrize(("alpha", "best"), [(0.0, "likely"), (1.0, "short")])
def test_the_mix_of_the_paper(alpha: float, best: str) -> None:
    longest = 10.0
    mix = WeightedScorer(((2 * alpha / longest, ProgressScorer()), (1 - alpha, LogProbabilityScorer())))
    node = _node("⊢ p")
    edges = {
        "likely": Edge(node, Candidate("a", log_probability=-0.1), steps_remaining=8.0),
        "short": Edge(node, Candidate("b", log_probability=-2.0), steps_remaining=1.0),
    }
    assert min(edges, key=lambda name: mix.idea(edges[name])) == best
