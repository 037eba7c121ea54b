"""The text that Lean is given in place of a file's own, where the file as it is would compile to nothing.

Lean writes no `.olean` when a message is an error, and an `example` leaves nothing behind. So commands with errors that
were there before are put under `#guard_msgs`, and an `example` that is asked about gets a name. What Lean says about
such a text is told in offsets of the file's own text.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from tools.lean.acceptance.comparison import Fill, apply_fills
from tools.lean.document import Document
from tools.lean.messages import Message
from tools.lean.text import SourceText, Span

GUARD_MISMATCH = "Docstring on `#guard_msgs` does not match"
"""How the error goes on (after a sign) when the messages of a guarded command are others than was expected."""


@dataclass(frozen=True)
class CheckedText:
    """A file's text with some replacements; `named` are those that get a name in it, with the names."""

    document: Document
    replacements: tuple[Fill, ...] = ()
    named: tuple[tuple[int, str], ...] = ()

    @cached_property
    def text(self) -> str:
        """The text for Lean."""
        return apply_fills(self.document.text, self.replacements)[0]

    @cached_property
    def source(self) -> SourceText:
        """The same, for its lines and columns."""
        return SourceText(self.text)

    def origin(self, offset: int) -> int:
        """The offset in the file's own text; the beginning of what was replaced for all that stands in its place."""
        shift = 0
        for each in sorted(self.replacements, key=lambda each: each.hole):
            start = each.hole.start + shift
            if offset < start:
                break
            if offset < start + len(each.text):
                return each.hole.start
            shift += len(each.text) - (each.hole.end - each.hole.start)
        return offset - shift

    def origin_of(self, line: int, column: int) -> int:
        """The offset in the file's own text of a line (from 1) and a column (in code points)."""
        if not 0 < line <= self.source.line_count:
            return len(self.document.text)
        span = self.source.line_span(line - 1)
        return self.origin(min(span.start + column, span.end))

    def with_names(self, indices: Collection[int]) -> Self:
        """The same with names for these declarations, which have none of their own."""
        named = tuple((index, _free_name(self.document.text, index)) for index in sorted(indices))
        replaced = (_named(self.document, index, name) for index, name in named)
        return type(self)(self.document, (*self.replacements, *replaced), named)

    def with_guards(self, errors: Iterable[tuple[int, Message]], *, compared: bool) -> "CheckedText | None":
        """The same with guards for the commands of these errors (each with its offset in the file's own text).

        `compared`: Lean compares the errors with these, and complains where they are others. None where an error
        stands outside all commands, or cannot be written down.
        """
        expected: dict[Span, list[str]] = {}
        for offset, message in sorted(errors, key=lambda each: each[0]):
            group = next((c.group for c in self.document.commands if c.span.start <= offset <= c.span.end), None)
            if group is None or "-/" in message.text:
                return None
            expected.setdefault(group, []).append(f"{message.severity.word}: {message.text.strip()}")
        guards: list[Fill] = []
        for group, texts in expected.items():
            column = " " * self.document.source.column_of(group.start)
            told = "\n---\n".join(texts)
            guard = f"/--\n{told}\n-/\n#guard_msgs (error) in\n" if compared else "#guard_msgs (drop all) in\n"
            guards.append(Fill(Span(group.start, group.start), f"{guard}{column}"))
        return CheckedText(self.document, (*self.replacements, *guards), self.named)


def _free_name(text: str, index: int) -> str:
    name = f"qed_probe_{index}"
    while name in text:
        name += "_"
    return name


def _named(document: Document, index: int, name: str) -> Fill:
    """Gives a declaration a name. What follows keeps its columns, by which Lean reads a proof.

    An `example` becomes a definition, which includes section variables by the same rule; a theorem would not.
    """
    declaration = document.declarations[index]
    start = declaration.signature.start
    end = start + len(declaration.kind)
    keyword = declaration.kind
    if keyword == "example":
        modifiers = document.text[declaration.span.start : start].split()
        keyword = "def" if "noncomputable" in modifiers else "noncomputable def"
    column = document.source.column_of(start) + len(declaration.kind)
    return Fill(Span(start, end), f"{keyword} _root_.{name}\n{' ' * column}")
