"""A file that proofs are written into: the one place that freezes it, judges proofs against it, and writes them.

Whoever writes proofs (the prover, watching, the tools of a conversation) goes through here, and so by the same rules:
what was read is what is judged, what is judged is what is written, and only over the file that was read.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from tools.lean.acceptance.axioms import STANDARD_AXIOMS
from tools.lean.acceptance.gate import DEFAULT_SECONDS, AcceptanceGate
from tools.lean.acceptance.lemmas import check_with_lemmas
from tools.lean.acceptance.receipt import Receipt, ReceiptBook
from tools.lean.acceptance.screening import screen_fill
from tools.lean.acceptance.verdict import Baseline
from tools.lean.acceptance.writing import FilledHole, JudgedProof, receipt_of
from tools.lean.artifacts import artifacts_of
from tools.lean.document import Document, Hole
from tools.lean.helper_lemmas import HelperLemma
from tools.lean.machine import MachineLimits
from tools.lean.messages import Message
from tools.lean.screening import ScreeningPolicy
from tools.lean.toolchain import Toolchain
from tools.lean.writeback import FileSnapshot, write


@dataclass(frozen=True, slots=True)
class AcceptanceSettings:
    """What a proof may rest on, and what checking it may cost; `seconds` for one elaboration of the file."""

    allowed_axioms: tuple[str, ...] = STANDARD_AXIOMS
    limits: MachineLimits = field(default_factory=MachineLimits.default)
    seconds: float = DEFAULT_SECONDS


class ProofFile:
    """One version of a file after the other. Checks of the same file wait for one another; use `close` at the end."""

    def __init__(self, snapshot: FileSnapshot, toolchain: Toolchain, settings: AcceptanceSettings) -> None:
        """Takes the file as it was read."""
        self.toolchain = toolchain
        self.receipts: list[Receipt] = []
        self._snapshot = snapshot
        self._document = Document.parse(snapshot.text)
        self._baseline: Baseline | None = None
        self._judging = asyncio.Lock()
        self._also = ""
        self._gate = AcceptanceGate(
            toolchain,
            snapshot.path,
            screen=screen_fill,
            is_artifact=self.is_artifact,
            allowed_axioms=settings.allowed_axioms,
            timeout=settings.seconds,
            limits=settings.limits,
        )

    # -- the file

    @property
    def path(self) -> Path:
        """The file."""
        return self._snapshot.path

    @property
    def snapshot(self) -> FileSnapshot:
        """The file as it was read or written last."""
        return self._snapshot

    @property
    def document(self) -> Document:
        """What it says."""
        return self._document

    @property
    def policy(self) -> ScreeningPolicy:
        """How strictly proofs are screened."""
        return self._gate.policy

    def is_artifact(self, message: Message) -> bool:
        """Whether a message means nothing for this file, since only the toolchain at hand shows it."""
        return artifacts_of(self.toolchain, f"{self._snapshot.text}{self._also}")(message)

    def take(self, snapshot: FileSnapshot) -> None:
        """Somebody has saved the file."""
        if snapshot.text != self._snapshot.text:
            self._document = Document.parse(snapshot.text)
        self._snapshot = snapshot

    # -- what Lean says

    def prewarm(self) -> None:
        """Starts the process for the next check in the background."""
        self._gate.prewarm()

    async def close(self) -> None:
        """Ends what was started in advance."""
        await self._gate.close()

    @property
    def frozen(self) -> Baseline | None:
        """The present version as Lean sees it, where that is known."""
        known = self._baseline
        return known if known is not None and known.text == self._snapshot.text else None

    async def baseline(self) -> Baseline:
        """The present version as Lean sees it: elaborated afresh unless it is known. Raises `QedError`."""
        if (known := self.frozen) is not None:
            return known
        baseline = self._baseline = await self._gate.freeze(self._snapshot.text)
        return baseline

    # -- proofs

    async def judge(self, hole: Hole, proof: str, lemmas: Sequence[HelperLemma] = ()) -> JudgedProof:
        """What the acceptance check says to the proof of a hole of the present version, with lemmas above it.

        Raises `QedError` only when Lean cannot be run at all.
        """
        if not lemmas:
            (judged,) = await self.judge_together([(hole, proof)])
            return judged
        async with self._judging:
            snapshot, baseline = self._snapshot, await self.baseline()
            judged = await check_with_lemmas(self._gate, baseline, hole, proof, lemmas)
            return replace(judged, snapshot=snapshot)

    async def judge_together(self, proofs: Sequence[tuple[Hole, str]]) -> list[JudgedProof]:
        """The same for proofs of several holes at once: those that are *proved* are so in one file.

        The hole of a proof must be one of the present version. Raises `QedError` only when Lean cannot be run at all.
        """
        async with self._judging:
            snapshot, document, baseline = self._snapshot, self._document, await self.baseline()
            filled = [FilledHole.of(document, hole, proof) for hole, proof in proofs]
            verdicts = await self._gate.check_together(baseline, [each.fills for each in filled])
            pairs = zip(filled, verdicts, strict=True)
            return [JudgedProof(each, verdict, baseline, snapshot) for each, verdict in pairs]

    def write(
        self, accepted: Sequence[JudgedProof], *, recheck: str = "not asked", dry_run: bool = False
    ) -> list[Receipt]:
        """Writes proofs that were accepted together over the file that was read, and keeps their receipts.

        With `dry_run` nothing is written, and the file is taken as if it were. Raises `QedError` as `writeback.write`
        does; the file is then as it was.
        """
        snapshot, verdict = accepted[0].snapshot, accepted[0].verdict
        assert verdict.baseline is not None and snapshot is not None
        assert all(each.verdict.baseline is verdict.baseline for each in accepted)
        after = snapshot.with_text(verdict.baseline.text)
        receipts: list[Receipt] = []
        if not dry_run:
            names = dict.fromkeys(name for each in accepted for name in each.verdict.declarations)
            write(snapshot, after.text, declarations=tuple(names))
            now = datetime.now(UTC)
            receipts = [receipt_of(self.toolchain, self.policy, each, after, now, recheck) for each in accepted]
            for receipt in receipts:
                ReceiptBook().add(receipt)
            self.receipts += receipts
        self._now(after, verdict.baseline)
        return receipts

    # -- edits

    async def judge_edit(self, after: FileSnapshot, proofs: frozenset[int]) -> tuple[Baseline, Baseline]:
        """The file before and after an edit, as Lean sees them; `proofs` are declarations whose axioms are wanted.

        Raises `QedError` when Lean cannot be run or does not finish.
        """
        async with self._judging:
            before = await self.baseline()
            self._also = f"\n{after.text}"
            try:
                return before, await self._gate.freeze(after.text, proofs)
            finally:
                self._also = ""

    def write_edit(self, after: FileSnapshot, baseline: Baseline, names: Sequence[str]) -> None:
        """Writes an edit that the person has allowed. Raises `QedError` as `writeback.write` does."""
        write(self._snapshot, after.text, declarations=tuple(names))
        self._now(after, baseline)

    def _now(self, snapshot: FileSnapshot, baseline: Baseline) -> None:
        self._snapshot, self._baseline = snapshot, baseline
        self._document = baseline.observation.document
