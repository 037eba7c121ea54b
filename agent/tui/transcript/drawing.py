"""One row of the screen: the bar or the cursor, the row of a block, the selection over it."""

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from agent.tui.transcript.block import GUTTER, Block
from agent.tui.transcript.rows import Painter, Row

_CURSOR = "❯"


def draw_row(block: Block, row: Row | None, number: int, painter: Painter, *, is_current: bool) -> Strip:
    """A row of a block, `number` counted within the block, with what stands left of it. None: a blank row."""
    width = painter.width + GUTTER
    if row is None:
        return Strip([Segment(" " * width, painter.base.rich_style)], width)
    base = painter.base + painter.parse(block.fill) if block.fill else painter.base
    if is_current:
        bar, style = (_CURSOR if number == 0 else "│"), base + painter.parse("bold $text-accent")
    else:
        bar, style = block.bar, base + painter.parse(block.bar_style) if block.bar_style else base
    gutter = [Segment(bar, style.rich_style), Segment(" " * (GUTTER - 1), base.rich_style)]
    return Strip([*gutter, *row.strip], width)


def draw_selection(strip: Strip, row: Row, span: tuple[int, int], style: RichStyle) -> Strip:
    """The strip with a part of the row's text marked; `span` counts characters from the left edge, -1: to the end."""
    text = row.text
    first = min(max(span[0] - GUTTER, row.lead), len(text))
    last = len(text) if span[1] == -1 else min(max(span[1] - GUTTER, first), len(text))
    begin, end = GUTTER + cell_len(text[:first]), GUTTER + cell_len(text[:last])
    if begin >= end:
        return strip
    marked = Strip(
        [Segment(part, (old or RichStyle()) + style, control) for part, old, control in strip.crop(begin, end)]
    )
    return Strip.join([strip.crop(0, begin), marked, strip.crop(end)])


def hint_strip(text: str, painter: Painter) -> Strip:
    """A line over the text: that there is more below."""
    width = painter.width + GUTTER
    style = painter.base + painter.parse("bold $text-accent on $surface")
    return Strip([Segment(f"{text[:width]:^{width}}", style.rich_style)], width)
