"""A table of two trees: what a row measured in each, its ratio, its target, and whether that was reached."""

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

_WIDTH = 170
"""Of a table that goes to a file."""


class Bound(Enum):
    """What a target is about."""

    RATIO = "of before"
    """The ratio, now to before, is at most that."""
    AT_MOST = "at most"
    """What is measured now is at most that, whatever it was before."""
    AT_LEAST = "at least"
    """What is measured now is at least that."""


@dataclass(frozen=True)
class Row:
    """What is compared: `key` is the scenario's name for it, `unit` that of both values; a target of None has none."""

    key: str
    title: str
    unit: str
    target: float | None = None
    bound: Bound = Bound.RATIO


@dataclass
class Compared:
    """A row with what was measured so far, a value a run. `problems` say what went wrong, in a few words."""

    row: Row
    before: list[float] = field(default_factory=list[float])
    now: list[float] = field(default_factory=list[float])
    problems: list[str] = field(default_factory=list[str])
    note: str = ""
    known_ratio: float | None = None
    """The ratio, where that is all that is known."""

    @property
    def ratio(self) -> float | None:
        """Now to before, medians; None as long as one of them is missing, or where nothing was before."""
        if self.known_ratio is not None:
            return self.known_ratio
        if not self.before or not self.now or not statistics.median(self.before):
            return None
        return statistics.median(self.now) / statistics.median(self.before)

    @property
    def decisive(self) -> float | None:
        """What is held against the target; None where it was not measured."""
        if self.row.bound is Bound.RATIO:
            return self.ratio
        return statistics.median(self.now) if self.now else None

    @property
    def verdict(self) -> str:
        """Whether the target was reached."""
        value, target = self.decisive, self.row.target
        if target is None:
            return ""
        if value is None:
            return "not measured"
        reached = value >= target if self.row.bound is Bound.AT_LEAST else value <= target
        return "reached" if reached else "not reached"

    @property
    def target_text(self) -> str:
        """The target with its sign and unit."""
        if self.row.target is None:
            return ""
        match self.row.bound:
            case Bound.RATIO:
                return f"≤ {self.row.target:g} of before"
            case Bound.AT_MOST:
                return f"≤ {self.row.target:g} {self.row.unit}".rstrip()
            case Bound.AT_LEAST:
                return f"≥ {self.row.target:g} {self.row.unit}".rstrip()

    def plain(self) -> Mapping[str, Any]:
        """The row for JSON."""
        return {
            "row": self.row.title,
            "unit": self.row.unit,
            "before": self.before,
            "now": self.now,
            "ratio": self.ratio,
            "target": self.row.target,
            "bound": self.row.bound.value,
            "verdict": self.verdict,
            "problems": self.problems,
            "note": self.note,
        }


def show(rows: Sequence[Compared], yardsticks: Sequence[float], loads: Sequence[float], *, as_json: bool) -> None:
    """Prints the table, or JSON. `yardsticks` are seconds of a fixed piece of Python along the way, `loads` how many
    processes wanted a processor during each run.
    """
    if as_json:
        table = [row.plain() for row in rows]
        print(json.dumps({"rows": table, "yardsticks": yardsticks, "loads": loads}, indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("row", "before", "now", "ratio", "target", "", "note")
    for each in rows:
        ratio = f"{each.ratio:.2f}" if each.ratio is not None else "–"
        notes = "; ".join(dict.fromkeys([*each.problems, each.note] if each.note else each.problems))
        cells = _cell(each.before, each.row.unit), _cell(each.now, each.row.unit)
        table.add_row(each.row.title, *cells, ratio, each.target_text, each.verdict, notes)
    console = Console() if sys.stdout.isatty() else Console(width=_WIDTH)
    console.print(table)
    console.print(yardstick_line(yardsticks, loads))


def markdown(rows: Sequence[Compared]) -> str:
    """The table for a page."""
    lines = ["| | before | now | ratio | target | |", "|---|---|---|---|---|---|"]
    for each in rows:
        ratio = f"{each.ratio:.2f}" if each.ratio is not None else "–"
        verdict = "; ".join([text for text in (each.verdict, *dict.fromkeys(each.problems)) if text])
        cells = _cell(each.before, each.row.unit), _cell(each.now, each.row.unit), ratio, each.target_text, verdict
        lines.append(f"| {' | '.join([each.row.title, *cells])} |")
    return "\n".join(lines)


def yardstick_line(yardsticks: Sequence[float], loads: Sequence[float]) -> str:
    """How fast and how busy the machine was."""
    line = f"yardstick: {_range(yardsticks, '.2f')} s for 4 million steps of Python (0.25 s on a quiet machine)"
    return f"{line}; processes that wanted a processor: {_range(loads, '.1f')}" if loads else line


def _cell(values: Sequence[float], unit: str) -> str:
    if not values:
        return "–"
    text = f"{statistics.median(values):.4g} {unit}".rstrip()
    return f"{text} ({min(values):.4g}–{max(values):.4g})" if len(values) > 1 else text


def _range(values: Sequence[float], form: str) -> str:
    if not values:
        return "–"
    low, high = f"{min(values):{form}}", f"{max(values):{form}}"
    return low if low == high else f"{low}–{high}"
