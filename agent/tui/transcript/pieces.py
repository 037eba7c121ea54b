"""Cuts a growing Markdown text into pieces that can be drawn one by one.

A piece ends where something new begins at the left edge after a blank line, and not within a code fence. So pieces are
the same however the text arrives, each is read once, and only what is behind the last one is drawn again and again.
"""

import re
from dataclasses import dataclass

_FENCE = re.compile(r" *(?:> ?|[-*+] |\d+[.)] )*(`{3,}|~{3,})(.*)")
LIMIT = 4_000
"""A piece is cut at about this many characters, wherever it is: redrawing it must stay cheap."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text that can be read on its own. `joined`: it goes on where the piece before was cut."""

    text: str
    joined: bool = False


class Pieces:
    """The pieces of one text, which only grows."""

    def __init__(self) -> None:
        self._begin = 0  # of the piece that is not finished
        self._seen = 0  # up to here lines were looked at
        self._fence = ""  # the fence that is open at `_seen`
        self._info = ""  # the line that opened the fence
        self._opening = ""  # what the unfinished piece must begin with, as it was cut within a fence
        self._joined = False
        self._blank = False

    def finished(self, text: str) -> list[Piece]:
        """The pieces that are complete in `text` and were not given before."""
        found: list[Piece] = []
        while (end := text.find("\n", self._seen)) >= 0:
            self._line(text, self._seen, end + 1, found)
        while len(text) - self._begin > 2 * LIMIT:  # a line without end
            cut = text.rfind(" ", self._begin + LIMIT // 2, self._begin + LIMIT) + 1 or self._begin + LIMIT
            self._cut(text, cut, found)
            self._seen = max(self._seen, cut)
        return found

    def rest(self, text: str) -> Piece:
        """What is not finished."""
        return Piece(self._opening + text[self._begin :], self._joined)

    def _line(self, text: str, begin: int, end: int, found: list[Piece]) -> None:
        line = text[begin : end - 1]
        blank = not line.strip()
        starts = self._blank and not blank and not self._fence and not line[0].isspace()
        if starts and begin > self._begin:
            found.append(Piece(self._opening + text[self._begin : begin], self._joined))
            self._begin, self._opening, self._joined = begin, "", False
        fence = _FENCE.match(line)
        if fence and not self._fence:
            self._fence = fence[1]
            self._info = f"{fence[1]}{fence[2]}\n"
        elif fence and fence[1].startswith(self._fence) and not fence[2].strip():
            self._fence = ""
        self._blank = blank
        self._seen = end
        if end - self._begin > LIMIT:
            self._cut(text, end, found)

    def _cut(self, text: str, at: int, found: list[Piece]) -> None:
        found.append(Piece(self._opening + text[self._begin : at], self._joined))
        self._begin, self._joined = at, True
        self._opening = self._info if self._fence else ""
