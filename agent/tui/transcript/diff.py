"""Unified diffs, read back into rows with line numbers."""

import re
from dataclasses import dataclass
from typing import Literal

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_HEADERS = ("--- ", "+++ ", "diff ", "index ")

DiffSign = Literal[" ", "+", "-", "@"]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One line of a diff: its sign (`@` for the head of a hunk) and its line numbers before and after, from 1."""

    sign: DiffSign
    text: str
    old: int | None = None
    new: int | None = None


def parse_diff(diff: str) -> tuple[DiffRow, ...]:
    """The lines of a unified diff. What stands before the first hunk (the names of the files) is left out.

    A text that is no unified diff has no lines.
    """
    rows: list[DiffRow] = []
    old = new = 0
    inside = False
    for line in diff.split("\n"):
        if hunk := _HUNK.match(line):
            old, new, inside = int(hunk[1]), int(hunk[2]), True
            rows.append(DiffRow("@", line))
        elif not inside or line.startswith("\\"):
            continue
        elif line.startswith("+"):
            rows.append(DiffRow("+", line[1:], None, new))
            new += 1
        elif line.startswith("-"):
            rows.append(DiffRow("-", line[1:], old, None))
            old += 1
        elif line.startswith(" ") or not line:
            rows.append(DiffRow(" ", line[1:], old, new))
            old, new = old + 1, new + 1
        elif line.startswith(_HEADERS):
            inside = False
    while rows and rows[-1].sign == " " and not rows[-1].text:  # the end of the text is no line
        rows.pop()
    return tuple(rows)
