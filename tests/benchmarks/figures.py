"""What all benchmarks share: a figure with its target, a yardstick of the machine, and the table."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the table. `target` is an upper bound in the same unit; None where there is none."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the target was reached."""
        if self.target is None:
            return ""
        return "reached" if self.value <= self.target else "not reached"


def yardstick() -> Figure:
    """A fixed amount of pure Python: it tells how fast the machine was at the time."""
    began = time.perf_counter()
    total = 0
    for number in range(4_000_000):
        total += number & 7
    return Figure("pure Python, 4 million steps", time.perf_counter() - began, "s")


def show(figures: Sequence[Figure], *, as_json: bool) -> None:
    """Prints the figures as a table, or as JSON."""
    if as_json:
        print(json.dumps([{**asdict(figure), "verdict": figure.verdict} for figure in figures], indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("measured", "value", "target", "", "note")
    for figure in figures:
        target = f"≤ {figure.target:g} {figure.unit}" if figure.target is not None else ""
        table.add_row(figure.name, f"{figure.value:.2f} {figure.unit}", target, figure.verdict, figure.note)
    Console().print(table)
