"""Tables that fit."""

from collections.abc import Sequence

from textual.content import Content

from agent.tui.transcript.rows import breaks
from agent.tui.transcript.styles import MUTED

_GAP = " │ "
_RULE = "─┼─"
_NARROWEST = 4  # cells of a column


def table_lines(rows: Sequence[Sequence[Content]], aligned: Sequence[str], width: int) -> list[Content]:
    """A table as lines of at most `width` cells, the first row as its head; what is too wide is wrapped in its cell."""
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return []
    widths = column_widths([[cell.cell_length for cell in row] for row in rows], width - len(_GAP) * (columns - 1))
    lines: list[Content] = []
    for number, row in enumerate(rows):
        cells = [*row, *[Content("")] * (columns - len(row))]
        lines += _row(cells, widths, aligned)
        if not number:
            lines.append(Content.styled(_RULE.join("─" * each for each in widths), MUTED))
    return lines


def column_widths(cells: Sequence[Sequence[int]], room: int) -> list[int]:
    """The widths of columns, given those of their cells: what they need, or a share of the room."""
    columns = max(len(row) for row in cells)
    widths = [max(1, *(row[column] for row in cells if column < len(row)), 1) for column in range(columns)]
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = max(widths)
        others = [each for each in widths if each != widest]
        at_widest = columns - len(others)
        floor = max([_NARROWEST, *others])
        over = sum(widths) - room
        take = max(1, min(widest - floor, -(-over // at_widest))) if widest > floor else 1
        widths = [each - take if each == widest else each for each in widths]
    return widths


def _row(cells: Sequence[Content], widths: Sequence[int], aligned: Sequence[str]) -> list[Content]:
    wrapped = [cell.divide(breaks(cell.plain, width)) or [cell] for cell, width in zip(cells, widths, strict=True)]
    gap = Content.styled(_GAP, MUTED)
    lines: list[Content] = []
    for number in range(max(len(parts) for parts in wrapped)):
        parts = [each[number].rstrip() if number < len(each) else Content("") for each in wrapped]
        padded = [
            _pad(part, width, aligned[column] if column < len(aligned) else "")
            for column, (part, width) in enumerate(zip(parts, widths, strict=True))
        ]
        lines.append(gap.join(padded))
    return lines


def _pad(part: Content, width: int, align: str) -> Content:
    missing = max(0, width - part.cell_length)
    left = missing if align == "right" else missing // 2 if align == "center" else 0
    return Content.assemble(" " * left, part, " " * (missing - left))
