"""From a proof to the file: the proof laid out in its hole, what was said about it, and its receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tools.lean.acceptance.comparison import Fill, apply_fills
from tools.lean.acceptance.receipt import LemmaNote, Receipt, ToolchainNote
from tools.lean.acceptance.verdict import Baseline, Verdict
from tools.lean.document import Document, Hole, HoleKind
from tools.lean.layout import replace_hole
from tools.lean.screening import ScreeningPolicy
from tools.lean.toolchain import Toolchain
from tools.lean.writeback import FileSnapshot, digest


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


@dataclass(frozen=True, slots=True)
class JudgedProof:
    """What the acceptance check said about a proof, and the proof as it would stand in the file.

    `baseline` is the text in which the holes were filled; with helper lemmas it has their statements already.
    `snapshot` is the file that it was judged for.
    """

    filled: FilledHole
    verdict: Verdict
    baseline: Baseline
    snapshot: FileSnapshot | None = None


def receipt_of(
    toolchain: Toolchain,
    policy: ScreeningPolicy,
    judged: JudgedProof,
    after: FileSnapshot,
    time: datetime,
    recheck: str,
) -> Receipt:
    """The receipt of a proof that was written; `after` is the file then, `recheck` what a checker has said."""
    filled, verdict, baseline = judged.filled, judged.verdict, judged.baseline
    assert judged.snapshot is not None  # of what is written
    return Receipt(
        time=time,
        file=judged.snapshot.real_path,
        declaration=filled.hole.declaration,
        statement_sha256=baseline.statement_sha256(baseline.declaration_of(filled.hole.span)),
        proof_sha256=digest(filled.fill.text.encode()),
        lemmas=tuple(_lemma_note(baseline, each) for each in filled.lemmas),
        file_sha256_before=judged.snapshot.sha256,
        file_sha256_after=after.sha256,
        toolchain=ToolchainNote(kind=toolchain.kind.value, name=toolchain.describe(), version=toolchain.version),
        axioms=verdict.axioms,
        axioms_how=verdict.axioms_how.value,
        imports_how=verdict.imports_how,
        screening="strict" if policy.is_strict else "standard",
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
