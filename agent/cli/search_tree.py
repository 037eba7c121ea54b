"""A search tree in the terminal."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from agent.state_words import SIGNS, target_line, to_go
from agent.visible import shown
from tools.search.watched import NodeRecord, NodeStatus

_STYLES: Mapping[NodeStatus, str] = {
    NodeStatus.CLOSED: "dim",
    NodeStatus.DEAD: "dim",
    NodeStatus.PROVED: "bold green",
}
_LEGEND = "○ waits  ● visited  · reached before  ✗ nothing left to try  ✓ on the proof; the number is the score"


def picture(records: Sequence[NodeRecord]) -> Group:
    """The tree with a line a state (sign, tactics, score, open goals, main goal), counts, and what the signs mean."""
    tree = _drawn(records)
    return Group(*([tree] if tree else []), Text(_counts(records)), Text(_LEGEND))


def _drawn(records: Iterable[NodeRecord]) -> Tree | None:
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
    sign, style = SIGNS[record.status.value], _STYLES.get(record.status, "")
    parts: list[tuple[str, str]] = [(f"{sign} ", style), (_flat(record.tactic) or "start", style)]
    if record.goals:
        parts.append((f"  {record.score:.1f}", "yellow"))
    if record.steps_remaining is not None:
        parts.append((f"  {to_go(record.steps_remaining)}", "yellow"))
    if record.goals > 1:
        parts.append((f"  {record.goals} goals", "cyan"))
    if record.goals:
        parts += [("  ⊢ ", "dim"), (shown(target_line(record.goal)), "dim")]
    return Text.assemble(*parts)


def _flat(text: str) -> str:
    return shown(" ".join(text.split()))


def _counts(records: Sequence[NodeRecord]) -> str:
    names = {status: sum(record.status is status for record in records) for status in NodeStatus}
    return ", ".join(f"{number} {status.value}" for status, number in names.items() if number) or "no states"
