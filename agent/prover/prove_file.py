"""Proves the holes of one file: search in a scratch document, acceptance in a fresh process, write-back at once.

Each accepted proof is written before the next hole is begun, so that whatever happens later loses nothing.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from agent.prover.environments import EnvironmentFactory, Site, through_language_server
from agent.prover.events import (
    Checking,
    FileFinished,
    FileStarted,
    HoleFinished,
    HoleStarted,
    Noted,
    ProverEvent,
    Rechecking,
    Searching,
    WaitingForWorkers,
)
from agent.prover.report import FileReport, HoleReport, OpenReason
from agent.prover.selection import Target
from agent.prover.targets import Work, failing_proofs, selected
from tools.environment.guards import screen_fill
from tools.environment.protocol import ProofEnvironment, UnusableEnvironmentError
from tools.errors import QedError
from tools.lean.acceptance import AcceptanceGate, Baseline, ProofStatus, Verdict
from tools.lean.artifacts import artifacts_of
from tools.lean.claim import claim
from tools.lean.comparison import Fill
from tools.lean.diff import unified_diff
from tools.lean.document import Document, Hole
from tools.lean.machine import MachineLimits, lease_workers
from tools.lean.messages import Message
from tools.lean.proof_writing import FilledHole, write_accepted
from tools.lean.receipt import Receipt, ReceiptBook
from tools.lean.recheck import RecheckResult, recheck
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, require_imports
from tools.lean.writeback import FileSnapshot, check_writable
from tools.search.context import context_of
from tools.search.engine import SearchEnd
from tools.search.limits import SearchLimits
from tools.search.prove import SearchResult, asks_for_data, prove_goal

OnEvent = Callable[[ProverEvent], None]
_Open = Callable[[Document, Hole], Awaitable[ProofEnvironment]]
_WORKERS = 2  # one for trials, one for the acceptance check
_MAX_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class ProveOptions:
    """How to prove: seconds for each hole, whether to write, what a proof may rest on, whether to ask a checker.

    `environments` is where tactics are tried.
    """

    timeout: float
    max_heartbeats: int
    allowed_axioms: tuple[str, ...]
    limits: MachineLimits
    dry_run: bool = False
    include_errors: bool = False
    recheck: bool = False
    environments: EnvironmentFactory = through_language_server


@dataclass
class FileRun:
    """The work on one file: `prepare`, then `run`. `report` says at any time how far it came."""

    path: Path
    targets: Sequence[Target]
    options: ProveOptions
    on_event: OnEvent
    _snapshot: FileSnapshot | None = None
    _original: str = ""
    _holes: list[HoleReport] = field(default_factory=list[HoleReport])
    _receipts: list[Receipt] = field(default_factory=list[Receipt])
    _recheck: RecheckResult | None = None
    _toolchain: Toolchain | None = None
    _written: bool = False
    _seconds: float = 0.0

    def prepare(self) -> bool:
        """Reads the file and says whether there is anything to do. Raises `QedError`; Lean is not touched yet."""
        snapshot = FileSnapshot.read(self.path)
        if not self.options.dry_run:
            check_writable(snapshot)
        work = selected(Document.parse(snapshot.text), self.targets)
        self._snapshot, self._original = snapshot, snapshot.text
        return bool(work.holes) or self.options.include_errors

    async def run(self, toolchain: Toolchain) -> None:
        """Works on the file. Raises `QedError` for what ends the work on it."""
        began = time.monotonic()
        self._toolchain = toolchain
        with claim(self.path):
            snapshot = FileSnapshot.read(self.path)
            self._snapshot, self._original = snapshot, snapshot.text
            document = Document.parse(snapshot.text)
            try:
                await self._work(toolchain, document, selected(document, self.targets))
                if self.options.recheck and self._receipts:
                    await self._ask_checker(toolchain)
            finally:
                self._seconds = time.monotonic() - began
                self.on_event(FileFinished(self.report()))

    def report(self) -> FileReport:
        """What became of the file so far."""
        text = self._snapshot.text if self._snapshot else ""
        return FileReport(
            path=self.path,
            toolchain=self._toolchain.describe() if self._toolchain else "",
            holes=tuple(self._holes),
            written=self._written,
            diff=unified_diff(self.path, self._original, text),
            seconds=self._seconds,
            recheck=self._recheck.status if self._recheck else None,
            recheck_detail=self._recheck.detail if self._recheck else "",
        )

    async def _work(self, toolchain: Toolchain, document: Document, work: Work) -> None:
        require_imports(toolchain, self.path, [item.name for item in document.header.imports])
        self.on_event(FileStarted(self.path, toolchain.describe()))
        limits = self.options.limits
        environments = await self.options.environments(self._site(), document)

        def waiting() -> None:
            self.on_event(WaitingForWorkers(limits.max_workers))

        async with (
            lease_workers(_WORKERS, limits, on_wait=waiting),
            LeanServer.running(toolchain, limits) as server,
        ):
            gate = AcceptanceGate(
                toolchain,
                self.path.absolute(),
                screen=screen_fill,
                is_artifact=self._is_artifact,
                allowed_axioms=self.options.allowed_axioms,
                limits=limits,
            )
            try:
                baseline = await gate.freeze(document.text)
                if self.options.include_errors:
                    work.failing += failing_proofs(document, baseline, self._is_artifact, self.targets)
                await self._prove_all(partial(environments.open, server), gate, baseline, document, work)
            finally:
                await gate.close()

    async def _prove_all(
        self, open_at: _Open, gate: AcceptanceGate, baseline: Baseline, document: Document, work: Work
    ) -> None:
        total, number = len(work), 0
        while (hole := work.next(document)) is not None:
            number += 1
            self.on_event(HoleStarted(hole.declaration, hole.line, number, total))
            began = time.monotonic()
            gate.prewarm()
            report, verdict = await self._prove(open_at, gate, baseline, document, hole)
            report = report.model_copy(update={"seconds": time.monotonic() - began})
            if verdict is not None and verdict.baseline is not None:
                baseline = verdict.baseline
                document = baseline.observation.document
                work.filled()
            else:
                work.left_open()
            self._holes.append(report)
            self.on_event(HoleFinished(report))

    async def _prove(
        self, open_at: _Open, gate: AcceptanceGate, baseline: Baseline, document: Document, hole: Hole
    ) -> tuple[HoleReport, Verdict | None]:
        start = HoleReport(
            declaration=hole.declaration, line=hole.line, column=hole.column, status=ProofStatus.NOT_PROVED
        )
        if obstacle := baseline.obstacle(hole.span):
            error = self._error_around(baseline, hole)
            reason = OpenReason.STATEMENT if hole.in_statement and not error else OpenReason.LEAN
            return start.model_copy(update={"reason": reason, "detail": error or obstacle}), None
        try:
            environment = await open_at(document, hole)
        except UnusableEnvironmentError:
            raise
        except QedError as error:
            return start.model_copy(update={"reason": OpenReason.LEAN, "detail": error.message}), None
        try:
            goal = environment.initial_state.goals[0]
            start = start.model_copy(update={"goal": goal})
            # A number or a function is not to be guessed.
            if await asks_for_data(environment):
                detail = "the hole asks for data, not for a proof: any value would do, and only you know which"
                return start.model_copy(update={"reason": OpenReason.STATEMENT, "detail": detail}), None
            result = await prove_goal(
                environment,
                context_of(document, hole),
                SearchLimits(seconds=self.options.timeout),
                lambda p: self.on_event(Searching(p.tactics, p.nodes, p.tactic)),
            )
        finally:
            await environment.close()
        return await self._judge(gate, baseline, document, hole, start, result)

    async def _judge(
        self,
        gate: AcceptanceGate,
        baseline: Baseline,
        document: Document,
        hole: Hole,
        report: HoleReport,
        result: SearchResult,
    ) -> tuple[HoleReport, Verdict | None]:
        """Takes what was found to the acceptance check, the nicest form first, and writes what is accepted."""
        report = report.model_copy(update={"tactics_tried": result.tactics})
        if result.refutation is not None:
            update = {
                "status": ProofStatus.DISPROVED,
                "reason": OpenReason.DISPROVED,
                "detail": result.refutation.describe(),
            }
            return report.model_copy(update=update), None
        if not result.proofs:
            update = {"reason": _OPEN[result.end], "detail": _open_detail(result)}
            return report.model_copy(update=update), None
        verdict: Verdict | None = None
        for proof in result.proofs[:_MAX_CANDIDATES]:
            self.on_event(Checking(proof))
            filled = FilledHole.of(document, hole, proof)
            verdict = await gate.check(baseline, filled.text, [filled.fill])
            if verdict.status is ProofStatus.PROVED:
                self._accept(baseline, filled, verdict)
                return _accepted(report, filled.fill, verdict), verdict
        assert verdict is not None  # there was a proof
        update = {"status": verdict.status, "reason": OpenReason.REJECTED, "detail": "; ".join(verdict.reasons)}
        return report.model_copy(update=update), None

    def _accept(self, baseline: Baseline, filled: FilledHole, verdict: Verdict) -> None:
        snapshot = self._snapshot
        assert snapshot is not None and self._toolchain is not None
        if not self.options.dry_run:
            recheck = "to be asked" if self.options.recheck else "not asked"
            receipt = write_accepted(self._toolchain, snapshot, baseline, filled, verdict, recheck=recheck)
            self._written = True
            self._receipts.append(receipt)
        self._snapshot = snapshot.with_text(filled.text)

    async def _ask_checker(self, toolchain: Toolchain) -> None:
        """Has the project's checker replay the file, and issues its receipts again with the answer."""
        self.on_event(Rechecking())
        self._recheck = await recheck(toolchain, self.path)
        for receipt in self._receipts:
            ReceiptBook().add(receipt.model_copy(update={"recheck": str(self._recheck), "time": datetime.now(UTC)}))

    def _site(self) -> Site:
        def note(text: str) -> None:
            self.on_event(Noted(text))

        return Site(self.path, self.options.max_heartbeats, self._is_artifact, note)

    def _is_artifact(self, message: Message) -> bool:
        return self._toolchain is not None and artifacts_of(self._toolchain, self._original)(message)

    def _error_around(self, baseline: Baseline, hole: Hole) -> str:
        """The error that keeps Lean from seeing a hole, where there is one in its declaration."""
        index = baseline.declaration_of(hole.span)
        for where, text in baseline.observation.errors(self._is_artifact):
            if where == index:
                return f"its declaration has an error: {text}"
        return ""


_OPEN = {
    SearchEnd.BUDGET: OpenReason.BUDGET,
    SearchEnd.EXHAUSTED: OpenReason.EXHAUSTED,
    SearchEnd.FOUND: OpenReason.REJECTED,
}


def _open_detail(result: SearchResult) -> str:
    how = "out of time" if result.end is SearchEnd.BUDGET else "nothing left to try"
    return f"not proved: {how} after {result.tactics} tactics in {result.nodes} states"


def _accepted(report: HoleReport, fill: Fill, verdict: Verdict) -> HoleReport:
    update = {
        "status": ProofStatus.PROVED,
        "proof": fill.text.strip(),
        "axioms": verdict.axioms,
        "axioms_how": verdict.axioms_how.value,
    }
    return report.model_copy(update=update)
