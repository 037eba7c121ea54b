"""Where the person types: text, completions above it, the mode around it."""

import contextlib
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from agent.conversation.permissions import Mode
from agent.tui.composer.completion import Choice, CommandHint, Completer, Completions, Kind, Mention, sent_before
from agent.tui.composer.editor import edited
from agent.tui.composer.history import History
from agent.tui.composer.input import ComposerInput
from agent.tui.composer.pastes import Pastes, cleaned, is_long
from agent.tui.composer.popup import Popup
from agent.tui.composer.symbol_typing import SymbolTyping
from agent.tui.composer.unicode_input import LEADER, Symbol
from agent.tui.composer.walk import HistoryWalk
from tools.errors import QedError

_IDLE = (
    "Ask for a proof  ·  / commands  ·  @ files and lemmas  ·  \\ symbols",
    "Ask for a proof  ·  / commands  ·  @ files",
    "Ask for a proof",
    "Ask",
)
_BUSY = ("Enter queues, Esc interrupts", "Esc interrupts", "busy")
_SEARCH = ("Search what you sent before", "Search")
_MOST_ROWS = 10
_NEW_LINE_KEYS = frozenset({"shift+enter", "alt+enter", "ctrl+enter", "ctrl+j", "shift+\r", "alt+\r", "ctrl+\r"})
"""With \\r: as a terminal says it that was asked for more than the old keys (xterm's modifyOtherKeys, tmux)."""


class Composer(Widget):
    """The text that is sent next. `busy` while the agent works; `mode` is shown at the border."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        & > .composer--frame {
            height: auto;
            border: round $primary;
            border-title-color: $text-muted;
            border-subtitle-color: $text-primary;
            background: $background;
            padding: 0 1;
            &.-accept-proofs { border: round $warning; border-subtitle-color: $text-warning; }
            &.-read-only { border: round $success; border-subtitle-color: $text-success; }
        }
        .composer--sign { width: 2; height: 1; color: $text-primary; text-style: bold; }
    }
    """

    mode: reactive[Mode] = reactive(Mode.ASK)
    busy: reactive[bool] = reactive(False)

    class Submitted(Message):
        """A text was sent: the whole of it, without blanks at its end."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class Cleared(Message):
        """What was written was cleared."""

    _TITLES: ClassVar[dict[Kind, str]] = {
        Kind.COMMAND: "Enter runs · Tab completes",
        Kind.ARGUMENT: "Tab completes",
        Kind.MENTION: "Tab completes",
        Kind.SYMBOL: "Tab completes",
        Kind.HISTORY: "Enter takes · Esc goes back",
    }

    def __init__(self, commands: Sequence[CommandHint] = (), history: History | None = None) -> None:
        super().__init__()
        self._completer = Completer(commands)
        self._history = history or History()
        self._walk = HistoryWalk()
        self._pastes = Pastes()
        self._popup = Popup()
        self._field = ComposerInput(self._take_key, self._paste, self._refresh_popup)
        self._symbols = SymbolTyping(self._field)
        self._frame = Horizontal(classes="composer--frame")
        self._sign = Static("›", classes="composer--sign", markup=False)
        self._found: Completions | None = None
        self._dismissed: tuple[Kind, int] | None = None
        self._moved_in_popup = False
        self._draft: str | None = None
        """What was written before a search of the history; None while there is no search."""

    def compose(self) -> ComposeResult:
        """The popup is above the text, so that it never hides it."""
        yield self._popup
        with self._frame:
            yield self._sign
            yield self._field

    def on_mount(self) -> None:
        """Shows the mode."""
        self._show_state()

    def on_resize(self) -> None:
        """On a low screen the field leaves room for others."""
        self._field.styles.max_height = max(1, min(_MOST_ROWS, self.screen.size.height // 3))
        self.call_after_refresh(self._show_state)

    def watch_mode(self) -> None:
        """Shows the mode."""
        self._show_state()

    def watch_busy(self) -> None:
        """Shows what Enter does now."""
        self._show_state()

    def _show_state(self) -> None:
        for mode in Mode:
            self._frame.set_class(mode is self.mode, f"-{mode.value}")
        self._frame.border_subtitle = self.mode.value
        searching = self._draft is not None
        texts = _SEARCH if searching else _BUSY if self.busy else _IDLE
        room = self._field.content_size.width
        self._field.placeholder = next((text for text in texts if len(text) <= room), texts[-1])
        self._sign.update("?" if searching else "›")

    # What the app uses

    @property
    def mentions(self) -> Sequence[Mention]:
        """What `@` offers."""
        return self._completer.mentions

    @mentions.setter
    def mentions(self, mentions: Sequence[Mention]) -> None:
        self._completer = self._completer.with_mentions(mentions)
        self._refresh_popup()

    @property
    def text(self) -> str:
        """All that would be sent, long pastes as well."""
        return self._pastes.expanded(self._field.text)

    @text.setter
    def text(self, text: str) -> None:
        self._load(text)

    def insert(self, text: str) -> None:
        """Puts text in at the cursor."""
        self._paste(text)

    def focus_input(self) -> None:
        """Makes the keys go here."""
        self._field.focus()

    def clear_if_any(self) -> bool:
        """Clears what is written; Undo brings it back. False where there is nothing, nor a search to end."""
        if self._draft is not None:
            self._end_search(self._draft)
            return True
        if not self._field.text:
            return False
        self._field.set_text("")
        self._walk.stop()
        self._symbols.forget()
        self.post_message(self.Cleared())
        return True

    # Keys

    def _take_key(self, event: events.Key) -> bool:
        """Whether a key was the composer's, not the text area's."""
        keys: dict[str, Callable[[], bool]] = {
            "enter": self._enter,
            "tab": self._tab,
            "escape": self._escape,
            "up": lambda: self._vertical(-1),
            "down": lambda: self._vertical(1),
            "backspace": self._backspace,
            "ctrl+r": self._search,
            "ctrl+g": self._open_editor,
        }
        if event.key in _NEW_LINE_KEYS:
            return self._new_line()
        if (action := keys.get(event.key)) is not None:
            return action()
        if event.is_printable and event.character is not None:
            self._symbols.character(event.character)
            return True
        return False

    def _enter(self) -> bool:
        if self._accepts_on_enter():
            choice = self._popup.choice
            self._accept()
            if choice.whole:
                self._submit()
        elif self._draft is not None:
            pass
        elif self._field.before_cursor().endswith(LEADER) and self._symbols.typed in (None, ""):
            row, column = self._field.cursor_location
            self._field.put((row, column - 1), (row, column), "", 0)
            self._new_line()
        else:
            self._submit()
        return True

    def _accepts_on_enter(self) -> bool:
        """Whether Enter takes the chosen completion: where it was chosen, or is what the text is the beginning of."""
        found = self._found
        if found is None:
            return False
        if self._moved_in_popup or found.kind is Kind.HISTORY:
            return True
        if found.kind is Kind.MENTION:
            return bool(found.query) and all(choice.label != found.query for choice in found.choices)
        return found.kind is Kind.COMMAND

    def _tab(self) -> bool:
        if self._found is not None:
            self._accept()
            return True
        return self._symbols.tab()

    def _escape(self) -> bool:
        if self._draft is not None:
            self._end_search(self._draft)
            return True
        if self._found is None:
            return False
        self._dismissed = (self._found.kind, self._found.start)
        self._refresh_popup()
        return True

    def _vertical(self, step: int) -> bool:
        if self._found is not None:
            self._popup.move(step)
            self._moved_in_popup = True
            self._show_title()
            return True
        if self._draft is not None or not (self._field.on_first_row if step < 0 else self._field.on_last_row):
            return False
        current = self._field.text
        text = self._walk.back(current, self._history.entries) if step < 0 else self._walk.forward(current)
        if text is not None:
            self._load(text)
        return text is not None

    def _backspace(self) -> bool:
        if self._symbols.backspace():
            return True
        row, column = self._field.cursor_location
        chip = self._pastes.chip_before(self._field.document[row], column)
        if chip is None or not self._field.selection.is_empty:
            return False
        self._field.put((row, column - len(chip)), (row, column), "", 0)
        return True

    def _new_line(self) -> bool:
        if self._draft is None:
            self._symbols.forget()
            self._field.type_text("\n")
        return True

    # Text

    def _submit(self) -> None:
        text = self.text.rstrip()
        if not text:
            return
        self._history.add(text)
        self.run_worker(lambda: self._save(text), thread=True, group="history")
        self._pastes.forget()
        self._walk.stop()
        self._symbols.forget()
        self._field.cut_off()
        self._refresh_popup()
        self.post_message(self.Submitted(text))

    def _save(self, text: str) -> None:
        # A history that cannot be kept is no reason to disturb a proof.
        with contextlib.suppress(OSError):
            self._history.save(text)

    def _paste(self, text: str) -> None:
        text = cleaned(text)
        if self._draft is not None:
            text = " ".join(text.split())
        self._symbols.forget()
        self._field.type_text(self._pastes.take(text) if is_long(text) else text)

    def _load(self, text: str) -> None:
        """Shows another text, and no completions of it before it is changed."""
        self._symbols.forget()
        self._field.set_text(self._pastes.take(text) if is_long(text) else text)
        found = self._find()
        self._dismissed = (found.kind, found.start) if found is not None else None
        self._refresh_popup()

    def _open_editor(self) -> bool:
        self.run_worker(self._edit(), exclusive=True, group="editor")
        return True

    async def _edit(self) -> None:
        try:
            self._load(await edited(self.app, self.text))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        except QedError as error:
            self.notify(" ".join((error.message, error.hint)).strip(), severity="error", markup=False)

    # Completions

    def _find(self) -> Completions | None:
        if self._draft is not None:
            return sent_before(self._history.entries, self._field.text)
        if not self._field.selection.is_empty:
            return None
        return self._symbols.completions() or self._completer.find(
            self._field.before_cursor(), self._field.cursor_location[0] == 0
        )

    def _refresh_popup(self) -> None:
        if not self.is_mounted:
            return
        found = self._find()
        if found is None:
            self._dismissed = None
        elif self._dismissed == (found.kind, found.start):
            found = None
        if found != self._found:
            self._found = found
            self._moved_in_popup = False
            self._popup.show(found.choices if found is not None else ())
        self._show_title()

    def _show_title(self) -> None:
        found = self._found
        if found is None:
            self._frame.border_title = "nothing found · Esc goes back" if self._draft is not None else ""
        else:
            self._frame.border_title = f"{self._TITLES[found.kind]} · {self._popup.place + 1}/{len(found.choices)}"

    @on(Popup.Clicked)
    def _clicked(self, event: Popup.Clicked) -> None:
        event.stop()
        self._popup.move(event.place - self._popup.place)
        self._accept()
        self._field.focus()

    def _accept(self) -> None:
        """Puts in the chosen completion."""
        assert self._found is not None
        found, choice = self._found, self._popup.choice
        if found.kind is Kind.HISTORY:
            self._end_search(choice.text)
        elif found.kind is Kind.SYMBOL:
            self._symbols.choose(Symbol(choice.text, choice.cursor))
        else:
            self._put(found, choice)

    def _put(self, found: Completions, choice: Choice) -> None:
        row, column = self._field.cursor_location
        rest = self._field.document[row][column:]
        text = choice.text.rstrip(" ") if rest.startswith(" ") else choice.text
        self._symbols.forget()
        self._field.put((row, found.start), (row, column), text, len(text))
        if choice.whole:
            self._dismissed = (found.kind, found.start)
            self._refresh_popup()

    def _search(self) -> bool:
        """Begins a search of the history, or goes on to the next that fits."""
        if self._draft is not None:
            return self._found is None or self._vertical(1)
        if self._history.entries:
            self._draft = self._field.text
            self._field.set_text("")
            self._show_state()
            self._refresh_popup()
        return True

    def _end_search(self, text: str) -> None:
        self._draft = None
        self._show_state()
        self._load(text)
