"""How promising a state is, and a tactic that could be tried in one. The smallest number is tried first.

Scorers are pure: what has to be asked elsewhere (an estimate of the steps that remain, a model's probabilities) stands
on the nodes and edges already; see `tools.search.estimator`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from tools.lean.goals import Goal
from tools.search.tree import Edge, Node

_TOKEN = re.compile(r"[^\W\d][\w'!?.]*|[^\s\w(){}\[\],.:⟨⟩]+")


class StateScorer(Protocol):
    """Gives states, and tactics in them, numbers."""

    def state(self, node: Node) -> float:
        """The score of a state."""
        ...

    def idea(self, edge: Edge) -> float:
        """The score of a tactic in a state."""
        ...


@dataclass(frozen=True, slots=True)
class HeuristicScorer:
    """What the way cost, and something for the main goal: its length, and the strange words in it.

    A word of its target is strange that none of its hypotheses shares; `strangeness` is for a target of which every
    word is. The other goals count little: a step that splits a goal into easy ones must not stand behind one that
    gives something away and leaves a single goal. For a tactic its cost is added.
    """

    goal_weight: float = 0.3
    characters_per_point: float = 80.0
    characters_of_others_per_point: float = 320.0
    strangeness: float = 0.5

    def state(self, node: Node) -> float:
        """The score of a state."""
        if not node.state.goals:
            return node.cost
        main, *others = node.state.goals
        size = len(main) / self.characters_per_point + sum(map(len, others)) / self.characters_of_others_per_point
        return node.cost + self.goal_weight * (1 + len(others)) + size + self.strangeness * _strangeness(main)

    def idea(self, edge: Edge) -> float:
        """The score of a tactic: that of the state, and its cost."""
        return self.state(edge.node) + edge.candidate.cost


@lru_cache(maxsize=4096)
def _strangeness(text: str) -> float:
    """The part of the words of a printed goal's target that no hypothesis has (0 to 1)."""
    goal = Goal.parse(text)
    words = set(_TOKEN.findall(goal.target))
    if not words:
        return 0.0
    known: set[str] = set()
    for hypothesis in goal.hypotheses:
        known.update(_TOKEN.findall(hypothesis.type), hypothesis.names)
    return len(words - known) / len(words)


@dataclass(frozen=True, slots=True)
class ProgressScorer:
    """The estimated steps to the end of the proof, the way so far not counted; `unknown` where there is no estimate."""

    unknown: float = 3.0

    def state(self, node: Node) -> float:
        """The steps that remain in a state."""
        return self.unknown if node.steps_remaining is None else node.steps_remaining

    def idea(self, edge: Edge) -> float:
        """One for the tactic itself, and the steps that remain after it."""
        return 1 + (self.state(edge.node) if edge.steps_remaining is None else edge.steps_remaining)


@dataclass(frozen=True, slots=True)
class LogProbabilityScorer:
    """The negative mean log-probability of the steps that a model proposed (nats); other steps do not count.

    It is the cumulative log-probability of best-first search, normalised by length: a long way is not worse for its
    length. `unknown` is for ways and tactics without any.
    """

    unknown: float = 1.0

    def state(self, node: Node) -> float:
        """The score of the way to a state."""
        return -node.log_probability / node.sampled if node.sampled else self.unknown

    def idea(self, edge: Edge) -> float:
        """The score of the way with the tactic."""
        own = edge.candidate.log_probability
        if own is None:
            return self.state(edge.node)
        return -(edge.node.log_probability + own) / (edge.node.sampled + 1)


@dataclass(frozen=True, slots=True)
class WeightedScorer:
    """A weighted sum of scorers.

    LeanProgress' paper scores C = αN + (1 - α)P (the greatest first) with N = -2n̂/N_max for n̂ estimated steps and P
    the log-probability. That is, up to the sign, the weight 2α/N_max for a `ProgressScorer`, and 1 - α for a
    `LogProbabilityScorer`.
    """

    parts: Sequence[tuple[float, StateScorer]] = field(default_factory=lambda: ((1.0, HeuristicScorer()),))

    def state(self, node: Node) -> float:
        """The score of a state."""
        return sum(weight * scorer.state(node) for weight, scorer in self.parts if weight)

    def idea(self, edge: Edge) -> float:
        """The score of a tactic in a state."""
        return sum(weight * scorer.idea(edge) for weight, scorer in self.parts if weight)
