"""A section of the pane: a title in a rule, and lines below it that scroll."""

from collections.abc import Sequence

from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

from agent.tui.proof_pane.drawing import heading

_KEPT_STRIPS = 512


class Panel(ScrollView):
    """Shows lines that were drawn for its width. Only lines in view are rendered; nothing is read as markup."""

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    Panel {
        height: auto;
        border-top: solid $foreground 30%;
        border-title-color: $text-primary;
        border-title-style: bold;
        border-title-background: $surface;
        background: $surface;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        overflow-x: hidden;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &:focus { border-top: heavy $primary; }
        &:ansi { border-top: solid ansi_default; }
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._lines: Sequence[Content] = ()
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(_KEPT_STRIPS)

    @property
    def rows(self) -> int:
        """Rows that the section would fill, with its title; 0 where it has nothing to show."""
        return len(self._lines) + 1 if self._lines else 0

    def show(self, name: str, about: str, lines: Sequence[Content], width: int) -> None:
        """Takes a new picture."""
        title = heading(name, about, width)
        if title.markup != self.border_title:
            self.border_title = title
        self._lines = lines
        self.virtual_size = Size(width, len(lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Renders the line that stands in a row of the view."""
        row = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if row >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line, style, selection = self._lines[row], self.visual_style, self.text_selection
        if selection is not None:
            return self._rendered(self._selected(line, selection, row), width, style).apply_offsets(0, row)
        # Equal texts may differ in colour, so that the line itself is what is looked up.
        key = (line.plain, tuple(line.spans), width, style)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._rendered(line, width, style)
        return strip.apply_offsets(0, row)

    def _rendered(self, line: Content, width: int, style: Style) -> Strip:
        strips = Visual.to_strips(self, line, width, 1, style, apply_selection=False, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)

    def _selected(self, line: Content, selection: Selection, row: int) -> Content:
        span = selection.get_span(row)
        if span is None:
            return line
        start, end = span
        style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
        return line.stylize(style, start, len(line) if end == -1 else end)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is selected, to be copied."""
        return selection.extract("\n".join(line.plain.rstrip() for line in self._lines)), "\n"

    def notify_style_update(self) -> None:
        """Forgets what was rendered in other colours."""
        super().notify_style_update()
        self._strips.clear()
