"""Whether a filled file still is the file that it was: its text, its outline, its declarations."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tools.lean.document import Document
from tools.lean.lean_document import Symbol
from tools.lean.text import Span
from tools.lean.tokens import COMMENTS, tokenize


@dataclass(frozen=True, slots=True)
class Fill:
    """A proof for a hole: the span in the text before, the text that replaces it, and whether a tactic stands there."""

    hole: Span
    text: str
    is_tactic: bool = True


def apply_fills(text: str, fills: Sequence[Fill]) -> tuple[str, tuple[Span, ...]]:
    """The text with the holes filled, and where the fills stand in it, in the order of the text.

    Raises ValueError for holes that overlap or lie outside the text.
    """
    parts: list[str] = []
    spans: list[Span] = []
    at = length = 0
    for fill in sorted(fills, key=lambda fill: fill.hole):
        if not at <= fill.hole.start <= fill.hole.end <= len(text):
            raise ValueError(f"the hole {fill.hole} overlaps another or lies outside the text")
        parts += [text[at : fill.hole.start], fill.text]
        length += fill.hole.start - at
        spans.append(Span(length, length + len(fill.text)))
        length += len(fill.text)
        at = fill.hole.end
    return "".join([*parts, text[at:]]), tuple(spans)


def moved(fills: Sequence[Fill], offset: int) -> int:
    """Where an offset outside the holes has gone."""
    shift = 0
    for fill in sorted(fills, key=lambda fill: fill.hole):
        if fill.hole.end <= offset and fill.hole.start < offset:
            shift += len(fill.text) - (fill.hole.end - fill.hole.start)
    return offset + shift


def declaration_difference(before: Document, after: Document) -> str:
    """How the declarations of two texts differ in kind or name; empty where they do not."""
    old, new = ([_identity(d.kind, d.name, d.is_anonymous) for d in each.declarations] for each in (before, after))
    if old == new:
        return ""
    extra = [name for name in new if name not in old] or [name for name in old if name not in new]
    return f"the declarations of the file are not the same: {', '.join(extra or ['another order'])}"


def _identity(kind: str, name: str, is_anonymous: bool) -> str:
    return kind if is_anonymous else f"{kind} {name}"


@dataclass(frozen=True)
class OutlineComparison:
    """Compares outlines before and after filling: the same entries at the same places, shifted by the fills.

    A proof that ends its declaration early, or opens one of its own, shows here.
    """

    old_text: str
    new_text: str
    fills: Sequence[Fill]
    spans: Sequence[Span]

    def difference(self, before: Sequence[Symbol], after: Sequence[Symbol]) -> str:
        """How the outlines differ; empty where they do not."""
        if [(s.name, s.kind) for s in before] != [(s.name, s.kind) for s in after]:
            return "Lean sees other declarations in the file than before"
        for old, new in zip(before, after, strict=True):
            if self.moved(old.span.start) != new.span.start or not self._same_end(old.span.end, new.span.end):
                return f"Lean sees {old.name!r} begin or end at another place than before"
            if found := self.difference(old.children, new.children):
                return found
        return ""

    def moved(self, offset: int) -> int:
        """Where an offset outside the holes has gone."""
        return moved(self.fills, offset)

    def _same_end(self, old: int, new: int) -> bool:
        end = self.moved(old)
        if new == end or (new < end and is_blank(self.new_text[new:end])):
            return True
        # A hole without a text of its own (a missing proof) lies behind the end that Lean saw: the next one can be it.
        at = bisect_left(self._sorted, old, key=lambda fill: fill.hole.start)
        if at == len(self._sorted) or not is_blank(self.old_text[old : self._sorted[at].hole.start]):
            return False
        end = self.spans[at].end
        return new <= end and is_blank(self.new_text[new:end])

    @cached_property
    def _sorted(self) -> list[Fill]:
        return sorted(self.fills, key=lambda fill: fill.hole)


def is_blank(text: str) -> bool:
    """Whether a text is white space and comments only."""
    return all(token.kind in COMMENTS for token in tokenize(text))
