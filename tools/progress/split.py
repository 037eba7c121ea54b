"""Training and evaluation rows, divided by theorem and never by line.

Rows of one proof are alike: a model that has seen one of them knows the others' proof, and its error on them says
nothing. Rows that name their theorem go with it. Rows that do not are joined by what all rows of one proof must share:

- the same goal is the same state, whichever proof it was met in;
- the first step of the script: a row whose prefix begins with it, and the rows of which it is the whole script so far.

Every row of a proof is tied to the row that begins it by its first step, so no proof can fall on both sides. Proofs
that merely begin alike are joined too: that may make the groups large, but never lets anything leak.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.errors import ExitCode, QedError
from tools.progress.example import ProgressExample


@dataclass(frozen=True, slots=True)
class Split:
    """The rows to train on and those to evaluate on, in the order in which they came."""

    train: tuple[ProgressExample, ...]
    evaluation: tuple[ProgressExample, ...]


def split_by_theorem(rows: Sequence[ProgressExample], ratio: float, seed: int) -> Split:
    """Puts about `ratio` of the rows aside for evaluation: whole theorems, the same ones for the same rows and seed.

    Raises `QedError` when the rows cannot be divided: they are none, or all of one theorem.
    """
    keys = _keys(rows)
    sizes: dict[str, int] = {}
    for key in keys:
        sizes[key] = sizes.get(key, 0) + 1
    if len(sizes) < 2:
        raise QedError(
            "the data set cannot be divided into training and evaluation: "
            + ("it has no rows" if not rows else "all rows belong to one theorem"),
            hint="Rows of at least two theorems are needed; `theorem` in a row says which one it belongs to.",
            exit_code=ExitCode.BAD_DATASET,
        )
    aside = _chosen(sizes, ratio * len(rows), seed)
    train = tuple(row for row, key in zip(rows, keys, strict=True) if key not in aside)
    return Split(train, tuple(row for row, key in zip(rows, keys, strict=True) if key in aside))


def _chosen(sizes: dict[str, int], wanted: float, seed: int) -> set[str]:
    """Groups of at most `wanted` rows together, but at least one group."""
    names = sorted(sizes)
    random.Random(seed).shuffle(names)
    chosen: set[str] = set()
    taken = 0
    for name in names:
        if taken + sizes[name] <= wanted:
            chosen.add(name)
            taken += sizes[name]
    return chosen or {min(names, key=lambda name: sizes[name])}


def _keys(rows: Sequence[ProgressExample]) -> list[str]:
    """The group of each row."""
    beginnings = {_first_step(row.prefix) for row in rows if not row.theorem and row.prefix.strip()}
    groups = _Groups()
    for row in rows:
        if row.theorem:
            continue
        goal = f"goal:{' '.join(row.goal.split())}"
        # Without a prefix the tactic is the first step; it joins rows only where some row goes on from it.
        step = _first_step(row.prefix) or _first_step(row.tactic)
        groups.join(goal, f"step:{step}" if step in beginnings else goal)
    return [
        f"theorem:{row.theorem}" if row.theorem else groups.find(f"goal:{' '.join(row.goal.split())}") for row in rows
    ]


def _first_step(script: str) -> str:
    lines: Iterable[str] = (line.strip() for line in script.splitlines())
    return next((" ".join(line.split()) for line in lines if line), "")


class _Groups:
    """Union-find over names; the smallest name speaks for a group, whatever order they came in."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        root = name
        while (above := self._parent.get(root, root)) != root:
            root = above
        while (above := self._parent.get(name, name)) != root:
            self._parent[name], name = root, above
        return root

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._parent[second] = first
