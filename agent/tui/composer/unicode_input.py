"""Lean's symbols as its editors have them typed: `\\to` becomes →. No screen here, only names and their symbols.

The rules are those of vscode-lean4 (`AbbreviationProvider.ts`): of the names that begin with what was typed, the
shortest counts, and of equally short ones the first in the table; where none begins so, the longest part that does is
taken, and the rest is kept. abbreviations.README.md says where the table is from.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

LEADER = "\\"
_CURSOR = "$CURSOR"
_WINDOWS_PATH = re.compile(r"(?:[\"'(]?[A-Za-z]:|\\)(?:\\|$)")


@dataclass(frozen=True, slots=True)
class Symbol:
    """What an abbreviation stands for: `text`, with the cursor after its first `cursor` characters."""

    text: str
    cursor: int

    @classmethod
    def parse(cls, entry: str) -> "Symbol":
        """Reads an entry of the table."""
        before, marked, after = entry.partition(_CURSOR)
        return cls(before + after, len(before) if marked else len(entry))

    def followed_by(self, rest: str) -> "Symbol":
        """The symbol and text that is kept after it. The cursor stays inside brackets, else goes behind all."""
        cursor = self.cursor if self.cursor < len(self.text) else len(self.text) + len(rest)
        return Symbol(self.text + rest, cursor)


class Abbreviations:
    """A table of abbreviations, without their leading backslash."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._symbols = {name: Symbol.parse(entry) for name, entry in entries.items()}
        self._place = {name: place for place, name in enumerate(entries)}
        self._names = sorted(entries)

    def exact(self, name: str) -> Symbol | None:
        """The symbol of just this name."""
        return self._symbols.get(name)

    def beginning_with(self, typed: str) -> list[tuple[str, Symbol]]:
        """The names that begin with what was typed, and their symbols; the shortest first."""
        names = sorted(self._range(typed), key=lambda name: (len(name), self._place[name]))
        return [(name, self._symbols[name]) for name in names]

    def is_begun(self, typed: str) -> bool:
        """Whether any name begins so."""
        return next(iter(self._range(typed)), None) is not None

    def complete(self, typed: str) -> Symbol | None:
        """The symbol of the shortest name that begins so. None where nothing was typed, or none does."""
        matching = self.beginning_with(typed) if typed else []
        return matching[0][1] if matching else None

    def replacement(self, typed: str) -> Symbol | None:
        """As `complete`, and where no name begins so, of the longest part of it that begins one; the rest is kept."""
        for end in range(len(typed), 0, -1):
            symbol = self.complete(typed[:end])
            if symbol is not None:
                return symbol.followed_by(typed[end:])
        return None

    def settled(self, typed: str) -> Symbol | None:
        """The symbol of this name where no longer name begins with it, so that there is nothing to wait for."""
        matching = list(self._range(typed)) if typed else []
        return self._symbols[typed] if matching == [typed] else None

    def _range(self, typed: str) -> Iterable[str]:
        for place in range(bisect_left(self._names, typed), len(self._names)):
            if not self._names[place].startswith(typed):
                return
            yield self._names[place]


@cache
def abbreviations() -> Abbreviations:
    """The table of Lean's editors. Read when it is first asked for, which takes some milliseconds."""
    text = resources.files("agent.tui.composer").joinpath("abbreviations.json").read_text(encoding="utf-8")
    return Abbreviations(json.loads(text))


def may_begin(before: str) -> bool:
    """Whether a backslash typed after this text of its line begins an abbreviation: not so inside a Windows path."""
    word = re.split(r"\s", before)[-1]
    return _WINDOWS_PATH.match(word) is None
