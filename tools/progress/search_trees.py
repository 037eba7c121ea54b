"""Rows from saved search trees: JSON Lines of search records, several trees a file, each begun by its root.

A record is what `NodeRecord.plain()` of `tools.search.watched` gives: `id`, `parent` (null for a root), `tactic`,
`goals`, `goal`, `depth`, `status`; `others` are the goals besides the main one. Where a state below the root comes
twice, the later record counts. A row is a step from a state that lies on or above a proved end; its label is the
shortest way from there to any proved end, so a detour that the search took is no part of it. States that lead to no
end have no label of their own. On wish they get one: a search asks about tactics that lead nowhere most of the time,
and a model that has seen proofs only holds those for promising.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tools.progress.example import ProgressExample, Skipped, open_text, parse_lines
from tools.progress.trajectory import STEP_SEPARATOR, Trajectory, state_text


class TreeRecord(BaseModel):
    """A state of a saved tree. A root may say which `theorem` was searched."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: int
    parent: int | None
    tactic: str
    goals: int
    goal: str
    depth: int
    status: str
    theorem: str = ""
    others: list[str] = Field(default_factory=list[str])

    @property
    def is_end(self) -> bool:
        """Whether nothing is left to prove here."""
        return self.status == "proved" and self.goals == 0

    @property
    def was_visited(self) -> bool:
        """Whether the search has gone on from here, with or without something left to try."""
        return self.status in ("expanded", "dead")


def read_trees(path: Path, skipped: Skipped | None = None, dead_ends: int | None = None) -> Iterator[Trajectory]:
    """The trees of a file that hold a proof, one at a time, as rows.

    With `dead_ends`, steps to states that the search visited in vain are rows too, with so many steps remaining.
    A bad line raises `QedError` with file and line; given `skipped`, it is counted there instead, and what hangs on a
    record that is missing gives no rows.
    """
    records: dict[int, TreeRecord] = {}
    with open_text(path) as lines:
        for record in parse_lines(lines, str(path), TreeRecord, skipped):
            if record.parent is None:
                yield from _trajectory(records, dead_ends)
                records = {}
            records[record.id] = record
    yield from _trajectory(records, dead_ends)


def _trajectory(records: dict[int, TreeRecord], dead_ends: int | None) -> Iterator[Trajectory]:
    """The one trajectory of a tree; none where it holds no proof."""
    root = next((record for record in records.values() if record.parent is None), None)
    if root is None:
        return
    distances = _distances(records)
    if root.id not in distances:
        return
    theorem = root.theorem or f"goal:{hashlib.sha256(root.goal.encode(errors='replace')).hexdigest()[:16]}"
    labels = {number: left for number, left in distances.items() if records[number].parent in distances}
    if dead_ends is not None:
        labels |= {each.id: dead_ends for each in records.values() if each.id not in distances and each.was_visited}
    rows = tuple(
        ProgressExample(
            theorem=theorem,
            goal=state_text((records[record.parent].goal, *records[record.parent].others)),
            prefix=_script(records, record.parent),
            tactic=record.tactic,
            steps_remaining=labels[record.id],
        )
        for record in records.values()
        if record.id in labels and record.parent in records
    )
    yield Trajectory(theorem, rows, distances[root.id])


def _distances(records: dict[int, TreeRecord]) -> dict[int, int]:
    """The steps from each state to the nearest proved end below it, for those that have one."""
    nearest: dict[int, int] = {}
    for end in records.values():
        if not end.is_end:
            continue
        for record in _upward(records, end.id):
            way = end.depth - record.depth
            if nearest.get(record.id, way + 1) <= way:
                break
            nearest[record.id] = way
    return nearest


def _upward(records: dict[int, TreeRecord], start: int) -> Iterable[TreeRecord]:
    """The states from one up to the root, or up to where a record is missing or points in a circle."""
    at: int | None = start
    depth = None
    while at is not None and (record := records.get(at)) is not None and (depth is None or record.depth < depth):
        yield record
        at, depth = record.parent, record.depth


def _script(records: dict[int, TreeRecord], number: int) -> str:
    tactics = [record.tactic for record in _upward(records, number) if record.parent is not None]
    return STEP_SEPARATOR.join(reversed(tactics))
