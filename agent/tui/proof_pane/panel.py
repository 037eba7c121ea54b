"""A section of the pane: a title in a rule, and lines below it that scroll."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from agent.tui.proof_pane.drawing import heading


class Panel(VerticalScroll):
    """Shows lines that were drawn for its width. Nothing of them is read as markup."""

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
        &:focus { border-top: heavy $primary; }
        &:ansi { border-top: solid ansi_default; }
        & > .panel--lines { width: 1fr; height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.body = Static("", markup=False, classes="panel--lines")
        self._lines: Sequence[Content] = ()

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self.body

    @property
    def rows(self) -> int:
        """Rows that the section would fill, with its title; 0 where it has nothing to show."""
        return len(self._lines) + 1 if self._lines else 0

    def show(self, name: str, about: str, lines: Sequence[Content], width: int) -> None:
        """Takes a new picture."""
        self.border_title = heading(name, about, width)
        if lines != self._lines:
            self._lines = lines
            self.body.update(Content("\n").join(lines))
