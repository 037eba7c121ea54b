"""The field of the composer: a text area whose keys are asked about first."""

from collections.abc import Callable
from typing import cast

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.document._document import Location  # pyright: ignore[reportPrivateImportUsage]
from textual.keys import Keys
from textual.widgets import TextArea

# Alt+Enter where the terminal has only the old keys: Textual would take it for Enter, and half a message be sent.
cast(dict[str, tuple[Keys, ...]], ANSI_SEQUENCES_KEYS).setdefault("\x1b\r", (Keys.ControlJ,))


class ComposerInput(TextArea):
    """A text area that grows with its text. `keys` and `paste` may take an event, `moved` hears of every change."""

    DEFAULT_CSS = """
    ComposerInput {
        width: 1fr;
        height: auto;
        min-height: 1;
        max-height: 10;
        border: none;
        padding: 0;
        background: transparent;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    def __init__(
        self, keys: Callable[[events.Key], bool], paste: Callable[[str], None], moved: Callable[[], None]
    ) -> None:
        # First, for the text area moves its cursor while it is made.
        self._keys = keys
        self._paste = paste
        self._moved = moved
        super().__init__(highlight_cursor_line=False)
        self.match_cursor_bracket = False

    async def on_key(self, event: events.Key) -> None:
        """Asks the composer; what it takes is not the text area's, nor anybody else's."""
        if self._keys(event) or await self._does(event.key):
            event.stop()
            event.prevent_default()

    async def _does(self, key: str) -> bool:
        """Does what a key is bound to in a text area, at once: Textual would let the next letter overtake it."""
        for binding in self._bindings.key_to_bindings.get(key, ()):
            await self.run_action(binding.action)
            return True
        return False

    def on_paste(self, event: events.Paste) -> None:
        """Has the composer insert it."""
        event.stop()
        event.prevent_default()
        self._paste(event.text)

    def action_paste(self) -> None:
        """The same for what was copied in this terminal."""
        self._paste(self.app.clipboard)  # pyright: ignore[reportUnknownMemberType]

    def watch_selection(self) -> None:
        """Every edit and every step of the cursor ends here, before the next key."""
        self._moved()

    def before_cursor(self) -> str:
        """The cursor's line as far as the cursor."""
        row, column = self.cursor_location
        return self.document[row][:column]

    def type_text(self, text: str) -> None:
        """Puts in text as if it was typed: in place of the selection, and to be undone."""
        self._replace_via_keyboard(text, *self.selection)

    def put(self, start: Location, end: Location, text: str, cursor: int) -> None:
        """Puts one-line text in place of other text, the cursor after its first `cursor` characters."""
        self.replace(text, start, end, maintain_selection_offset=False)
        self.move_cursor((start[0], start[1] + cursor))

    def set_text(self, text: str) -> None:
        """Replaces all, the cursor at the end. It can be undone."""
        self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def cut_off(self) -> None:
        """Empties it for a new message: what was sent cannot be undone."""
        self.load_text("")

    @property
    def on_first_row(self) -> bool:
        """Whether the cursor is in the first row, as it is wrapped."""
        return self.navigator.is_first_wrapped_line(self.cursor_location)

    @property
    def on_last_row(self) -> bool:
        """Whether the cursor is in the last row, as it is wrapped."""
        return self.navigator.is_last_wrapped_line(self.cursor_location)
