"""How promising a state is."""

from typing import Protocol

from tools.search.tree import Node


class StateScorer(Protocol):
    """Gives a node a number; the smallest is expanded first."""

    def score(self, node: Node) -> float:
        """The score of a node."""
        ...


class HeuristicScorer:
    """What the way cost, plus something for every open goal and for the length of what is open."""

    goal_weight = 1.0
    characters_per_point = 80.0

    def score(self, node: Node) -> float:
        """The score of a node."""
        size = sum(len(goal) for goal in node.state.goals)
        return node.cost + self.goal_weight * node.state.num_goals + size / self.characters_per_point
