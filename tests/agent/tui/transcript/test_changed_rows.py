"""Only rows that are not as they were are drawn again."""

from textual.geometry import Region, Size
from textual.style import Style

from agent.tui.transcript.block import Block
from agent.tui.transcript.reply import MarkdownBlock
from agent.tui.transcript.rows import Painter
from agent.tui.transcript.said import NoteBlock
from agent.tui.transcript.viewport import Place, Viewport

SIZE = Size(22, 10)


def viewport_of(*blocks: Block) -> Viewport:
    viewport = Viewport(blocks)
    viewport.touch(range(len(blocks)))
    viewport.repaint(Painter(20, Style(), lambda style: Style(), "key"), Place(0, 0))
    viewport.hold(Place(0, 0), SIZE.height)
    return viewport


def test_at_first_everything_is_new_and_then_nothing():
    viewport = viewport_of(NoteBlock("one", "info", ""), MarkdownBlock("two"))
    assert viewport.changed(0, SIZE, False) == SIZE.region
    assert viewport.changed(0, SIZE, False) is None


def test_of_a_reply_that_grows_its_last_rows_are_drawn():
    reply = MarkdownBlock("first\n\nsecond\n\nthird")
    viewport = viewport_of(reply)
    viewport.changed(0, SIZE, False)
    reply.append(" and more")
    viewport.touch([0])
    viewport.hold(Place(0, 0), SIZE.height)
    assert viewport.changed(0, SIZE, False) == Region(0, 4, 22, 1)
    reply.append("\n\nfourth")
    viewport.touch([0])
    viewport.hold(Place(0, 0), SIZE.height)
    changed = viewport.changed(0, SIZE, False)
    assert changed is not None and changed.y >= 4 and changed.bottom == 7


def test_a_view_that_moves_or_has_another_size_is_drawn_anew():
    viewport = viewport_of(MarkdownBlock("\n\n".join(f"line {number}" for number in range(30))))
    viewport.changed(0, SIZE, False)
    assert viewport.changed(4, SIZE, False) == SIZE.region
    assert viewport.changed(4, Size(22, 8), False) == Size(22, 8).region
    assert viewport.changed(4, Size(22, 8), True) == Size(22, 8).region
