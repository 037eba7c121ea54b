"""How sections that stand one above the other share the rows that there are."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """What a section asks for: rows it is of no use without, rows it can fill, and its share of what is between.

    A section with nothing to show has `ideal` 0. `rank` says who goes first when even the least is too much: the
    highest rank stays longest.
    """

    least: int
    ideal: int
    weight: int = 1
    rank: int = 0


def share(height: int, needs: Sequence[Need]) -> list[int]:
    """Rows for each section; together never more than `height`."""
    rows = [min(need.least, need.ideal) for need in needs]
    for index in sorted(range(len(needs)), key=lambda i: needs[i].rank):
        if sum(rows) <= height:
            break
        others = sum(rows) - rows[index]
        rows[index] = max(height - others, 0) if others < height and height - others >= 2 else 0
    left = height - sum(rows)
    while left > 0:
        wanting = [i for i, need in enumerate(needs) if 0 < rows[i] < need.ideal]
        if not wanting:
            break
        total = sum(needs[i].weight for i in wanting)
        before = left
        for i in wanting:
            more = min(needs[i].ideal - rows[i], max(1, before * needs[i].weight // total), left)
            rows[i] += more
            left -= more
    return rows
