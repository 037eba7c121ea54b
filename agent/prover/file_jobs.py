"""The holes of a file as jobs: the cheapest strategy and the easiest hole first, several at once.

A hole whose proof waits for the acceptance check is at rest: others are worked on meanwhile.
"""

import asyncio
import contextlib
import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.llm.chat import Usage
from agent.prover.case import Case
from agent.prover.events import (
    Checking,
    HoleFinished,
    HoleSetAside,
    HoleStarted,
    Noted,
    ProverEvent,
    Spent,
    StrategyStarted,
)
from agent.prover.hole_job import HoleJob, difficulty, hole_key
from agent.prover.keeper import Judged, Keeper
from agent.prover.memory import FoundBefore
from agent.prover.options import ProveOptions
from agent.prover.outcome import Disproved, Found, Open, Outcome
from agent.prover.purse import Purse
from agent.prover.report import HoleReport, OpenReason
from agent.prover.strategy import Effort, Strategy, Workshop, attempted
from agent.prover.targets import Place
from tools.environment.desks import Desks
from tools.environment.opening import HoleEnvironments
from tools.environment.protocol import UnusableEnvironmentError
from tools.errors import QedError
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.directives import directives_of
from tools.lean.document import Document, Hole
from tools.lean.helper_lemmas import LemmaProof
from tools.search.prove import asks_for_data
from tools.search.recipe import Searches

_FOR_DATA = "the hole asks for data, not for a proof: any value would do, and only you know which"


@dataclass
class FileJobs:
    """Works on what is wanted of a file, until all is proved, given up, or nothing is left to spend.

    A strategy that asks no model keeps a processor busy: of those no more are at work at once than `processors` has
    places. Who waits for one does not use up its time.
    """

    path: Path
    options: ProveOptions
    keeper: Keeper
    environments: HoleEnvironments
    desks: Desks
    searches: Searches
    show: Callable[[ProverEvent], None]
    processors: asyncio.Semaphore
    _jobs: list[HoleJob] = field(default_factory=list[HoleJob])
    _waiting: list[HoleJob] = field(default_factory=list[HoleJob])
    _total: int = 0
    _at_work: int = 0
    _unjudged: "set[asyncio.Task[None]]" = field(default_factory=set["asyncio.Task[None]"])
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def reports(self) -> Sequence[HoleReport]:
        """The holes that were worked on, in their order, also those that have not come to an end."""
        reports = (job.so_far() for job in self._jobs)
        return [report for report in reports if report is not None]

    async def run(self, places: Sequence[Place], at_once: int) -> None:
        """Works on these places, `at_once` at a time. Raises `QedError` for what ends the work on the file."""
        self._total = len(places)
        for number, place in enumerate(places, 1):
            hole = self.keeper.hole(place)
            if hole is not None:
                job = HoleJob(place, number, difficulty(self.keeper.document, hole), self._purse(number))
                self._jobs.append(job)
                heapq.heappush(self._waiting, job)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(at_once, len(self._waiting))):
                    group.create_task(self._worker(group))
        except* QedError as errors:
            raise _first(errors) from None

    async def _worker(self, group: asyncio.TaskGroup) -> None:
        while (job := await self._next()) is not None:
            self._at_work += 1
            self._told()
            try:
                async with self._place(job):
                    began = time.monotonic()
                    step = await self._step(job)
                    job.seconds += time.monotonic() - began
            finally:
                self._at_work -= 1
            if isinstance(step, _Unjudged):
                task = group.create_task(self._judge(job, step))
                self._unjudged.add(task)
                task.add_done_callback(self._judged_one)
            else:
                self._after(job, step)
            self._told()

    async def _next(self) -> HoleJob | None:
        """The next job; None when nothing can come any more."""
        while not self._waiting:
            if not self._at_work and not self._unjudged:
                return None
            self._news.clear()
            await self._news.wait()
        return heapq.heappop(self._waiting)

    def _told(self) -> None:
        """Tells who waits for it that something has changed."""
        self.keeper.idle(not self._at_work and not self._waiting)
        self._news.set()

    def _judged_one(self, task: "asyncio.Task[None]") -> None:
        self._unjudged.discard(task)
        self._told()

    def _after(self, job: HoleJob, finished: HoleReport | None) -> None:
        """A job goes back to the queue, or is over."""
        if finished is None:
            self.show(HoleSetAside(job.number))
            heapq.heappush(self._waiting, job)
            return
        job.over = finished = finished.model_copy(update={"seconds": job.seconds})
        self.options.memory.hole_ended(job.key, finished)
        self.show(HoleFinished(job.number, finished))

    async def _judge(self, job: HoleJob, step: "_Unjudged") -> None:
        """Waits for the verdict on what a strategy has found."""
        began = time.monotonic()
        judged = await self._submitted(job, step.strategy, step.found)
        job.seconds += time.monotonic() - began
        job.ended(step.strategy, _in_words(step.found, judged), step.effort, step.seconds, step.before)
        over = self._concluded(job, step.strategy, step.found, judged)
        self._after(job, over if over is not None or job.next_strategy(self.options.ladder) else job.left_open())

    def _place(self, job: HoleJob) -> contextlib.AbstractAsyncContextManager[object]:
        strategy = job.next_strategy(self.options.ladder)
        return contextlib.nullcontext() if strategy is not None and strategy.asks_model else self.processors

    async def _step(self, job: HoleJob) -> "HoleReport | _Unjudged | None":
        """One strategy at a hole; the report when that ends the work on it, or what is to be judged."""
        document, hole = self.keeper.document, self.keeper.hole(job.place)
        if hole is None:
            return _gone(job)
        self.show(HoleStarted(hole.declaration, hole.line, job.number, self._total))
        if job.report is None and (over := await self._look(job, document, hole)) is not None:
            return over
        if job.found is not None:
            return self._found_before(job, job.found)
        strategy = job.next_strategy(self.options.ladder)
        if strategy is None:
            return job.left_open()
        case = Case(document, hole, job.number, job.hint)
        over = await self._attempt(job, case, strategy)
        return over if over is not None or job.next_strategy(self.options.ladder) else job.left_open()

    def _purse(self, number: int) -> Purse:
        def spent(usage: Usage) -> None:
            self.show(Spent(number, usage.total_tokens, usage.cost))

        return Purse(above=self.options.purse, on_spent=spent)

    # -- before

    async def _look(self, job: HoleJob, document: Document, hole: Hole) -> HoleReport | None:
        """Looks whether there is something to prove; the report when there is not."""
        job.report = start = HoleReport(
            declaration=hole.declaration,
            line=hole.line,
            column=hole.column,
            status=ProofStatus.NOT_PROVED,
            statement=Case(document, hole).statement,
        )
        said = directives_of(document, document.declaration_of(hole))
        for problem in said.problems:
            self.show(Noted(problem))
        if said.skip:
            return start.model_copy(update={"reason": OpenReason.SKIPPED, "detail": "skipped: `qed: skip` says so"})
        job.hint = said.hint
        job.purse.allowance = self.options.allowance(said.timeout)
        if (obstacle := self.keeper.obstacle(hole)) is not None:
            return start.model_copy(update={"reason": obstacle.reason, "detail": obstacle.detail})
        try:
            return await self._look_in_lean(job, document, hole)
        except UnusableEnvironmentError:
            raise
        except QedError as error:
            return start.model_copy(update={"reason": OpenReason.LEAN, "detail": error.message})

    async def _look_in_lean(self, job: HoleJob, document: Document, hole: Hole) -> HoleReport | None:
        assert job.report is not None
        async with self.desks.environment(self.environments.at(document, hole)) as environment:
            goal = environment.initial_state.goals[0]
            job.report = job.report.model_copy(update={"goal": goal})
            # A number or a function is not to be guessed.
            if await asks_for_data(environment):
                return job.finished(reason=OpenReason.STATEMENT, detail=_FOR_DATA)
        job.key = hole_key(self.path, hole, goal)
        remembered = self.options.memory.recall(job.key)
        job.recall(remembered, self.options.ladder)
        if (over := job.over_before(remembered)) is not None:
            return over.model_copy(update={"line": hole.line, "column": hole.column})
        job.model = self.options.memory.model_for(job.key, job.purse)
        return None

    # -- the work

    def _found_before(self, job: HoleJob, found: FoundBefore) -> "_Unjudged | None":
        """What an earlier part of the run has found, and nobody has judged."""
        job.found = None
        strategy = next((each for each in self.options.ladder if each.name == found.strategy), None)
        if strategy is None:
            return None
        job.rung = max(job.rung, list(self.options.ladder).index(strategy) + 1)
        return _Unjudged(strategy, found.found, Effort(), 0.0, job.purse.usage)

    async def _attempt(self, job: HoleJob, case: Case, strategy: Strategy) -> "HoleReport | _Unjudged | None":
        """One strategy, and what is to be done with what it found."""
        self.show(StrategyStarted(job.number, strategy.name, job.purse.seconds_left))
        workshop = Workshop(
            self.environments,
            self.desks,
            self.searches,
            job.purse,
            job.lessons,
            self.show,
            model=job.model,
            prompts=self.options.prompts,
            ladder=self.options.ladder[: job.rung],
        )
        began, before = time.monotonic(), job.purse.usage
        job.rung += 1
        try:
            with job.purse.working():
                outcome = await attempted(strategy, case, workshop)
        except asyncio.CancelledError:
            job.ended(strategy, "interrupted", workshop.effort, time.monotonic() - began, before)
            raise
        seconds = time.monotonic() - began
        if isinstance(outcome, Found):
            self.options.memory.proof_found(job.key, FoundBefore(strategy.name, outcome))
            return _Unjudged(strategy, outcome, workshop.effort, seconds, before)
        job.ended(strategy, _in_words(outcome, None), workshop.effort, seconds, before)
        return self._concluded(job, strategy, outcome, None)

    def _concluded(
        self, job: HoleJob, strategy: Strategy, outcome: Outcome, judged: Judged | None
    ) -> HoleReport | None:
        match outcome:
            case Disproved(refutation):
                return job.finished(
                    status=ProofStatus.DISPROVED,
                    reason=OpenReason.DISPROVED,
                    detail=refutation.describe(),
                    strategy=strategy.name,
                )
            case Open(reason):
                job.reason, job.status = reason, ProofStatus.NOT_PROVED
            case Found():
                assert judged is not None
                if judged.verdict.status is ProofStatus.PROVED:
                    return _accepted(job, strategy, judged)
                job.reason, job.status = OpenReason.REJECTED, judged.verdict.status
                _learn(job, outcome, "; ".join(judged.verdict.reasons))
        if not job.is_spent:  # with more to spend it may have more to say
            self.options.memory.strategy_ended(job.key, job.tried[-1], job.lessons.all)
        return None

    async def _submitted(self, job: HoleJob, strategy: Strategy, found: Found) -> Judged:
        def checked(proof: str) -> None:
            self.show(Checking(job.number, proof))

        def accepted(judged: Judged) -> HoleReport:
            job.over = report = _accepted(job, strategy, judged)
            self.options.memory.proof_accepted(job.key, report)
            return report

        try:
            return await self.keeper.submit(job.place, found, checked, accepted)
        except QedError:  # it could not be written
            job.over = None
            raise


@dataclass(frozen=True, slots=True)
class _Unjudged:
    """What a strategy has found in so many seconds; `before` is what was spent when it began."""

    strategy: Strategy
    found: Found
    effort: Effort
    seconds: float
    before: Usage


def _learn(job: HoleJob, found: Found, why: str) -> None:
    """Takes down a proof that was not accepted."""
    if found.lemmas and job.report is not None:
        job.lessons.learn("lemmas", LemmaProof(found.lemmas, found.proofs[0]).told(job.report.statement), why)
    else:
        job.lessons.learn("proof", found.proofs[0], why)


def _in_words(outcome: Outcome, judged: Judged | None) -> str:
    match outcome:
        case Open(_, detail):
            return detail
        case Disproved(refutation):
            return refutation.describe()
        case Found():
            assert judged is not None
            reasons = judged.verdict.reasons
            return f"found something that was not accepted: {'; '.join(reasons)}" if reasons else "proved"


def _gone(job: HoleJob) -> HoleReport:
    """The report of a hole that went with something else that was proved."""
    if job.report is None:
        job.report = HoleReport(declaration=job.place.fails, line=0, column=0, status=ProofStatus.NOT_PROVED)
    return job.finished(reason=OpenReason.LEAN, detail="the hole is not there any more")


def _accepted(job: HoleJob, strategy: Strategy, judged: Judged) -> HoleReport:
    verdict = judged.verdict
    return job.finished(
        status=ProofStatus.PROVED,
        proof=judged.fill.text.strip(),
        lemmas=judged.lemmas,
        axioms=verdict.axioms,
        axioms_how=verdict.axioms_how.value,
        strategy=strategy.name,
    )


def _first(errors: ExceptionGroup[QedError]) -> QedError:
    first: BaseException = errors
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    assert isinstance(first, QedError)
    return first
