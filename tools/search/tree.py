"""The search tree: states, the tactics between them, and when two states count as the same."""

import re
from dataclasses import dataclass

from tools.environment.protocol import TacticState
from tools.lean.goals import Goal
from tools.search.generator import Candidate

_DAGGER = re.compile(r"✝[⁰¹²³⁴⁵⁶⁷⁸⁹]*")


@dataclass(frozen=True, slots=True)
class Step:
    """One tactic of a script, with the number of goals before and after it."""

    tactic: str
    goals_before: int
    goals_after: int


@dataclass(frozen=True, slots=True)
class Node:
    """A state that was reached, and how."""

    state: TacticState
    steps: tuple[Step, ...] = ()
    cost: float = 0.0

    @property
    def depth(self) -> int:
        """The number of tactics from the root."""
        return len(self.steps)

    def child(self, state: TacticState, tactic: str, cost: float) -> "Node":
        """The node that a tactic leads to."""
        step = Step(tactic, self.state.num_goals, state.num_goals)
        return Node(state, (*self.steps, step), self.cost + cost)


@dataclass(frozen=True, slots=True)
class Edge:
    """A tactic that has not been tried yet in a node."""

    node: Node
    candidate: Candidate


def fingerprint(state: TacticState) -> str:
    """What makes two states the same: their goals up to the names of cases and hypotheses."""
    return "\n\n".join(normal_form(goal) for goal in state.goals)


def normal_form(text: str) -> str:
    """A printed goal without its case, its hypotheses numbered instead of named."""
    goal = Goal.parse(text)
    flat = text.removeprefix(f"case {goal.case}\n") if goal.case else text
    names = [name for hypothesis in goal.hypotheses for name in hypothesis.names]
    for index, name in enumerate(dict.fromkeys(names)):
        flat = re.sub(rf"(?<![\w.'!?✝#]){re.escape(name)}(?![\w'!?✝])", f"#{index}", flat)
    return _DAGGER.sub("", flat)
