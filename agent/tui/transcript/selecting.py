"""Selected text. Offsets of a selection name a block and a row in it, so that it stays while text comes above or below.

Textual compares the offsets and asks for nothing more; so a row of the transcript has the number
`block * ROWS + row`, whatever its distance from the top is.
"""

from collections.abc import Callable

from textual.selection import Selection

from agent.tui.transcript.block import GUTTER
from agent.tui.transcript.rows import Row
from agent.tui.transcript.viewport import Place

_ROWS = 1 << 20  # more than one block ever has


def virtual_row(place: Place) -> int:
    """The number of a row in selections."""
    return place.block * _ROWS + place.row


def place_of(virtual: int) -> Place:
    """The row of a number."""
    return Place(*divmod(virtual, _ROWS))


def selected_text(
    selection: Selection, blocks: int, height: Callable[[int], int], row: Callable[[Place], Row | None]
) -> str:
    """The text that is selected, wrapped lines in one piece, without bars, numbers and indentation that is decoration.

    `height` and `row` give the rows of a block and what stands in one, of `blocks` in all.
    """
    start = place_of(selection.start.y) if selection.start else Place(0, 0)
    end = place_of(selection.end.y) if selection.end else Place(blocks - 1, _ROWS)
    parts: list[str] = []
    for index in range(start.block, min(end.block, blocks - 1) + 1):
        first = start.row if index == start.block else 0
        last = end.row if index == end.block else _ROWS
        for number in range(first, min(last, height(index) - 1) + 1):
            place = Place(index, number)
            span = selection.get_span(virtual_row(place))
            parts.append(_text(row(place), span) if span else "\n")
    return "".join(parts).strip("\n")


def _text(row: Row | None, span: tuple[int, int]) -> str:
    if row is None:
        return "\n"
    first = max(span[0] - GUTTER, row.lead)
    if span[1] != -1:
        return row.text[first : max(span[1] - GUTTER, first)] + ("" if span[1] - GUTTER < len(row.text) else "\n")
    return row.text[first:] if row.soft else row.text[first:].rstrip() + "\n"
