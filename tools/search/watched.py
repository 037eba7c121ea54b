"""What a watcher is told of a search: its phase, its counts, and the tree as it grows.

The tree is told as changes: a state is reported when it is reached and again when its status changes, so that who
keeps the last record of each id has the whole tree. Records are plain values, good for a screen, a log, or a file.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from tools.search.limits import Budget, SearchLimits
from tools.search.tree import Node

REPORT_SECONDS = 0.05
"""Reports come no closer than this; only a new phase is told at once."""
_MAX_TEXT = 2000
_Way = tuple[str, ...]


class Phase(Enum):
    """What a search is doing."""

    CLOSING = "closing"
    """Quick tactics are tried at the whole goal."""
    REFUTING = "refuting"
    """A counterexample is looked for."""
    SEARCHING = "searching"
    SHORTENING = "shortening"
    """A proof was found; it is made shorter and clearer."""


class NodeStatus(Enum):
    """How a state stands."""

    OPEN = "open"
    """It waits in the queue."""
    EXPANDED = "expanded"
    """It was visited, and something is left to try in it or below it."""
    CLOSED = "closed"
    """What it leads to was reached on another way before."""
    DEAD = "dead"
    """All that was to be tried in it and below it has failed."""
    PROVED = "proved"
    """It lies on the proof that was found."""


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A state of the tree. `tactic` leads to it from its parent (several lines: several steps); the root has none.

    `goals` counts the open goals, `goal` is the main one as Lean prints it (cut when it is huge; empty when none is
    left), `score` is the scorer's (the smallest is visited first), `depth` counts tactics from the root,
    `steps_remaining` is LeanProgress' estimate, where one is asked.
    """

    id: int
    parent: int | None
    tactic: str
    goals: int
    goal: str
    score: float
    depth: int
    status: NodeStatus
    steps_remaining: float | None = None

    def plain(self) -> dict[str, Any]:
        """The record as JSON values."""
        known = {} if self.steps_remaining is None else {"steps_remaining": round(self.steps_remaining, 3)}
        return known | {
            "id": self.id,
            "parent": self.parent,
            "tactic": self.tactic,
            "goals": self.goals,
            "goal": self.goal,
            "score": round(self.score, 3),
            "depth": self.depth,
            "status": self.status.value,
        }


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """A sign of life: tactics run and states expanded so far, the tactic at work, and what has changed in the tree.

    `seconds` of `limit` are gone. `changes` are the states that are new or stand differently since the last report.
    """

    tactics: int
    nodes: int
    tactic: str
    phase: Phase = Phase.SEARCHING
    seconds: float = 0.0
    limit: float = 0.0
    changes: tuple[NodeRecord, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "phase": self.phase.value,
            "tactics": self.tactics,
            "states": self.nodes,
            "seconds": round(self.seconds, 3),
            "limit": self.limit,
            "tactic": self.tactic,
            "nodes": [change.plain() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record with what is known beside it.

    `way` are the tactics that lead to its state, `pending` says how much is awaited there, `others` are the goals of
    the state besides the main one.
    """

    record: NodeRecord
    way: tuple[str, ...]
    pending: int
    others: tuple[str, ...] = ()


OnProgress = Callable[[SearchProgress], None]


@dataclass
class SearchWatch:
    """Keeps the records of one search, and reports to `on_progress`; without one it does nothing at all.

    A state is known by the tactics that lead to it, so that the search need not carry ids along: the parent of a
    state is the nearest state that was recorded on the way to it.
    """

    on_progress: OnProgress | None = None
    budget: Budget = field(default_factory=lambda: Budget(SearchLimits()))
    _phase: Phase = Phase.SEARCHING
    _tactic: str = ""
    _told: float = 0.0
    _ids: dict[_Way, int] = field(default_factory=dict[_Way, int])
    _records: list[NodeRecord] = field(default_factory=list[NodeRecord])
    _pending: list[int] = field(default_factory=list[int])
    _others: list[_Way] = field(default_factory=list[_Way])
    _changed: dict[int, None] = field(default_factory=dict[int, None])

    # -- the whole tree

    @property
    def records(self) -> Sequence[NodeRecord]:
        """The states in the order in which they were reached; nothing where nobody watches."""
        return tuple(self._records)

    def kept(self) -> list[KeptRecord]:
        """All that is known of the tree, for `restore`."""
        ways = sorted(self._ids, key=self._ids.__getitem__)
        return [KeptRecord(*each) for each in zip(self._records, ways, self._pending, self._others, strict=True)]

    def restore(self, tree: Iterable[KeptRecord]) -> None:
        """Takes over the tree of another search, and tells it anew."""
        for number, each in enumerate(tree):
            self._records.append(each.record)
            self._ids[each.way] = number
            self._pending.append(each.pending)
            self._others.append(each.others)
            self._changed[number] = None

    # -- what the search tells

    def phase(self, phase: Phase) -> None:
        """A phase begins."""
        self._phase = phase
        self.report()

    def tactic(self, tactic: str) -> None:
        """A tactic is about to run."""
        self._tactic = tactic
        if time.monotonic() - self._told >= REPORT_SECONDS:
            self.report()

    def opened(self, node: Node, score: float) -> None:
        """A state was reached, and joins the queue."""
        if self.on_progress is not None:
            self._record(node, score, NodeStatus.OPEN)

    def idea(self, node: Node, score: float) -> None:
        """Something that could be tried in a state joins the queue."""
        if self.on_progress is not None:
            self._pending[self._record(node, score, NodeStatus.EXPANDED)] += 1

    def tried(self, node: Node) -> None:
        """An idea was tried; what it led to, if anything, was told before."""
        if (number := self._number(node)) is not None:
            self._settle(number)

    def expanded(self, node: Node, score: float, best: float | None = None) -> None:
        """A state was visited; its ideas were told before, and `best` steps remain after the best of them."""
        if self.on_progress is not None:
            number = self._record(node, score, NodeStatus.EXPANDED)
            if best is not None and self._records[number].steps_remaining is None:
                self._records[number] = replace(self._records[number], steps_remaining=best + 1)
                self._changed[number] = None
            if not self._pending[number]:
                self._end(number, NodeStatus.DEAD)

    def closed(self, node: Node) -> None:
        """A state leads nowhere new, but for what was told to wait on the way."""
        if (number := self._number(node)) is not None and not self._pending[number]:
            self._end(number, NodeStatus.CLOSED)

    def proved(self, node: Node) -> None:
        """A proof was found; the state is its end."""
        if self.on_progress is None:
            return
        number: int | None = self._record(node, 0.0, NodeStatus.PROVED)
        while number is not None:
            self._change(number, NodeStatus.PROVED)
            number = self._records[number].parent
        self.report()

    def report(self) -> None:
        """Tells now what there is to tell."""
        if self.on_progress is None:
            return
        self._told = time.monotonic()
        changes = tuple(self._records[number] for number in self._changed)
        self._changed.clear()
        budget = self.budget
        counts = (budget.tactics, budget.nodes, self._tactic, self._phase)
        self.on_progress(SearchProgress(*counts, budget.elapsed, budget.limits.seconds, changes))

    # -- records

    def _number(self, node: Node) -> int | None:
        return self._ids.get(_way(node)) if self.on_progress is not None else None

    def _record(self, node: Node, score: float, status: NodeStatus) -> int:
        """The number of a state's record, which is made or brought to a status."""
        way = _way(node)
        number = self._ids.get(way)
        if number is None:
            number = self._new(node, way, score, status)
        else:
            self._change(number, status)
        parent = self._records[number].parent
        if status is NodeStatus.EXPANDED and parent is not None:
            # A visit goes on from a state as far as that loses nothing: those on the way were visited with it.
            while parent is not None and self._records[parent].status is NodeStatus.OPEN:
                self._change(parent, NodeStatus.EXPANDED)
                parent = self._records[parent].parent
        return number

    def _new(self, node: Node, way: _Way, score: float, status: NodeStatus) -> int:
        number = len(self._records)
        size = next((n for n in range(len(way) - 1, -1, -1) if way[:n] in self._ids), 0)
        parent = self._ids.get(way[:size]) if way else None
        goals = node.state.goals
        main = goals[0][:_MAX_TEXT] if goals else ""
        tactic = "\n".join(way[size:])[:_MAX_TEXT]
        left = node.steps_remaining if goals else None
        self._records.append(NodeRecord(number, parent, tactic, len(goals), main, score, len(way), status, left))
        self._others.append(goals[1:])
        self._ids[way] = number
        self._pending.append(0)
        self._changed[number] = None
        if parent is not None:
            self._pending[parent] += 1
        return number

    def _change(self, number: int, status: NodeStatus) -> None:
        if self._records[number].status is not status:
            self._records[number] = replace(self._records[number], status=status)
            self._changed[number] = None

    def _end(self, number: int, status: NodeStatus) -> None:
        """Nothing more comes of a state; with its last hope a state is dead itself."""
        if self._records[number].status in (NodeStatus.OPEN, NodeStatus.EXPANDED):
            self._change(number, status)
            parent = self._records[number].parent
            if parent is not None:
                self._settle(parent)

    def _settle(self, number: int) -> None:
        self._pending[number] -= 1
        if self._pending[number] <= 0:
            self._end(number, NodeStatus.DEAD)


def _way(node: Node) -> _Way:
    return tuple(step.tactic for step in node.steps)
