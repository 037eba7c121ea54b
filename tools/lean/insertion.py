"""Helper lemmas put above a theorem: where they go, the text with them, and whether anything else has changed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tools.lean.acceptance.observation import Observation
from tools.lean.artifacts import IsArtifact
from tools.lean.document import Declaration, Document, Hole
from tools.lean.helper_lemmas import HelperLemma, names_in
from tools.lean.layout import ProofLines
from tools.lean.lean_document import Symbol
from tools.lean.text import Span
from tools.lean.tokens import COMMENTS, name_components, tokenize

_WHOLE_PROOF = re.compile(r":=\s*(by\s*)?")
# The names under which Lean is asked about what has none count the declarations.
_PROBE = re.compile(r"qed_probe_[0-9]+_*")


def no_place(document: Document, hole: Hole) -> str:
    """Why no lemmas can be put above the declaration of a hole; empty where they can."""
    declaration = document.declaration_of(hole)
    if declaration.kind not in ("theorem", "lemma") or declaration.is_anonymous or declaration.body is None:
        return "helper lemmas are for theorems"
    body = declaration.body
    before, after = document.text[body.start : hole.span.start], document.text[hole.span.end : body.end]
    if hole.in_statement or not _WHOLE_PROOF.fullmatch(before) or after.strip():
        return "helper lemmas are for holes that are all of a proof"
    if declaration.command_start != declaration.span.start:
        return "no helper lemmas can be put between declarations that are mutual"
    start = document.source.line_span(document.source.line_of(declaration.span.start)).start
    if document.text[start : declaration.span.start].strip():
        return "no helper lemmas can be put above a theorem that begins in the middle of a line"
    return ""


@dataclass(frozen=True)
class Insertion:
    """Lemmas without their proofs put above a declaration of `document`: `text` at the offset `at`.

    `index` is that of the first lemma among the declarations of the new text.
    """

    document: Document
    lemmas: tuple[HelperLemma, ...]
    at: int
    text: str
    index: int

    @classmethod
    def above(cls, document: Document, declaration: Declaration, lemmas: Sequence[HelperLemma]) -> "Insertion":
        """Puts lemmas above a declaration and the comments that belong to it (see `no_place`)."""
        at = _first_line(document, declaration)
        column = document.source.column_of(declaration.span.start)
        stated = (ProofLines.parse(f"{lemma.statement} := by\n  sorry").hung(column) for lemma in lemmas)
        text = "".join(f"{' ' * column}{lemma}\n\n" for lemma in stated).replace("\n", document.newline)
        return cls(document, tuple(lemmas), at, text, document.declarations.index(declaration))

    @cached_property
    def after(self) -> Document:
        """The text with the lemmas."""
        text = self.document.text
        return Document.parse(f"{text[: self.at]}{self.text}{text[self.at :]}")

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes of the lemmas in the new text, in their order."""
        return tuple(hole for each in self._added for hole in each.holes)

    @property
    def _added(self) -> Sequence[Declaration]:
        return self.after.declarations[self.index : self.index + len(self.lemmas)]

    def moved(self, hole: Hole) -> Hole:
        """Where a hole of the declaration, or below it, stands in the new text."""
        by, around = len(self.text), hole.surroundings
        follower = around.follower
        if follower is not None:
            follower = follower._replace(start=follower.start + by, end=follower.end + by)
        return replace(
            hole,
            span=Span(hole.span.start + by, hole.span.end + by),
            line=hole.line + self.text.count("\n"),
            surroundings=replace(around, start=around.start + by, follower=follower),
        )

    def moved_index(self, index: int) -> int:
        """The index of an old declaration in the new text (-1, outside all, stays)."""
        return index + len(self.lemmas) if index >= self.index else index

    def problems(self) -> list[str]:
        """What is wrong with the new text, as far as that can be seen without Lean."""
        found: list[str] = []
        taken = names_in(self.document.text)
        names = [name_components(lemma.name)[-1] for lemma in self.lemmas]
        found += [f"the name {name} is there already" for name in names if name in taken]
        others = (*self.after.declarations[: self.index], *self.after.declarations[self.index + len(self.lemmas) :])
        added = [(each.kind, name_components(each.name)[-1]) for each in self._added]
        more = len(self.after.commands) - len(self.document.commands)
        if len(self.holes) != len(self.lemmas) or any(hole.in_statement for hole in self.holes):
            found.append("the lemmas cannot be found again where they are put")
        elif more != len(names) or added != [("theorem", name) for name in names] or not self._leave(others):
            found.append("the lemmas declare something else than theorems")
        return found

    def _leave(self, others: Sequence[Declaration]) -> bool:
        """Whether the other declarations are the old ones; the name of one without any says its line, which moves."""
        before = self.document.declarations
        old, new = ([(each.kind, each.is_anonymous or each.name) for each in some] for some in (before, others))
        return old == new

    def differences(self, before: Observation, after: Observation, is_artifact: IsArtifact) -> list[str]:
        """What Lean says otherwise about the rest of the file, now that the lemmas stand in it."""
        found = [*self._errors(before, after, is_artifact), *self._sorries(before, after), *self._types(before, after)]
        if before.text != self.document.text or after.text != self.after.text:
            found.append("the text is not the same beside the lemmas")
        inside = sum(self._is_inside(symbol) for symbol in _flat(after.outline))
        if inside != len(self.lemmas) or not self._same_outline(before.outline, after.outline):
            found.append("Lean sees other declarations in the file than before")
        return found

    def _errors(self, before: Observation, after: Observation, is_artifact: IsArtifact) -> Iterator[str]:
        known = Counter[tuple[int, str]]()
        for (index, text), count in before.errors(is_artifact).items():
            known[self.moved_index(index), text] = count
        for index, text in (after.errors(is_artifact) - known).elements():
            yield f"with the lemmas, {self._name(index)}: {text}"

    def _sorries(self, before: Observation, after: Observation) -> Iterator[str]:
        known = Counter({self.moved_index(index): count for index, count in before.sorry_warnings().items()})
        own = range(self.index, self.index + len(self.lemmas))
        for index in after.sorry_warnings() - known:
            if index not in own:
                yield f"with the lemmas, {self._name(index)} uses `sorry`"

    def _types(self, before: Observation, after: Observation) -> Iterator[str]:
        for index, old in before.types.items():
            new = after.types.get(self.moved_index(index))
            if old is not None and (new is None or _PROBE.sub("", old) != _PROBE.sub("", new)):
                yield f"with the lemmas, the type of {self.document.declarations[index].name} is not what it was"

    def _name(self, index: int) -> str:
        return self.after.declarations[index].name if index >= 0 else "what stands outside the declarations"

    def _is_inside(self, symbol: Symbol) -> bool:
        return self.at <= symbol.span.start and symbol.span.end <= self.at + len(self.text)

    def _same_outline(self, before: Sequence[Symbol], after: Sequence[Symbol]) -> bool:
        left = [symbol for symbol in after if not self._is_inside(symbol)]
        return len(before) == len(left) and all(map(self._same_symbol, before, left))

    def _same_symbol(self, old: Symbol, new: Symbol) -> bool:
        by = len(self.text)
        start = old.span.start + (by if old.span.start >= self.at else 0)
        end = old.span.end + (by if old.span.end > self.at else 0)
        same = (old.name, old.kind, start, end) == (new.name, new.kind, new.span.start, new.span.end)
        return same and self._same_outline(old.children, new.children)


def _first_line(document: Document, declaration: Declaration) -> int:
    """The offset of the line that a declaration begins with, or the comments directly above it."""
    source, start = document.source, declaration.span.start
    before = max((each.span.end for each in document.commands if each.span.end <= start), default=0)
    before = max(before, document.header.span.end)
    for token in reversed(tokenize(document.text[before:start])):
        first, last = before + token.start, before + token.end
        line = source.line_span(source.line_of(first))
        begins_line = not document.text[line.start : first].strip()
        if token.kind not in COMMENTS or not begins_line or source.line_of(last) != source.line_of(start) - 1:
            break
        start = first
    return source.line_span(source.line_of(start)).start


def _flat(symbols: Sequence[Symbol]) -> Iterator[Symbol]:
    for symbol in symbols:
        yield symbol
        yield from _flat(symbol.children)
