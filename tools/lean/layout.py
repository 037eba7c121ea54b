"""Lays a proof out in the place of a `sorry`.

A proof is a tactic block, given as lines relative to column 0. Lean's layout rules decide how it may stand: the tactics
of a block begin at one column, and that column lies to the right of the block around it. Not a byte outside the hole
changes, but for blanks directly before it, which go when the block begins on a line of its own.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from tools.lean.commands import matching_close, significant
from tools.lean.document import Document, Hole, HoleKind
from tools.lean.text import SourceText, Span
from tools.lean.tokens import Token, TokenKind, tokenize, words

_STEP = 2
_BRACKETS = words(") ] } ⟩ › ⟫ ⟧ , ;")
_ENDS_TERM = _BRACKETS | words(": | then else with in at do where termination_by decreasing_by from <;>")
# After these a term may begin with `by` or `fun` without parentheses.
_TAKES_ANY_TERM = words("""
    := => ⟨ , ( [ { <| $ ; from exact exact_mod_cast refine apply using then else return show do in ←
    """)
# After these, or before those, what a proof is made of has to hold together.
_BINDS_TACTIC = words("<;> | try all_goals any_goals repeat iterate ;")
_SEPARATES = words("<;> ; |")
# Tactics that would take a `, h` after them for an argument of theirs, and those that would take a `| pattern`.
_TAKES_COMMAS = words("use use! exists existsi exacts generalize cases induction rcases obtain")
_TAKES_BARS = words("rcases obtain rintro first cases induction match intro fun")
_COMPOUND = words("; <;> | => · by")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A file's text with a hole replaced.

    `inserted` is where the new text stands in it; `replaced` the span of the old text that went: the hole, with the
    blanks before it where the line was broken.
    """

    text: str
    inserted: Span
    replaced: Span


@dataclass(frozen=True, slots=True)
class ProofLines:
    """A proof as lines relative to column 0; `verbatim` lines begin within a string and are never indented."""

    lines: tuple[str, ...]
    verbatim: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, proof: str) -> "ProofLines":
        """Reads a proof: line endings, common indentation, trailing blanks and blank lines around it do not matter."""
        text = proof.replace("\r\n", "\n")
        source = SourceText(text)
        verbatim: set[int] = set()
        inner: set[int] = set()
        for token in tokenize(text):
            if "\n" in token.text:
                spanned = range(source.line_of(token.start) + 1, source.line_of(token.end) + 1)
                inner.update(spanned)
                if token.kind is not TokenKind.BLOCK_COMMENT:
                    verbatim.update(spanned)
        lines = text.split("\n")
        lines = [line if index + 1 in verbatim else line.rstrip() for index, line in enumerate(lines)]
        kept = [index for index, line in enumerate(lines) if line.strip()]
        if not kept:
            return cls(("",))
        margin = min(_indentation(lines[index]) for index in kept if index not in inner)
        chosen = range(kept[0], kept[-1] + 1)
        trimmed = (lines[i] if i in verbatim else lines[i][min(margin, _indentation(lines[i])) :] for i in chosen)
        return cls(tuple(trimmed), frozenset(index - kept[0] for index in verbatim))

    def without_by(self) -> "ProofLines":
        """The tactic block of a proof that is written as `by …`; any other proof as it is."""
        tokens = self.tokens
        if not tokens or not tokens[0].is_word("by"):
            return self
        end = tokens[0].end
        return ProofLines.parse(" " * end + self.text[end:])

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    @property
    def tokens(self) -> list[Token]:
        """The tokens without comments."""
        return significant(tokenize(self.text))

    @property
    def is_one_line(self) -> bool:
        """Whether the proof is a single line."""
        return len(self.lines) == 1

    def hung(self, column: int, *, before: str = "", after: str = "") -> str:
        """The text with every line but the first indented, so that all begin at one column."""
        text = self.lines[0]
        for index, line in enumerate(self.lines[1:], 1):
            text += "\n" + (line if index in self.verbatim or not line else " " * column + line)
        return f"{before}{text}{after}"

    def on_own_lines(self, column: int) -> str:
        """The text from a line break on, all lines at one column."""
        return "\n" + " " * column + self.hung(column)


def as_tactics(proof: str) -> ProofLines:
    """The tactic block of a whole proof, which is written as `by …` or is a term."""
    lines = ProofLines.parse(proof)
    return lines.without_by() if lines.tokens and lines.tokens[0].is_word("by") else _exact(lines)


def replace_hole(
    document: Document, hole: Hole, proof: str, *, is_term: bool = False, as_term: bool = True
) -> Replacement:
    """Puts a proof in the place of a hole.

    `proof` is a tactic block with its lines relative to column 0 (a leading `by` does not matter), or a term if
    `is_term`. With `as_term` a single `exact e` becomes the term `e` where the hole is a term; Lean elaborates
    `by exact e` later than `e`, so a caller may need the other form.
    """
    lines = ProofLines.parse(proof)
    place = _Place.of(document, hole)
    if hole.kind is HoleKind.TACTIC:
        inserted = place.tactics(_exact(lines) if is_term else lines.without_by())
    elif is_term:
        inserted = place.term(lines)
    else:
        lines = lines.without_by()
        term = _single_exact(lines) if as_term else None
        inserted = place.by_block(lines) if term is None else place.term(term)
    return _splice(document, hole, inserted)


def _splice(document: Document, hole: Hole, inserted: str) -> Replacement:
    text, start = document.text, hole.span.start
    if inserted.startswith("\n"):
        start = len(text[:start].rstrip(" \t"))
    inserted = inserted.replace("\n", document.newline)
    new = f"{text[:start]}{inserted}{text[hole.span.end :]}"
    return Replacement(new, Span(start, start + len(inserted)), Span(start, hole.span.end))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _exact(term: ProofLines) -> ProofLines:
    """The tactic that closes a goal with a term."""
    if term.is_one_line:
        return ProofLines((f"exact {term.lines[0]}",))
    return ProofLines.parse("exact" + term.on_own_lines(_STEP))


def _single_exact(lines: ProofLines) -> ProofLines | None:
    """The term `e` of a proof that is the one line `exact e`."""
    tokens = lines.tokens
    if not lines.is_one_line or len(tokens) < 2 or not tokens[0].is_word("exact"):
        return None
    if "--" in lines.text or any(token.is_symbol(";", "<;>") for token in tokens):
        return None
    return ProofLines((lines.text[tokens[1].start :],))


def _is_atomic(tokens: list[Token]) -> bool:
    """Whether a term may be an argument as it stands."""
    if len(tokens) == 1:
        return True
    if tokens[0].is_symbol("(", "⟨", "[", "{") and matching_close(tokens, 0) == len(tokens) - 1:
        return True
    names = all(token.kind in (TokenKind.IDENTIFIER, TokenKind.NUMBER) or token.is_symbol(".") for token in tokens)
    return names and all(left.end == right.start for left, right in pairwise(tokens))


@dataclass(frozen=True, slots=True)
class _Place:
    """What surrounds a hole, as far as layout goes.

    `base` is the column to the right of which a block of the hole's must stand; `starts_line` tells whether the hole
    is the first of its line; `follower` is the text of the token after it, `continues` whether that token would be
    read as a part of the same term.
    """

    hole: Hole
    base: int
    starts_line: bool
    opener: str
    follower: str
    follows_on_line: bool
    continues: bool

    @classmethod
    def of(cls, document: Document, hole: Hole) -> "_Place":
        around, source = hole.surroundings, document.source
        follower = around.follower
        text = follower.text if follower else ""
        on_line = follower is not None and source.line_of(follower.start) == hole.line - 1
        column = source.column_of(follower.start) if follower else -1
        base = max(hole.indentation, around.block_column)
        if follower is not None and not on_line and text not in _BRACKETS:
            base = max(base, column)
        declaration = document.declaration_of(hole)
        before = document.text[declaration.body.start : hole.span.start] if declaration.body else ""
        if re.fullmatch(r":=\s*(by\s*)?", before) and "\n" not in before:
            line = source.line_span(source.line_of(declaration.signature.start))
            base = _indentation(document.text[line.start : line.end])
        return cls(
            hole=hole,
            base=base,
            starts_line=hole.indentation == hole.column,
            opener=around.opener,
            follower=text,
            follows_on_line=on_line,
            continues=bool(text) and text not in _ENDS_TERM and (on_line or column > around.block_column),
        )

    def tactics(self, lines: ProofLines) -> str:
        """The replacement of a tactic: begins with a line break where the block gets lines of its own."""
        column = self.hole.column
        bound, swallows = self._binds, self._swallowed_by(lines)
        if lines.is_one_line:
            compound = any(token.text in _COMPOUND for token in lines.tokens)
            text = lines.lines[0]
            return f"({text})" if swallows or (bound and compound) else text
        first_of_block = self.hole.surroundings.opens_block or self.starts_line
        if bound or swallows or not first_of_block:
            return lines.hung(column + 1, before="(", after=")")
        if not self.starts_line and self.opener in ("by", "=>", "then", "else"):
            return lines.on_own_lines(self.base + _STEP)
        return lines.hung(column)

    def _swallowed_by(self, lines: ProofLines) -> bool:
        """Whether the last tactic of a proof would take what follows the hole for an argument or alternative."""
        if self.follower == "|":
            return any(token.text in _TAKES_BARS for token in lines.tokens)
        last_line = significant(tokenize(lines.lines[-1]))
        return self.follower == "," and any(token.text in _TAKES_COMMAS for token in last_line)

    @property
    def _binds(self) -> bool:
        """Whether something beside the hole would take only a part of a longer proof."""
        before = self.opener in _BINDS_TACTIC and not (self.starts_line and self.opener not in ("<;>", "|"))
        return before or self.follower == "<;>" or (self.follows_on_line and self.follower in _SEPARATES)

    def by_block(self, lines: ProofLines) -> str:
        """The replacement of a term by `by …`."""
        text = f"by {lines.lines[0]}" if lines.is_one_line else f"by{lines.on_own_lines(self.base + _STEP)}"
        # `by` takes the tactics after a `;` for its own.
        swallows = self._swallowed_by(lines) or self.follower in (";", "<;>")
        return f"({text})" if self._needs_parentheses or swallows else text

    def term(self, lines: ProofLines) -> str:
        """The replacement of a term by a term."""
        tokens = lines.tokens
        swallows = self.follower == "|" and any(token.text in ("|", "match", "fun") for token in tokens)
        if (self._needs_parentheses and not _is_atomic(tokens)) or swallows:
            return lines.hung(self.hole.column + 1, before="(", after=")")
        if lines.is_one_line or self.starts_line or self.opener not in (":=", "=>", "from", "exact"):
            return lines.hung(self.hole.column)
        return lines.on_own_lines(self.base + _STEP)

    @property
    def _needs_parentheses(self) -> bool:
        return self.opener not in _TAKES_ANY_TERM or self.continues
