"""Proves the holes of one file: strategies in scratch documents, acceptance in a fresh process, write-back at once.

Each accepted proof is written as soon as it is accepted, so that whatever happens later loses nothing.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from agent.prover.events import (
    FileFinished,
    FileStarted,
    Noted,
    ProverEvent,
    Rechecking,
)
from agent.prover.file_jobs import FileJobs
from agent.prover.keeper import FileKeeper
from agent.prover.options import ProveOptions
from agent.prover.report import FileReport, HoleReport
from agent.prover.selection import Target
from agent.prover.strategy import Strategy
from agent.prover.targets import Work, failing_proofs, selected
from tools.environment.session import LeanSession
from tools.lean.acceptance.proof_file import AcceptanceSettings, ProofFile
from tools.lean.acceptance.receipt import Receipt, ReceiptBook
from tools.lean.claim import claim
from tools.lean.diff import unified_diff
from tools.lean.document import Declaration, Document
from tools.lean.machine import processor_count
from tools.lean.recheck import RecheckResult, recheck
from tools.lean.toolchain import Toolchain
from tools.lean.writeback import FileSnapshot, check_writable

OnEvent = Callable[[ProverEvent], None]


@dataclass
class FileRun:
    """The work on one file: `prepare`, then `run`. `report` says at any time how far it came."""

    path: Path
    targets: Sequence[Target]
    options: ProveOptions
    on_event: OnEvent
    _keeper: FileKeeper | None = None
    _jobs: FileJobs | None = None
    _original: str = ""
    _recheck: RecheckResult | None = None
    _toolchain: Toolchain | None = None
    _seconds: float = 0.0

    def prepare(self) -> bool:
        """Reads the file and says whether there is anything to do. Raises `QedError`; Lean is not touched yet."""
        snapshot = FileSnapshot.read(self.path)
        if not self.options.dry_run:
            check_writable(snapshot)
        work = selected(Document.parse(snapshot.text), self.targets)
        self._original = snapshot.text
        return bool(work.holes) or self.options.include_errors

    async def run(self, session: LeanSession) -> None:
        """Works on the file. Raises `QedError` for what ends the work on it."""
        began = time.monotonic()
        self._toolchain = toolchain = session.toolchain
        with claim(self.path):
            snapshot = FileSnapshot.read(self.path)
            self._original = snapshot.text
            try:
                await self._work(session, snapshot)
                if self._keeper is not None and self.options.recheck and self._keeper.file.receipts:
                    await self._ask_checker(toolchain, self._keeper.file.receipts)
            finally:
                self._seconds = time.monotonic() - began
                self.on_event(FileFinished(self.report()))

    def report(self) -> FileReport:
        """What became of the file so far, and what earlier parts of the run have proved in it."""
        keeper = self._keeper
        earlier = self._earlier()
        return FileReport(
            path=self.path,
            toolchain=self._toolchain.describe() if self._toolchain else "",
            holes=(*earlier, *(self._jobs.reports if self._jobs else ())),
            written=bool(earlier or (keeper and keeper.file.receipts)),
            diff=unified_diff(self.path, self._original, keeper.file.snapshot.text if keeper else self._original),
            seconds=self._seconds,
            recheck=self._recheck.status if self._recheck else None,
            recheck_detail=self._recheck.detail if self._recheck else "",
        )

    def _earlier(self) -> tuple[HoleReport, ...]:
        """What was proved in earlier parts of the run, as far as it stands in the file."""
        reports = self.options.memory.earlier(self.path)
        declarations = Document.parse(self._original).declarations if reports else ()
        return tuple(each for each in reports if _stands(each, declarations, self._original))

    async def _work(self, session: LeanSession, snapshot: FileSnapshot) -> None:
        document = Document.parse(snapshot.text)
        work = selected(document, self.targets)
        options, toolchain = self.options, session.toolchain
        self.on_event(FileStarted(self.path, toolchain.describe()))
        environments = await session.environments(
            options.environment, self.path, document, options.max_heartbeats, lambda text: self.on_event(Noted(text))
        )
        async with (
            session.desks(self.path, options.jobs_at_once) as desks,
            options.recipe.searches(toolchain) as searches,
            self._kept(toolchain, snapshot, work) as keeper,
            self._ladder(toolchain) as ladder,
        ):
            baseline = await keeper.file.baseline()
            if self.options.include_errors:
                work.failing += failing_proofs(document, baseline, keeper.file.is_artifact, self.targets)
            keeper.file.prewarm()
            options = replace(self.options, ladder=ladder)
            processors = asyncio.Semaphore(processor_count())
            self._jobs = FileJobs(self.path, options, keeper, environments, desks, searches, self.on_event, processors)
            await self._jobs.run(work.places, options.jobs_at_once)

    @contextlib.asynccontextmanager
    async def _ladder(self, toolchain: Toolchain) -> AsyncGenerator[Sequence[Strategy]]:
        """The strategies, with those that are opened for this file."""
        if self.options.agents is None:
            yield self.options.ladder
            return
        async with self.options.agents.opened(toolchain, self.path) as agent:
            yield (*self.options.ladder, agent)

    @contextlib.asynccontextmanager
    async def _kept(self, toolchain: Toolchain, snapshot: FileSnapshot, work: Work) -> AsyncGenerator[FileKeeper]:
        options = self.options
        file = ProofFile(snapshot, toolchain, AcceptanceSettings(options.allowed_axioms, options.limits))
        keeper = self._keeper = FileKeeper(
            file,
            work,
            options.dry_run,
            "to be asked" if options.recheck else "not asked",
            options.commits,
            lambda text: self.on_event(Noted(text)),
            options.lemmas,
        )
        try:
            yield keeper
        finally:
            await keeper.close()
            await file.close()

    async def _ask_checker(self, toolchain: Toolchain, receipts: Sequence[Receipt]) -> None:
        """Has the project's checker replay the file, and issues its receipts again with the answer."""
        self.on_event(Rechecking())
        self._recheck = await recheck(toolchain, self.path)
        for receipt in receipts:
            ReceiptBook().add(receipt.model_copy(update={"recheck": str(self._recheck), "time": datetime.now(UTC)}))


def _stands(report: HoleReport, declarations: Sequence[Declaration], text: str) -> bool:
    """Whether a proof is in its declaration: it may have been taken back, or was never written."""
    proof = report.proof
    texts = (text[each.span.start : each.span.end] for each in declarations if each.name == report.declaration)
    return proof is not None and any(proof in each for each in texts)
