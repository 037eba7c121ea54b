"""The search tree: states, the tactics between them, and when two states count as the same."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from tools.environment.protocol import TacticState
from tools.lean.goals import Goal
from tools.search.generator import Candidate

_NAME = re.compile(r"(?<![\w.'!?✝#])(?:«[^»]*»|[^\W\d][\w'!?]*(?:✝[⁰¹²³⁴⁵⁶⁷⁸⁹]*)?)")
_DAGGER = re.compile(r"✝[⁰¹²³⁴⁵⁶⁷⁸⁹]*")


@dataclass(frozen=True, slots=True)
class Step:
    """One tactic of a script, with the number of goals before and after it."""

    tactic: str
    goals_before: int
    goals_after: int


@dataclass(frozen=True, slots=True)
class Node:
    """A state that was reached, and how.

    `log_probability` sums up what models gave to the `sampled` steps of the way that they proposed. `steps_remaining`
    is an estimate (None: there is none).
    """

    state: TacticState
    steps: tuple[Step, ...] = ()
    cost: float = 0.0
    log_probability: float = 0.0
    sampled: int = 0
    steps_remaining: float | None = None

    @property
    def depth(self) -> int:
        """The number of tactics from the root."""
        return len(self.steps)

    def child(self, state: TacticState, tactic: str, cost: float) -> "Node":
        """The node that a tactic leads to. Nothing else is known of the tactic: it counts as one step of the way."""
        left = None if self.steps_remaining is None else max(0.0, self.steps_remaining - 1)
        return replace(self, state=state, steps=self._with(tactic, state), cost=self.cost + cost, steps_remaining=left)

    def _with(self, tactic: str, state: TacticState) -> tuple[Step, ...]:
        return (*self.steps, Step(tactic, self.state.num_goals, state.num_goals))


@dataclass(frozen=True, slots=True)
class Edge:
    """A tactic that has not been tried yet in a node; `steps_remaining` is an estimate of those that follow it."""

    node: Node
    candidate: Candidate
    steps_remaining: float | None = None

    def child(self, state: TacticState, tactic: str) -> Node:
        """The node that the tactic, as it was run in the end, leads to."""
        node, idea = self.node.child(state, tactic, self.candidate.cost), self.candidate
        if idea.log_probability is not None:
            total = node.log_probability + idea.log_probability
            node = replace(node, log_probability=total, sampled=node.sampled + 1)
        return node if self.steps_remaining is None else replace(node, steps_remaining=self.steps_remaining)


def fingerprint(state: TacticState) -> str:
    """What makes two states the same: their goals up to the names of cases and hypotheses."""
    return "\n\n".join(normal_form(goal) for goal in state.goals)


@lru_cache(maxsize=4096)
def normal_form(text: str) -> str:
    """A printed goal without its case, its hypotheses numbered instead of named."""
    goal = Goal.parse(text)
    flat = text.removeprefix(f"case {goal.case}\n") if goal.case else text
    names = [name for hypothesis in goal.hypotheses for name in hypothesis.names]
    numbers = {name: f"#{index}" for index, name in enumerate(dict.fromkeys(names))}
    flat = _NAME.sub(lambda name: numbers.get(name[0], name[0]), flat)
    return _DAGGER.sub("", flat)
