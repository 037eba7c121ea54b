"""Lean's symbols while they are typed into the composer's field."""

from dataclasses import dataclass

from agent.tui.composer.completion import Completions, symbols
from agent.tui.composer.input import ComposerInput
from agent.tui.composer.unicode_input import LEADER, Symbol, abbreviations, may_begin


@dataclass(frozen=True)
class _Replaced:
    """A replacement that Backspace takes back: all between `start` and `end` was `typed` before."""

    start: tuple[int, int]
    end: tuple[int, int]
    cursor: tuple[int, int]
    typed: str


class SymbolTyping:
    """Follows the abbreviation that begins at a typed backslash, until the cursor leaves it.

    It becomes its symbol at once when no longer name begins so, at a space where a name begins so, at another sign
    where it is a name itself, and at Tab. Text that is pasted or loaded is never changed.
    """

    def __init__(self, field: ComposerInput) -> None:
        self._field = field
        self._start: tuple[int, int] | None = None
        self._replaced: _Replaced | None = None

    @property
    def typed(self) -> str | None:
        """What stands between the backslash and the cursor. None where no abbreviation is in progress."""
        row, column = self._field.cursor_location
        if self._start is None or row != self._start[0] or column <= self._start[1]:
            self._start = None
            return None
        text = self._field.document[row][self._start[1] : column]
        if not text.startswith(LEADER) or text[-1].isspace():
            self._start = None
            return None
        return text[1:]

    def forget(self) -> None:
        """Nothing is in progress any more."""
        self._start = None
        self._replaced = None

    def character(self, character: str) -> None:
        """Types a character."""
        table = abbreviations() if self._start is not None or character == LEADER else None
        typed = self.typed
        self._replaced = None
        if table is not None and typed is not None and not table.is_begun(typed + character):
            self._end(typed, table.complete(typed) if character == " " else table.exact(typed), character)
        place, before = self._field.cursor_location, self._field.before_cursor()
        self._field.type_text(character)
        if self._replaced is not None:
            self._replaced = _Replaced(
                self._replaced.start, self._field.cursor_location, self._field.cursor_location, self._replaced.typed
            )
        if character == LEADER and self._start is None:
            self._start = place if may_begin(before) else None
        elif table is not None and (now := self.typed) is not None and (symbol := table.settled(now)):
            self._replace(symbol)

    def _end(self, typed: str, symbol: Symbol | None, character: str) -> None:
        """Ends an abbreviation at a character that is not part of one. A letter may still be part of a word."""
        if character.isalnum():
            return
        if symbol is not None:
            self._replace(symbol)
            if self._replaced is not None:
                self._replaced = _Replaced(
                    self._replaced.start, self._replaced.end, self._replaced.cursor, LEADER + typed + character
                )
        self._start = None

    def tab(self) -> bool:
        """Completes what is in progress; False where there is nothing to complete."""
        typed = self.typed
        symbol = abbreviations().replacement(typed) if typed else None
        if symbol is None:
            return False
        self._replace(symbol)
        return True

    def choose(self, symbol: Symbol) -> None:
        """Puts in a symbol for what is in progress."""
        if self.typed is not None:
            self._replace(symbol)

    def _replace(self, symbol: Symbol) -> None:
        start, end = self._start, self._field.cursor_location
        if start is None:
            return
        typed = self._field.document[start[0]][start[1] : end[1]]
        self._field.put(start, end, symbol.text, symbol.cursor)
        row, column = start
        after = (row, column + len(symbol.text))
        self._start = None
        self._replaced = _Replaced(start, after, (row, column + symbol.cursor), typed)

    def backspace(self) -> bool:
        """Takes back the replacement just made; False where there was none."""
        replaced, self._replaced = self._replaced, None
        if replaced is None or self._field.cursor_location != replaced.cursor:
            return False
        self._field.put(replaced.start, replaced.end, replaced.typed, len(replaced.typed))
        return True

    def completions(self) -> Completions | None:
        """What the abbreviation in progress may become."""
        typed = self.typed
        return symbols(abbreviations(), typed, self._start[1]) if typed is not None and self._start else None
