"""In which order a search tries what could be tried, and how much it does at a state by itself."""

from dataclasses import dataclass
from typing import Protocol


class SearchPolicy(Protocol):
    """An order of the queue.

    `guided`: a state is worked on before anything waits in the queue: goals that quick tactics close are closed, steps
    that lose nothing are taken, inductions and the library are among the ideas. Otherwise what generators propose is
    all that is tried, the cheapest first. `samples` bounds their candidates for a state (None: all).
    """

    @property
    def name(self) -> str:
        """What the policy is called in reports."""
        ...

    @property
    def guided(self) -> bool:
        """Whether the search does more at a state than to ask the generators."""
        ...

    @property
    def samples(self) -> int | None:
        """How many candidates of the generators are tried in a state."""
        ...

    def priority(self, score: float, order: int) -> float:
        """What is smallest is tried first: from the score of a state or of an idea in it, and its turn."""
        ...


@dataclass(frozen=True, slots=True)
class BestFirst:
    """What promises most is tried first."""

    name: str = "best-first"
    guided: bool = True
    samples: int | None = None

    def priority(self, score: float, order: int) -> float:
        """The score."""
        return score


@dataclass(frozen=True, slots=True)
class BreadthFirst:
    """First come, first served, as in the seed paper: a queue of states, `samples` tactics tried in each."""

    name: str = "breadth-first"
    guided: bool = False
    samples: int | None = 10

    def priority(self, score: float, order: int) -> float:
        """The turn."""
        return float(order)
