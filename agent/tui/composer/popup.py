"""The list of completions above the composer."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from agent.tui.composer.completion import Choice
from agent.visible import shown

MOST_ROWS = 8
_LEFT_FOR_OTHERS = 4
"""Rows of the screen that the popup leaves: the composer's three and one of a status line."""
_GAP = 2
_LEAST_FOR_DETAILS = 36
"""Columns. On a narrower screen a row has its details only where they fit."""


class Popup(Widget):
    """Shows choices, one a row, and which of them is chosen. It never has the focus: the keys stay with the text."""

    DEFAULT_CSS = """
    Popup {
        height: auto;
        display: none;
        padding: 0 2;
        background: $surface;
        color: $foreground;
        &.-open { display: block; }
    }
    """

    class Clicked(Message):
        """A choice was clicked."""

        def __init__(self, place: int) -> None:
            self.place = place
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._choices: Sequence[Choice] = ()
        self._place = 0
        self._top = 0

    @property
    def choices(self) -> Sequence[Choice]:
        """All that can be chosen, seen or not."""
        return self._choices

    @property
    def place(self) -> int:
        """Which choice is chosen."""
        return self._place

    @property
    def choice(self) -> Choice:
        """The chosen one. There must be one."""
        return self._choices[self._place]

    def show(self, choices: Sequence[Choice]) -> None:
        """Shows other choices, the first one chosen; with none it closes."""
        self._choices, self._place, self._top = choices, 0, 0
        self.set_class(bool(choices), "-open")
        self.refresh(layout=True)

    def move(self, steps: int) -> None:
        """Chooses another one; it goes round."""
        self._place = (self._place + steps) % len(self._choices)
        self.refresh()

    @property
    def _rows(self) -> int:
        room = self.screen.size.height - _LEFT_FOR_OTHERS
        return max(1, min(MOST_ROWS, room, len(self._choices)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row a choice, as many as there is room for."""
        return self._rows

    def on_click(self, event: events.Click) -> None:
        """Chooses with the mouse."""
        place = self._top + event.get_content_offset_capture(self).y
        if 0 <= place < len(self._choices):
            self.post_message(self.Clicked(place))

    def render(self) -> Content:
        """The rows around the chosen one."""
        rows = self._rows
        self._top = min(max(self._top, self._place - rows + 1), self._place)
        seen = range(self._top, min(self._top + rows, len(self._choices)))
        labels = max((cell_len(shown(self._choices[place].label)) for place in seen), default=0)
        return Content("\n").join([self._row(place, min(labels, max(12, self.size.width // 2))) for place in seen])

    def _row(self, place: int, label_width: int) -> Content:
        choice = self._choices[place]
        chosen = place == self._place
        label = Content(shown(choice.label))
        for at in choice.matched:
            label = label.stylize("bold $text-accent", at, at + 1)
        detail = Content(" ".join(shown(choice.detail).split())).stylize("$foreground-muted")
        width = self.size.width
        if (
            width < _LEAST_FOR_DETAILS
            and choice.detail
            and cell_len(shown(choice.label)) + cell_len(detail.plain) + 4 > width
        ):
            detail = Content("")
        elif choice.detail:
            label = label.truncate(label_width, ellipsis=True, pad=True)
        sign = Content("› " if chosen else "  ")
        row = Content.assemble(sign, label, " " * _GAP, detail).truncate(width, ellipsis=True, pad=True)
        return row.stylize_before("bold $text on $primary-muted") if chosen else row
