"""The widget: keys, scrolling, folding, selecting, and drawing row by row."""

import os
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar, cast

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget

from agent.conversation.events import Event, MessageDelta, ReasoningDelta, ToolProgress
from agent.tui.pace import Pace
from agent.tui.transcript.block import GUTTER, Block
from agent.tui.transcript.conversation import Conversation
from agent.tui.transcript.drawing import draw_row, draw_selection, hint_strip
from agent.tui.transcript.proposal import DiffBlock
from agent.tui.transcript.reply import MarkdownBlock
from agent.tui.transcript.rows import Painter
from agent.tui.transcript.said import ErrorBlock, NoteBlock, NoteKind, PersonBlock
from agent.tui.transcript.selecting import selected_text, virtual_row
from agent.tui.transcript.styles import legible
from agent.tui.transcript.toolcall import ToolBlock
from agent.tui.transcript.viewport import Place, Viewport

_PAINT_SECONDS = 0.05  # between two paintings of a stream
_SPIN_SECONDS = 0.1
_NEW_BELOW = " ↓ new text below (Ctrl+End) "


class Transcript(ScrollView, can_focus=True):
    """A conversation. It follows its end until the person scrolls up; then nothing moves what is read."""

    class Copied(Message):
        """The person copies `text`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Block above", show=False),
        Binding("down,j", "cursor(1)", "Block below", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "To the beginning", show=False),
        Binding("end,G,ctrl+end", "last", "To the end", show=False),
        Binding("enter,space", "fold", "Open or close"),
        Binding("o", "fold_tools", "All tools"),
        Binding("c,y", "copy_block", "Copy"),
    ]
    DEFAULT_CSS = """
    Transcript {
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-color: $foreground 20%;
    }
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, pace: Pace | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._pace = pace or Pace()
        moving = os.environ.get("TEXTUAL_ANIMATIONS", "") != "none"
        self._conversation = Conversation(clock, moving)
        self._viewport = Viewport(self._conversation.blocks)
        self._at = Place(0, 0)
        self._following, self._settling, self._unseen = True, False, False
        self._cursor: int | None = None
        self._stale: set[int] = set()
        self._at_work: set[int] = set()
        self._painted_at = 0.0
        self._spun_at = 0.0
        self._paint_timer: Timer | None = None
        self._spin_timer: Timer | None = None
        self._look = 0

    # What the app says

    def apply(self, event: Event) -> None:
        """Takes a live event in. Pieces of a stream are painted some 20 times a second, all else at once."""
        self._changed(self._conversation.apply(event))
        self._request_paint(stream=isinstance(event, MessageDelta | ReasoningDelta | ToolProgress))

    def replay(self, events: Sequence[Event]) -> None:
        """Shows a session as it was, at its end."""
        for event in events:
            self._changed(self._conversation.apply(event))
        self._following = True
        self._request_paint()

    def person(self, text: str, queued: bool = False) -> None:
        """Shows what the person said outside of a turn."""
        self._add(PersonBlock(text, queued))

    def note(self, text: str, kind: NoteKind = "info", title: str = "") -> NoteBlock:
        """Shows the outcome of a command, plain text. The note can be given another text by `change_note`."""
        self._add(block := NoteBlock(text, kind, title))
        return block

    def change_note(self, note: NoteBlock, text: str) -> None:
        """Shows another text where a note stands, if it is still there."""
        if self._conversation.has(note):
            note.say(text)
            self._changed([note])
            self._request_paint()

    def error(self, message: str, hint: str = "") -> None:
        """Shows what could not be done, and what to do about it."""
        self._add(ErrorBlock(message, hint))

    def show_markdown(self, text: str, title: str = "") -> None:
        """Shows a Markdown text from its beginning, also where it is longer than the screen."""
        self._add(block := MarkdownBlock(text, title))
        place = self._conversation.place(block)
        self.call_after_refresh(lambda: self.scroll_to(y=self._viewport.top(place), animate=False))

    def show_diff(self, diff: str, title: str = "") -> None:
        """Shows a unified diff."""
        self._add(DiffBlock(diff, title))

    def clear(self) -> None:
        """Empties the transcript."""
        self._conversation.clear()
        self._viewport.clear()
        self._stale.clear()
        self._at_work.clear()
        self._at, self._cursor, self._following, self._unseen = Place(0, 0), None, True, False
        self._request_paint()

    def plain_text(self) -> str:
        """Everything, as plain text."""
        return "\n\n".join(text for block in self._conversation.blocks if (text := block.plain()))

    @property
    def follows(self) -> bool:
        """Whether the end is in view, and stays there as text comes."""
        return self._following

    def _add(self, block: Block) -> None:
        self._changed([self._conversation.add(block)])
        self._request_paint()

    def _changed(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            place = self._conversation.place(block)
            self._stale.add(place)
            (self._at_work.add if block.running else self._at_work.discard)(place)

    # Painting

    def _request_paint(self, *, stream: bool = False) -> None:
        if not self.is_attached or (self._paint_timer is not None and stream):
            return
        if not stream:
            self.call_next(self.paint)
            return
        wait = max(0.0, self._painted_at + self._pace.between(_PAINT_SECONDS) - time.monotonic())
        self._paint_timer = self.set_timer(max(wait, 0.001), self.paint)

    def paint(self) -> None:
        """Paints what has changed since the last time."""
        if self._paint_timer is not None:
            self._paint_timer.stop()
            self._paint_timer = None
        self._painted_at = time.monotonic()
        self._unseen |= bool(self._stale) and not self._following
        self._viewport.touch(sorted(self._stale))
        self._stale.clear()
        self._settle()
        if changed := self._viewport.changed(self.scroll_offset.y, self.size, self._unseen):
            self.refresh(changed)
        if self._spin_timer is not None:
            (self._spin_timer.resume if self._at_work else self._spin_timer.pause)()

    def on_mount(self) -> None:
        """Begins to draw."""
        super().on_mount()
        self._spin_timer = self.set_interval(_SPIN_SECONDS, self._spin, pause=True)
        self._request_paint()

    def on_resize(self, event: events.Resize) -> None:
        """Lays the text out for a new width; the same text stays on top."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Paints in the colours of a new theme."""
        super().notify_style_update()
        self._look += 1
        if self.is_attached and self.size.width:
            self._lay_out()

    def _lay_out(self) -> None:
        width = max(4, self._width - GUTTER)
        key = (width, self._look)
        painter = self._viewport.painter
        if painter is None or painter.key != key:
            self._viewport.touch(sorted(self._stale))
            self._stale.clear()
            self._at = self._viewport.repaint(Painter(width, self.visual_style, self._parser(), key), self._at)
        self._settle()
        self.refresh()

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def _parser(self) -> Callable[[str], Style]:
        """Reads styles by the theme of now, each once."""

        @cache
        def parse(style: str) -> Style:
            return legible(self._get_style(style))

        return parse

    def _settle(self) -> None:
        """Measures what is near, and puts the view where the person is: at the end, or where they read."""
        height = self.size.height
        if self._viewport.painter is None or not height or self._settling:
            return
        self._settling = True
        try:
            row = self._viewport.end(height) if self._following else self._viewport.hold(self._at, height)
            size = Size(self._width, self._viewport.total)
            if size != self.virtual_size:
                # The layout of the screen does not depend on it: it need not be done again.
                self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
                self._scroll_update(size)
            if round(self.scroll_y) != row:
                self.scroll_to(y=row, animate=False, force=True)
            self._at = self._viewport.locate(round(self.scroll_y))
        finally:
            self._settling = False
        if self._following:
            self._unseen = False
        self._viewport.trim()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follows the end if the person goes there, and stops following if they leave it."""
        super().watch_scroll_y(old_value, new_value)
        if self._settling or round(old_value) == round(new_value):
            return
        self._following = round(new_value) >= self.max_scroll_y
        self._at = self._viewport.locate(round(new_value))
        self._settle()

    def _spin(self) -> None:
        """Redraws what is running and in view."""
        first, last = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        now = time.monotonic()
        # Half a turn early is in time: timers are never exact.
        if (
            self._viewport.painter is None
            or now < self._spun_at + self._pace.between(_SPIN_SECONDS) - _SPIN_SECONDS / 2
        ):
            return
        self._spun_at = now
        for index in sorted(self._at_work - self._stale):
            top, height = self._viewport.top(index), self._viewport.height(index)
            if top < last and top + height > first:
                self._viewport.touch([index])
                self._viewport.measure(index)
                self.refresh_lines(top, height)

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self._width
        painter = self._viewport.painter
        if painter and self._unseen and y == self.size.height - 1:
            return hint_strip(_NEW_BELOW, painter)
        row = self.scroll_offset.y + y
        if painter is None or row >= self._viewport.total:
            return Strip([Segment(" " * width, self.visual_style.rich_style)], width)
        place = self._viewport.locate(row)
        block, number = self._conversation.blocks[place.block], place.row - self._viewport.gap(place.block)
        is_current = self.has_focus and place.block == self._cursor
        shown, virtual, selection = self._viewport.row(place), virtual_row(place), self.text_selection
        strip = draw_row(block, shown, number, painter, is_current=is_current)
        if shown and selection is not None and (span := selection.get_span(virtual)) is not None:
            style = self.screen.get_component_rich_style("screen--selection")
            strip = draw_selection(strip, shown, span, style)
        return strip.apply_offsets(0, virtual)

    # Selecting and copying

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse selection."""
        if self._viewport.painter is None:
            return None
        count = len(self._conversation.blocks)
        return selected_text(selection, count, self._viewport.measured_height, self._viewport.row), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draws it."""
        self.refresh()

    def action_copy_block(self) -> None:
        """Copies the block of the cursor; without a cursor, the last one."""
        blocks = self._conversation.blocks
        index = self._cursor if self._cursor is not None else len(blocks) - 1
        if 0 <= index < len(blocks):
            self.post_message(self.Copied(blocks[index].plain()))

    # Moving about

    def action_cursor(self, step: int) -> None:
        """Moves the cursor to the next block that shows something, or within one that is taller than the screen."""
        first, last = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        if self._cursor is None:
            self._put_cursor(self._viewport.locate(last - 1 if step < 0 else first).block)
            return
        top = self._viewport.top(self._cursor)
        bottom = top + self._viewport.height(self._cursor)
        hidden = first - top if step < 0 else bottom - last
        if hidden > 0 and top < last and bottom > first:
            self._scroll_by(step * min(hidden, max(1, self.size.height // 2)))
            return
        index = self._cursor + step
        while 0 <= index < len(self._conversation.blocks) and not self._viewport.height(index):
            index += step
        if 0 <= index < len(self._conversation.blocks):
            self._put_cursor(index, step)

    def _put_cursor(self, index: int, step: int = 0) -> None:
        """Moves the cursor to a block, and as much of it into view as there is room for."""
        self._cursor = index
        self.refresh()
        first, height = self.scroll_offset.y, self.size.height
        top = self._viewport.top(index) + self._viewport.gap(index)
        bottom = self._viewport.top(index) + self._viewport.height(index)
        if bottom > first + height and step >= 0:
            self._scroll_by(min(bottom - first - height, top - first))
        elif top < first and step <= 0:
            self._scroll_by(max(top - first, bottom - first - height))

    def _scroll_by(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)

    def action_page(self, step: int) -> None:
        """Scrolls by a page, less a row."""
        self._scroll_by(step * max(1, self.size.height - 2))

    def action_first(self) -> None:
        """Scrolls to the beginning."""
        self._cursor = 0 if self._cursor is not None else None
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """Scrolls to the end, and follows it."""
        self._following, self._unseen = True, False
        self._cursor = len(self._conversation.blocks) - 1 if self._cursor is not None else None
        self._settle()
        self.refresh()

    # Folding

    def action_fold(self) -> None:
        """Opens or closes the block of the cursor."""
        if self._cursor is not None:
            self._fold([self._cursor])

    def action_fold_tools(self) -> None:
        """Opens all tools, or closes them if all are open."""
        blocks = self._conversation.blocks
        tools = [index for index, block in enumerate(blocks) if isinstance(block, ToolBlock)]
        is_open = all(blocks[index].open for index in tools)
        self._fold([index for index in tools if blocks[index].open is is_open])

    def on_click(self, event: events.Click) -> None:
        """A click on the head of a block opens or closes it; a click on anything makes it the block of the cursor."""
        row = self.scroll_offset.y + event.y
        if self._viewport.painter is None or row >= self._viewport.total or self.text_selection is not None:
            return
        place = self._viewport.locate(row)
        self._cursor = place.block
        self.refresh()
        if place.row == self._viewport.gap(place.block):
            self._fold([place.block])

    def _fold(self, indices: Sequence[int]) -> None:
        blocks = self._conversation.blocks
        folding = [index for index in indices if blocks[index].foldable]
        for index in folding:
            blocks[index].open = not blocks[index].open
        if folding:
            is_one = folding == [self._cursor]
            self._following = self._following and not is_one  # it opens downwards, also at the end
            self._viewport.touch(folding)
            self._settle()
            if is_one:
                self._put_cursor(folding[0], 1)
            self._following = round(self.scroll_y) >= self.max_scroll_y
            self.refresh()
