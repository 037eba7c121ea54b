"""A search as its reports tell it: counts, rate, and the states that promise most, as a tree."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.state_words import target_line
from agent.tui.proof_pane.place import Place

KEPT_NODES = 2000
_RATE_SECONDS = 3.0
_BEST = 6


@dataclass(frozen=True, slots=True)
class StateNode:
    """A state that the search has reached. `goal` is its main goal's target, on one line.

    `steps_remaining` is LeanProgress' prediction; None where no model was asked.
    """

    id: int
    parent: int | None
    tactic: str
    goals: int
    goal: str
    score: float
    depth: int
    status: str
    steps_remaining: float | None = None

    @classmethod
    def from_report(cls, data: Mapping[str, Any]) -> "StateNode":
        """Reads one entry of a report. Raises KeyError and ValueError for what is none."""
        parent, steps = data.get("parent"), data.get("steps_remaining")
        return cls(
            int(data["id"]),
            None if parent is None else int(parent),
            str(data.get("tactic", "")),
            int(data.get("goals", 0)),
            target_line(str(data.get("goal", ""))),
            float(data.get("score", 0.0)),
            int(data.get("depth", 0)),
            str(data.get("status", "open")),
            None if steps is None else float(steps),
        )


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line of the drawn tree: guides, the tactics that lead here from the line above it, and the state."""

    guides: str
    tactics: tuple[str, ...]
    node: StateNode


@dataclass
class SearchView:
    """One search. `outcome` is empty as long as it runs."""

    place: Place
    call: str = ""
    phase: str = "starting"
    tactics: int = 0
    states: int = 0
    seconds: float = 0.0
    limit: float = 0.0
    tactic: str = ""
    outcome: str = ""
    nodes: dict[int, StateNode] = field(default_factory=dict[int, StateNode])
    _samples: deque[tuple[float, int]] = field(default_factory=lambda: deque[tuple[float, int]](maxlen=256))

    @property
    def running(self) -> bool:
        """Whether it is still under way."""
        return not self.outcome

    def take(self, data: Mapping[str, Any]) -> None:
        """Takes one report. Entries that cannot be read are left out: a picture is no reason to fail."""
        self.phase = str(data.get("phase", self.phase))
        self.tactics = int(data.get("tactics", self.tactics))
        self.states = int(data.get("states", self.states))
        self.seconds = float(data.get("seconds", self.seconds))
        self.limit = float(data.get("limit", self.limit))
        self.tactic = str(data.get("tactic", self.tactic))
        self._samples.append((self.seconds, self.tactics))
        for entry in data.get("nodes", ()):
            try:
                node = StateNode.from_report(entry)
            except (KeyError, TypeError, ValueError):
                continue
            self.nodes[node.id] = node
        if len(self.nodes) > KEPT_NODES:
            self._forget()

    def _forget(self) -> None:
        """Drops states that nobody would look at: finished ones without a kept child, the worst first."""
        parents = {node.parent for node in self.nodes.values()}
        order = {"closed": 0, "dead": 1, "open": 2, "expanded": 3, "proved": 4}
        leaves = [node for node in self.nodes.values() if node.id not in parents and node.depth]
        leaves.sort(key=lambda node: (order.get(node.status, 0), -node.score))
        # Some room at once, so that not every report has to sort.
        for node in leaves[: max(len(self.nodes) - KEPT_NODES * 9 // 10, 0)]:
            del self.nodes[node.id]
        while len(self.nodes) > KEPT_NODES:
            del self.nodes[next(iter(self.nodes))]

    @property
    def rate(self) -> float:
        """Tactics a second, over the last seconds."""
        if not self._samples:
            return 0.0
        now, count = self._samples[-1]
        began, first = next((s for s in self._samples if now - s[0] <= _RATE_SECONDS), self._samples[0])
        if now - began < 0.5:
            return self.tactics / self.seconds if self.seconds > 0 else 0.0
        return (count - first) / (now - began)

    def best(self, limit: int = _BEST) -> list[StateNode]:
        """The states to look at: a proof if there is one, else those still open with the lowest scores."""
        proved = [node for node in self.nodes.values() if node.status == "proved"]
        if proved:
            return [max(proved, key=lambda node: node.depth)]
        alive = [node for node in self.nodes.values() if node.status == "open"]
        if len(alive) < limit:
            parents = {node.parent for node in self.nodes.values()}
            alive += [n for n in self.nodes.values() if n.status == "expanded" and n.id not in parents]
        return sorted(alive, key=lambda node: (node.status != "open", node.score, node.id))[:limit]

    def tree(self, limit: int = _BEST) -> list[TreeRow]:
        """The best states with the way to each; a way without a fork is one line."""
        kept: dict[int, StateNode] = {}
        best = self.best(limit)
        for node in best:
            at: StateNode | None = node
            while at is not None and at.id not in kept:
                kept[at.id] = at
                at = self.nodes.get(at.parent) if at.parent is not None else None
        children: dict[int | None, list[StateNode]] = {}
        for node in kept.values():
            children.setdefault(node.parent if node.parent in kept else None, []).append(node)
        for siblings in children.values():
            siblings.sort(key=lambda node: (node.score, node.id))
        return list(_rows(children, {node.id for node in best}))


def _rows(
    children: Mapping[int | None, Sequence[StateNode]], best: set[int], parent: int | None = None, indent: str = ""
) -> Iterator[TreeRow]:
    siblings = children.get(parent, ())
    for index, first in enumerate(siblings):
        node, tactics = first, [first.tactic]
        # Of a proof, every step is worth a line.
        while node.status != "proved" and node.id not in best and len(below := children.get(node.id, ())) == 1:
            node = below[0]
            tactics.append(node.tactic)
        last = index == len(siblings) - 1
        yield TreeRow(indent + ("└─" if last else "├─"), tuple(t for t in tactics if t), node)
        yield from _rows(children, best, node.id, indent + ("  " if last else "│ "))
