"""Which of many names are meant by a few letters. Made for tens of thousands of names at every key."""

import heapq
import re
from collections.abc import Sequence

_BREAKS = frozenset("./_- :")
_LONGEST = 60
"""Letters of a query that are looked for apart. Nobody abbreviates with more."""


class Names:
    """Names that can be searched: first those that contain the letters as they are, then those that have them apart."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        # Not `casefold`: it changes lengths, and places in the name are wanted.
        self._lower = [name.lower() for name in names]

    def best(self, query: str, limit: int) -> list[int]:
        """The places of the best `limit` names in the order given, the best first. All fit an empty query."""
        if not query:
            return list(range(min(limit, len(self._names))))
        wanted = query.lower()
        found = [place for place, name in enumerate(self._lower) if wanted in name]
        best = heapq.nsmallest(limit, found, key=lambda place: self._contained(place, wanted))
        if len(best) < limit and len(wanted) <= _LONGEST:
            best += self._scattered(wanted, limit - len(best))
        return best

    def _contained(self, place: int, wanted: str) -> tuple[int, int, int]:
        name = self._lower[place]
        at = name.find(wanted)
        if at == 0:
            rank = 0
        elif name[at - 1] in _BREAKS or _at_a_break(name, wanted, at):
            rank = 1
        else:
            rank = 2
        return rank, len(name), place

    def _scattered(self, wanted: str, limit: int) -> list[int]:
        fits = _pattern(wanted).match
        matches = ((place, fits(name)) for place, name in enumerate(self._lower) if wanted not in name)
        spread = [(match.end() - match.start(1), len(self._lower[place]), place) for place, match in matches if match]
        return [place for _, _, place in heapq.nsmallest(limit, spread)]


def _at_a_break(name: str, wanted: str, at: int) -> bool:
    while (at := name.find(wanted, at + 1)) > 0:
        if name[at - 1] in _BREAKS:
            return True
    return False


def _pattern(wanted: str) -> re.Pattern[str]:
    """The letters in their order with anything between. Possessive, so that a name is read once, however it ends."""
    parts = [f"[^{re.escape(letter)}]*+({re.escape(letter)})" for letter in wanted]
    return re.compile("".join(parts), re.DOTALL)


def places(query: str, name: str) -> tuple[int, ...]:
    """Where in a name the letters of a query stand, to show them; nothing where they do not."""
    if not query:
        return ()
    lower, wanted = name.lower(), query.lower()
    at = lower.find(wanted)
    while at > 0 and lower[at - 1] not in _BREAKS and (later := lower.find(wanted, at + 1)) >= 0:
        at = later
    if at >= 0:
        return tuple(range(at, at + len(wanted)))
    match = _pattern(wanted).match(lower) if len(wanted) <= _LONGEST else None
    return tuple(match.start(group) for group in range(1, len(wanted) + 1)) if match else ()
