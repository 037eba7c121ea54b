"""The tree of a search as a picture: SVG to stand in a page, whose styles give it its colours."""

from collections.abc import Sequence

from agent.figures import counted
from agent.one_line import cut, shortened
from agent.prover.html_text import escaped
from agent.prover.tree_layout import NARROW, WIDE, PlacedNode, laid_out, telling
from tools.search.watched import NodeRecord, NodeStatus

MOST = 300
"""So many states are drawn."""
_LETTER = 6.7
"""How wide a letter of a label is."""
_LABEL_GAP = 12.0
_RADIUS = {NodeStatus.PROVED: 5.5, NodeStatus.OPEN: 4.0, NodeStatus.EXPANDED: 4.0}
_SMALL = 3.0
_GOAL_LENGTH = 400
_BEND = NARROW - 10
"""A line bends close to the parent, so that it lies flat under its label."""
_LABEL_LETTERS = int((WIDE - _BEND - 1.5 * _LABEL_GAP) / _LETTER)
_WORDS = {
    NodeStatus.OPEN: "waits",
    NodeStatus.EXPANDED: "visited",
    NodeStatus.CLOSED: "reached before",
    NodeStatus.DEAD: "nothing left to try",
    NodeStatus.PROVED: "on the proof",
}


def picture(records: Sequence[NodeRecord], most: int = MOST) -> str:
    """The tree, from left to right: a dot a state, with tactic and goal as its tooltip, and the proof's tactics.

    The classes of the dots are the statuses; the lines to what is on the proof have the class `proved`.
    """
    layout = laid_out(telling(records, most))
    width, height = _number(layout.width), _number(layout.height)
    # What is on the proof is drawn last, so that it lies above the rest.
    nodes = sorted(layout.nodes, key=lambda node: node.record.status is NodeStatus.PROVED)
    return "".join(
        [
            f'<svg class="tree" role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
            f"<title>{escaped(in_words(records))}</title>",
            *(_edge(node) for node in nodes),
            *(_dot(node) for node in nodes),
            *(_label(node) for node in nodes),
            "</svg>",
        ]
    )


def in_words(records: Sequence[NodeRecord], most: int = MOST) -> str:
    """How many states there are, how they stand, and how many of them are not drawn."""
    counts = {status: sum(record.status is status for record in records) for status in NodeStatus}
    parts = ", ".join(f"{count} {_WORDS[status]}" for status, count in counts.items() if count)
    told = f"{counted(len(records), 'state')}: {parts}" if records else "no states"
    hidden = len(records) - len(telling(records, most))
    return f"{told}; {hidden} of them are not drawn" if hidden else told


def _edge(node: PlacedNode) -> str:
    if node.parent is None:
        return ""
    x, y = node.parent
    middle, y_before, y_here = _number(x + _BEND / 2), _number(y), _number(node.y)
    curve = f"M{_number(x)} {y_before}C{middle} {y_before} {middle} {y_here} {_number(x + _BEND)} {y_here}"
    line = f"{curve}H{_number(node.x)}"
    return f'<path class="{node.record.status.value}" d="{line}"/>'


def _dot(node: PlacedNode) -> str:
    record = node.record
    radius = _RADIUS.get(record.status, _SMALL)
    circle = f'<circle cx="{_number(node.x)}" cy="{_number(node.y)}" r="{_number(radius)}"/>'
    return f'<g class="{record.status.value}"><title>{escaped(_tooltip(record))}</title>{circle}</g>'


def _label(node: PlacedNode) -> str:
    if node.parent is None or node.record.status is not NodeStatus.PROVED:
        return ""
    x, y = _number(node.x - _LABEL_GAP), _number(node.y - 5)
    return f'<text x="{x}" y="{y}" text-anchor="end">{escaped(cut(node.record.tactic, _LABEL_LETTERS))}</text>'


def _tooltip(record: NodeRecord) -> str:
    goal = shortened(record.goal, _GOAL_LENGTH)
    goals = f" ({counted(record.goals, 'goal')})" if record.goals > 1 else ""
    left = goal or "no goals left"
    return f"{record.tactic or 'start'}\n{_WORDS[record.status]}{goals}\n\n{left}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
