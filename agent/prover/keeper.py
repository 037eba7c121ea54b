"""Who keeps a file while several work on it: what it says now, what Lean accepts in it, and what is written.

Proofs are judged and written one after the other. Each is put where its hole stands by then, so that those who look
for others need not know of it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict

from agent.prover.commit_message import proof_message
from agent.prover.commits import ProofCommits
from agent.prover.outcome import Found, Open
from agent.prover.report import HoleReport, LemmaReport, OpenReason
from agent.prover.targets import Place, Work
from tools.lean.acceptance.comparison import Fill
from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.lemmas import Judgement, check_with_lemmas
from tools.lean.acceptance.receipt import Receipt
from tools.lean.acceptance.writing import FilledHole, write_accepted
from tools.lean.artifacts import IsArtifact
from tools.lean.document import Document, Hole
from tools.lean.helper_lemmas import HelperLemma
from tools.lean.toolchain import Toolchain
from tools.lean.writeback import FileSnapshot

_MAX_CANDIDATES = 3
_NOT_ALLOWED = "helper lemmas are put above a declaration only with --lemmas"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the acceptance check said about a proof, and the proof as it stands in the file, with its lemmas."""

    fill: Fill
    verdict: Verdict
    lemmas: tuple[LemmaReport, ...] = ()


class Keeper(Protocol):
    """Who keeps a file while its holes are worked on."""

    @property
    def document(self) -> Document:
        """The file as it is now."""
        ...

    def hole(self, place: Place) -> Hole | None:
        """Where a place is now; None where it is not there any more."""
        ...

    def obstacle(self, hole: Hole) -> Open | None:
        """Why no proof of a hole can be accepted, whatever it is; None where nothing is known against it."""
        ...

    async def submit(
        self,
        place: Place,
        found: Found,
        on_check: Callable[[str], None],
        on_accept: Callable[[Judged], HoleReport],
    ) -> Judged:
        """Takes proofs to the acceptance check, the nicest first, and keeps the first that is accepted.

        The lemmas that they need are judged with them, and kept where a person has allowed it.
        `on_check` is told each before it is checked, `on_accept` the one that is accepted before it is written, and
        gives the report of the hole. The answer is about that one, or about the last. Raises `QedError` where the file
        cannot be written.
        """
        ...


@dataclass
class FileKeeper:
    """A file under work. `receipts` are those of what was written; with `dry_run` nothing is.

    With `commits` each proof is committed as soon as it is written; `on_note` is told where it could not be. With
    `lemmas` proofs may bring lemmas that stand above their declaration.
    """

    toolchain: Toolchain
    gate: AcceptanceGate
    snapshot: FileSnapshot
    baseline: Baseline
    work: Work
    is_artifact: IsArtifact
    dry_run: bool
    recheck: str
    commits: ProofCommits | None = None
    on_note: Callable[[str], None] = lambda _: None
    lemmas: bool = False
    receipts: list[Receipt] = field(default_factory=list[Receipt])
    _judging: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def document(self) -> Document:
        """The file as it is now."""
        return self.baseline.observation.document

    def hole(self, place: Place) -> Hole | None:
        """Where a place is now; None where it is not there any more."""
        return self.work.hole(place, self.document)

    def obstacle(self, hole: Hole) -> Open | None:
        """Why no proof of a hole can be accepted, as Lean sees the file."""
        obstacle = self.baseline.obstacle(hole.span)
        if not obstacle:
            return None
        error = self._error_around(hole)
        return Open(OpenReason.STATEMENT if hole.in_statement and not error else OpenReason.LEAN, error or obstacle)

    def _error_around(self, hole: Hole) -> str:
        """The error that keeps Lean from seeing a hole, where there is one in its declaration."""
        index = self.baseline.declaration_of(hole.span)
        for where, text in self.baseline.observation.errors(self.is_artifact):
            if where == index:
                return f"its declaration has an error: {text}"
        return ""

    async def submit(
        self,
        place: Place,
        found: Found,
        on_check: Callable[[str], None],
        on_accept: Callable[[Judged], HoleReport],
    ) -> Judged:
        """Takes proofs to the acceptance check, and writes the first that is accepted (see `Keeper`)."""
        judged: Judged | None = None
        async with self._judging:
            self.gate.prewarm()
            for proof in found.proofs[:_MAX_CANDIDATES]:
                hole = self.hole(place)
                assert hole is not None  # a place is worked on by one job only
                on_check(proof)
                judgement = await self._judge(hole, proof, found.lemmas)
                verdict = judgement.verdict
                judged = Judged(judgement.filled.fill, verdict, _reported(judgement))
                if verdict.status is ProofStatus.PROVED:
                    report = on_accept(judged)
                    receipt = self._accept(place, judgement)
                    if receipt is not None and self.commits is not None:
                        await self._commit(self.commits, report, receipt)
                    break
        assert judged is not None  # nobody submits nothing
        return judged

    async def _judge(self, hole: Hole, proof: str, lemmas: Sequence[HelperLemma]) -> Judgement:
        if lemmas and self.lemmas:
            return await check_with_lemmas(self.gate, self.baseline, hole, proof, lemmas)
        filled = FilledHole.of(self.document, hole, proof)
        if lemmas:
            return Judgement(filled, Verdict(ProofStatus.NOT_PROVED, (_NOT_ALLOWED,)), self.baseline)
        return Judgement(filled, await self.gate.check(self.baseline, filled.text, filled.fills), self.baseline)

    def _accept(self, place: Place, judgement: Judgement) -> Receipt | None:
        filled, verdict, receipt = judgement.filled, judgement.verdict, None
        if not self.dry_run:
            receipt = write_accepted(
                self.toolchain, self.snapshot, judgement.baseline, filled, verdict, recheck=self.recheck
            )
            self.receipts.append(receipt)
        self.snapshot = self.snapshot.with_text(filled.text)
        assert verdict.baseline is not None  # of every proof that is accepted
        self.baseline = verdict.baseline
        self.work.filled(place)
        return receipt

    async def _commit(self, commits: ProofCommits, report: HoleReport, receipt: Receipt) -> None:
        file = receipt.file
        name = file.relative_to(commits.top) if file.is_relative_to(commits.top) else file
        message = proof_message(
            report.declaration,
            name,
            report.strategy,
            report.proof or "",
            self.toolchain.describe(),
            report.axioms,
            {lemma.name: lemma.text for lemma in report.lemmas},
        )
        result = await commits.commit(file, message.subject, message.body, receipt)
        if result.commit is None:
            self.on_note(f"the proof of {report.declaration} is written, not committed: {result.refused}")


def _reported(judgement: Judgement) -> tuple[LemmaReport, ...]:
    """The lemmas as they stand in the file."""
    after = Document.parse(judgement.filled.text)
    indices = (judgement.baseline.declaration_of(each.hole.span) for each in judgement.filled.lemmas)
    found = (after.declarations[index] for index in indices)
    return tuple(LemmaReport(name=each.name, text=after.text[each.span.start : each.span.end]) for each in found)
