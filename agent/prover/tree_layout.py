"""Where the states of a search stand in a picture: depth from left to right, what follows from what as a tidy tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.search.watched import NodeRecord, NodeStatus

ROW = 20.0
"""The least distance of two states of the same depth, and the margin around all."""
NARROW, WIDE = 40.0, 230.0
"""The distance of two depths; the wide one leaves room for a tactic of the proof."""


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A state and where it stands; `parent` is where the state stands that it was reached from, None for a root."""

    record: NodeRecord
    x: float
    y: float
    parent: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class TreeLayout:
    """The states, those that others follow from first, and the size of all with a margin."""

    nodes: tuple[PlacedNode, ...]
    width: float
    height: float


def telling(records: Sequence[NodeRecord], most: int) -> Sequence[NodeRecord]:
    """At most so many records in their order: those of the proof, then those that were reached first.

    A record comes after its parent, and is left out where its parent is.
    """
    if len(records) <= most:
        return records
    room = most - sum(record.status is NodeStatus.PROVED for record in records)
    kept: set[int] = set()
    chosen: list[NodeRecord] = []
    for record in records:
        if record.parent is not None and record.parent not in kept:
            continue
        on_proof = record.status is NodeStatus.PROVED
        if len(chosen) < most and (on_proof or room > 0):
            room -= not on_proof
            kept.add(record.id)
            chosen.append(record)
    return chosen


def laid_out(records: Sequence[NodeRecord]) -> TreeLayout:
    """Places states. A state whose parent is not among them stands as a root."""
    by_id = {record.id: record for record in records}
    children: dict[int | None, list[int]] = {}
    for record in records:
        known = record.parent in by_id and record.parent != record.id
        children.setdefault(record.parent if known else None, []).append(record.id)
    parents = {child: parent for parent, each in children.items() for child in each}
    depths = _depths(children)
    at_depth = _columns((depths[number], by_id[number].status) for number in depths)
    ys = _rows(list(depths), children)
    places = {number: (at_depth[depth], ys[number]) for number, depth in depths.items()}
    nodes = tuple(
        PlacedNode(by_id[number], x, y, None if (parent := parents[number]) is None else places[parent])
        for number, (x, y) in places.items()
    )
    right, low = max(at_depth, default=0.0), max(ys.values(), default=0.0)
    return TreeLayout(nodes, right + ROW, low + ROW)


def _depths(children: Mapping[int | None, Sequence[int]]) -> Mapping[int, int]:
    """The depth of each state, in the order of a walk that visits a state before what follows from it."""
    depths: dict[int, int] = {}
    stack = [(number, 0) for number in reversed(children.get(None, ()))]
    while stack:
        number, depth = stack.pop()
        depths[number] = depth
        stack += [(child, depth + 1) for child in reversed(children.get(number, ()))]
    return depths


def _columns(states: Iterable[tuple[int, NodeStatus]]) -> Sequence[float]:
    """Where each depth stands. One that is on the proof needs room for its tactic before it."""
    on_proof: dict[int, bool] = {}
    for depth, status in states:
        on_proof[depth] = on_proof.get(depth, False) or status is NodeStatus.PROVED
    places: list[float] = []
    for depth in range(len(on_proof)):
        places.append(places[-1] + (WIDE if on_proof[depth] else NARROW) if places else ROW)
    return places


def _rows(order: Sequence[int], children: Mapping[int | None, Sequence[int]]) -> Mapping[int, float]:
    """How low each state stands: a last one of the tree in a row of its own, another midway between its followers."""
    ys: dict[int, float] = {}
    low = ROW
    for number in order:
        if number not in children:
            ys[number] = low
            low += ROW
    for number in reversed(order):
        if number in children:
            below = children[number]
            ys[number] = (ys[below[0]] + ys[below[-1]]) / 2
    return ys
