"""Text and positions.

Three ways to point into a Lean file meet here and nowhere else: offsets in code points (Python strings), positions
in UTF-16 code units (the language server protocol, Lean's server), and lines and columns as people and `lean` print
them (from 1, and from 0 in code points). Lean text is full of symbols, some outside the Basic Multilingual Plane
(`𝕜`, `𝓝`), for which the three differ.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A position of the language server protocol: line from 0, and UTF-16 code units from 0 within the line."""

    line: int
    utf16: int


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A half-open range of code-point offsets, `start <= end`."""

    start: int
    end: int

    def __contains__(self, offset: int) -> bool:
        return self.start <= offset < self.end

    def encloses(self, other: "Span") -> bool:
        """Whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end


class SourceText:
    """An immutable text that converts between offsets and positions.

    Lines end at `\\n`; the `\\r` of a CRLF file belongs to its line, as it does for Lean.
    """

    __slots__ = ("__dict__", "text")

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find, at = self.text.find, 0
        while (at := find("\n", at) + 1) > 0:
            starts.append(at)
        return starts

    @property
    def line_count(self) -> int:
        """The number of lines; a text that ends in a newline has an empty last line."""
        return len(self._line_starts)

    def line_span(self, line: int) -> Span:
        """The span of a line (from 0) without its `\\n`."""
        starts = self._line_starts
        end = starts[line + 1] - 1 if line + 1 < len(starts) else len(self.text)
        return Span(starts[line], end)

    def line_of(self, offset: int) -> int:
        """The line (from 0) that holds the offset."""
        return bisect_right(self._line_starts, offset) - 1

    def column_of(self, offset: int) -> int:
        """The column of the offset, in code points from 0, as Lean prints it."""
        return offset - self._line_starts[self.line_of(offset)]

    def position(self, offset: int) -> Position:
        """The protocol position of an offset."""
        line = self.line_of(offset)
        prefix = self.text[self._line_starts[line] : offset]
        return Position(line, len(prefix) + sum(c > "\uffff" for c in prefix))

    def offset(self, position: Position) -> int:
        """The offset of a protocol position; beyond the end of a line or of the text it is that end."""
        if position.line >= len(self._line_starts):
            return len(self.text)
        span = self.line_span(position.line)
        at, units = span.start, position.utf16
        if self.text.isascii():
            return min(at + units, span.end)
        while units > 0 and at < span.end:
            units -= 2 if self.text[at] > "\uffff" else 1
            at += 1
        return at
