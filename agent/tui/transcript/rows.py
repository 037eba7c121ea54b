"""Lines of a block, and the rows of the screen that they become at a width.

A line is what a block wants to say; a row is one row of cells. Rows know which of their characters are text and which
are decoration, so that copying gives the text alone, and long lines as one line.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from agent.visible import shown

_WORD = re.compile(r"\s*\S+\s*|\s+")

StyleParser = Callable[[str], Style]


def clean(text: str) -> str:
    """A text that may stand in the transcript: control characters visible, tabs as blanks, encodable."""
    return shown(text).expandtabs(4)


def literal(text: str, style: str = "") -> Content:
    """A text as it is, in a style, never read as markup."""
    return Content.styled(clean(text), style)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block. `lead` stands before it, `hang` before what of it is wrapped; both are decoration.

    `fill` is the style of the whole row. A line that is not `wrap` is cut at the width.
    """

    content: Content
    lead: str = ""
    hang: str = ""
    lead_style: str = ""
    fill: str = ""
    wrap: bool = True


BLANK = Line(Content(""))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the screen. `lead`: how many characters of `text` are decoration; `soft`: its line goes on below."""

    text: str
    strip: Strip
    lead: int
    soft: bool


@dataclass(frozen=True)
class Painter:
    """Lays lines out as rows, `width` cells wide, over a base style. `key` names all that the result depends on."""

    width: int
    base: Style
    parse: StyleParser
    key: object = None

    def paint(self, lines: Iterable[Line]) -> list[Row]:
        """The rows of some lines."""
        return [row for line in lines for row in self._rows(line)]

    def _rows(self, line: Line) -> list[Row]:
        base = self.base + self.parse(line.fill) if line.fill else self.base
        lead_width = max(cell_len(line.lead), cell_len(line.hang))
        room = self.width - lead_width
        lead, hang = (line.lead, line.hang) if room >= 4 else ("", "")
        room = room if room >= 4 else self.width
        if not line.wrap:
            return [self._row(line, line.content.truncate(room, ellipsis=True), lead, base, False)]
        offsets = breaks(line.content.plain, room)
        if not offsets:
            return [self._row(line, line.content, lead, base, False)]
        parts = line.content.divide(offsets)
        last = len(parts) - 1
        return [
            self._row(line, part, hang if number else lead, base, number < last) for number, part in enumerate(parts)
        ]

    def _row(self, line: Line, content: Content, lead: str, base: Style, soft: bool) -> Row:
        segments: list[Segment] = []
        if lead:
            style = base + self.parse(line.lead_style) if line.lead_style else base
            segments.append(Segment(lead, style.rich_style))
        for text, style in content.render(base, "", self._parsed):
            segments.append(Segment(text, style.rich_style))
        strip = Strip(segments)
        if strip.cell_length != self.width:  # wider only by blanks at the end of a wrapped row
            strip = strip.crop_extend(0, self.width, base.rich_style)
        return Row(lead + content.plain, strip, len(lead), soft)

    def _parsed(self, style: str | Style) -> Style:
        return self.parse(style) if isinstance(style, str) else style


def breaks(text: str, width: int) -> list[int]:
    """Where to break a line so that no row is wider than `width` cells: the offsets at which rows begin, but the first.

    Blanks at a break stay at the end of their row and may stick out. A word that is too long is cut.
    """
    if len(text) * 2 <= width or cell_len(text) <= width:
        return []
    offsets: list[int] = []
    used = 0
    for match in _WORD.finditer(text):
        word = match[0]
        cells = cell_len(word.rstrip())
        if used and used + cells > width:
            begin = match.start() + (len(word) - len(word.lstrip()) if used else 0)
            offsets.append(begin)
            word, used = text[begin : match.end()], 0
            cells = cell_len(word.rstrip())
        if cells > width:
            used = _cut(word.rstrip(), match.end() - len(word), width, used, offsets)
            used += len(word) - len(word.rstrip())
        else:
            used += cell_len(word)
    return offsets


def _cut(word: str, begin: int, width: int, used: int, offsets: list[int]) -> int:
    """Cuts a long word; returns the cells of its last part."""
    for index, character in enumerate(word):
        cells = cell_len(character)
        if used and used + cells > width:
            offsets.append(begin + index)
            used = 0
        used += cells
    return used
