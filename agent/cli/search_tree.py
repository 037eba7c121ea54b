"""A search tree in the terminal."""

from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text
from rich.tree import Tree

from agent.visible import shown
from tools.search.watched import NodeRecord, NodeStatus

_SIGNS: Mapping[NodeStatus, tuple[str, str]] = {
    NodeStatus.OPEN: ("○", ""),
    NodeStatus.EXPANDED: ("●", ""),
    NodeStatus.CLOSED: ("·", "dim"),
    NodeStatus.DEAD: ("✗", "dim"),
    NodeStatus.PROVED: ("✓", "bold green"),
}
LEGEND = "○ waits  ● visited  · reached before  ✗ nothing left to try  ✓ on the proof; the number is the score"


def drawn(records: Iterable[NodeRecord]) -> Tree | None:
    """The tree with a line a state: sign, tactics, open goals, main goal, score. None where there is none."""
    trees: dict[int, Tree] = {}
    root: Tree | None = None
    for record in records:
        parent = trees.get(record.parent) if record.parent is not None else None
        if parent is not None:
            trees[record.id] = parent.add(_line(record))
        elif root is None:
            root = trees[record.id] = Tree(_line(record))
    return root


def _line(record: NodeRecord) -> Text:
    sign, style = _SIGNS[record.status]
    parts: list[tuple[str, str]] = [(f"{sign} ", style), (_flat(record.tactic) or "start", style)]
    if record.goals:
        parts.append((f"  {record.score:.1f}", "yellow"))
    if record.goals > 1:
        parts.append((f"  {record.goals} goals", "cyan"))
    if record.goals:
        parts += [("  ⊢ ", "dim"), (_target(record.goal), "dim")]
    return Text.assemble(*parts)


def _target(goal: str) -> str:
    return _flat(goal.rpartition("⊢")[2])


def _flat(text: str) -> str:
    return shown(" ".join(text.split()))


def counts(records: Sequence[NodeRecord]) -> str:
    """How many states of the tree stand how."""
    names = {status: sum(record.status is status for record in records) for status in NodeStatus}
    return ", ".join(f"{number} {status.value}" for status, number in names.items() if number) or "no states"
