"""From a proof to the file: the proof laid out in its hole, and after acceptance written down with a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tools.lean.acceptance.comparison import Fill, apply_fills
from tools.lean.acceptance.receipt import LemmaNote, Receipt, ReceiptBook, ToolchainNote
from tools.lean.acceptance.verdict import Baseline, Verdict
from tools.lean.document import Document, Hole, HoleKind
from tools.lean.layout import replace_hole
from tools.lean.toolchain import Toolchain, ToolchainKind
from tools.lean.writeback import FileSnapshot, digest, write


@dataclass(frozen=True, slots=True)
class FilledHole:
    """A hole with a proof in its place: the fill, and the text of the whole file with it.

    `lemmas` are the helper lemmas that are filled along with it: the holes of their proofs.
    """

    hole: Hole
    fill: Fill
    text: str
    lemmas: "tuple[FilledHole, ...]" = ()

    @classmethod
    def of(cls, document: Document, hole: Hole, proof: str) -> "FilledHole":
        """Lays a tactic block out in the place of a hole."""
        replacement = replace_hole(document, hole, proof)
        inserted = replacement.text[replacement.inserted.start : replacement.inserted.end]
        return cls(hole, Fill(replacement.replaced, inserted, hole.kind is HoleKind.TACTIC), replacement.text)

    def along_with(self, document: Document, lemmas: "Sequence[FilledHole]") -> "FilledHole":
        """The same with holes of lemmas in the same document filled as well."""
        text, _ = apply_fills(document.text, [self.fill, *(each.fill for each in lemmas)])
        return FilledHole(self.hole, self.fill, text, tuple(lemmas))

    @property
    def fills(self) -> list[Fill]:
        """All that is filled."""
        return [*(each.fill for each in self.lemmas), self.fill]


def write_accepted(
    toolchain: Toolchain,
    snapshot: FileSnapshot,
    baseline: Baseline,
    filled: FilledHole,
    verdict: Verdict,
    *,
    recheck: str = "not asked",
) -> Receipt:
    """Writes an accepted proof over the file that was read, through the journal, and keeps its receipt.

    `baseline` is the text in which the holes were filled; with helper lemmas it has their statements already.
    Raises `QedError` as `write` does; the file is then as it was.
    """
    write(snapshot, filled.text, declarations=verdict.declarations)
    receipt = _receipt(toolchain, snapshot, baseline, filled, verdict, recheck)
    ReceiptBook().add(receipt)
    return receipt


def _receipt(
    toolchain: Toolchain, snapshot: FileSnapshot, baseline: Baseline, filled: FilledHole, verdict: Verdict, recheck: str
) -> Receipt:
    hole = filled.hole
    return Receipt(
        time=datetime.now(UTC),
        file=snapshot.real_path,
        declaration=hole.declaration,
        statement_sha256=baseline.statement_sha256(baseline.declaration_of(hole.span)),
        proof_sha256=digest(filled.fill.text.encode()),
        lemmas=tuple(_lemma_note(baseline, each) for each in filled.lemmas),
        file_sha256_before=snapshot.sha256,
        file_sha256_after=snapshot.with_text(filled.text).sha256,
        toolchain=ToolchainNote(kind=toolchain.kind.value, name=toolchain.describe(), version=toolchain.version),
        axioms=verdict.axioms,
        axioms_how=verdict.axioms_how.value,
        imports_how=verdict.imports_how,
        screening="strict" if toolchain.kind is ToolchainKind.EMBEDDED else "standard",
        checks=verdict.checks,
        recheck=recheck,
        seconds=verdict.seconds,
    )


def _lemma_note(baseline: Baseline, filled: FilledHole) -> LemmaNote:
    return LemmaNote(
        declaration=filled.hole.declaration,
        statement_sha256=baseline.statement_sha256(baseline.declaration_of(filled.hole.span)),
        proof_sha256=digest(filled.fill.text.encode()),
    )
