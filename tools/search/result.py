"""What a search came to."""

from dataclasses import dataclass

from tools.search.engine import SearchEnd
from tools.search.refute import Refutation
from tools.search.tracked import Attempt


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search came to.

    `proofs` are texts of the same proof, the nicest first; empty when none was found. `tactics` and `nodes` count
    what was tried, `seconds` is the time of the search without the shortening, and `attempts` are the last things
    tried, in their order.
    """

    end: SearchEnd
    proofs: tuple[str, ...] = ()
    refutation: Refutation | None = None
    tactics: int = 0
    nodes: int = 0
    seconds: float = 0.0
    attempts: tuple[Attempt, ...] = ()
