"""How promising a state is."""

from collections.abc import Sequence
from typing import Protocol

from tools.search.tree import Node


class StateScorer(Protocol):
    """Gives nodes numbers; the smallest is expanded first."""

    async def scores(self, nodes: Sequence[Node]) -> Sequence[float]:
        """The score of each node, in their order. It may take its time, but never the event loop's."""
        ...


class HeuristicScorer:
    """What the way cost, plus something for every open goal and for the length of what is open."""

    goal_weight = 1.0
    characters_per_point = 80.0

    async def scores(self, nodes: Sequence[Node]) -> Sequence[float]:
        """The score of each node."""
        return [self.score(node) for node in nodes]

    def score(self, node: Node) -> float:
        """The score of a node."""
        size = sum(len(goal) for goal in node.state.goals)
        return node.cost + self.goal_weight * node.state.num_goals + size / self.characters_per_point
