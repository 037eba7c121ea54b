"""The acceptance check: what counts as proved.

A proof is accepted when its text passes the screening and then, in a fresh elaboration of the whole file as it would
be written, in a process of its own, Lean shows no error that was not there before and no `sorry` in what was filled,
sees the same declarations with the same types, and names no axiom that is not allowed. What Lean does not answer is
inconclusive, never a yes.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from tools.errors import ExitCode, QedError
from tools.lean.acceptance.axioms import SORRY, STANDARD_AXIOMS, AxiomReport, AxiomsHow, outside
from tools.lean.acceptance.comparison import Fill, OutlineComparison, apply_fills, declaration_difference
from tools.lean.acceptance.observation import (
    IsArtifact,
    Observation,
    Observer,
    Question,
    count_sorries,
    enclosing,
    open_declarations,
)
from tools.lean.acceptance.probe import NoAnswerError
from tools.lean.document import Declaration, Document
from tools.lean.machine import MachineLimits
from tools.lean.messages import Message
from tools.lean.server import LeanServer
from tools.lean.text import Span
from tools.lean.toolchain import Toolchain, ToolchainKind

DEFAULT_SECONDS = 300.0

CHECKS = (
    "screened",
    "every byte outside the hole unchanged",
    "elaborated afresh without new errors or sorry",
    "declarations and types unchanged",
    "axioms allowed",
)

# Says why a fill must not reach Lean (nothing: it may); `strict` where Lean cannot say which axioms were used.
Screener = Callable[[Fill, bool], Sequence[str]]


class ProofStatus(Enum):
    """The four words about a statement."""

    PROVED = "proved"
    DISPROVED = "disproved"
    NOT_PROVED = "not proved"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Baseline:
    """A file as it was before work on it, as Lean sees it; statements are frozen here."""

    observation: Observation

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.observation.text

    def declaration_of(self, hole: Span) -> int:
        """The index of the declaration that holds a hole; -1 where there is none."""
        return enclosing(self.observation.document, hole.start)

    def statement_sha256(self, index: int) -> str:
        """The digest of a declaration's name and type as Lean prints them; empty where Lean has no type for it."""
        printed = self.observation.types.get(index)
        return hashlib.sha256(printed.encode()).hexdigest() if printed is not None else ""

    def obstacle(self, hole: Span) -> str:
        """Why a proof of this hole cannot be accepted, whatever it is; empty where it can. Costs nothing to ask."""
        index = self.declaration_of(hole)
        if index < 0:
            return "the hole does not stand in a declaration"
        declaration = self.observation.document.declarations[index]
        if declaration.body is None or hole.start < declaration.body.start:
            return "the hole is part of the statement: filling it would change what is claimed"
        if self.observation.types.get(index) is None:
            return f"Lean knows no declaration {declaration.name}"
        report = self.observation.axioms.get(index)
        if report is None or report.axioms is None:
            why = report.reason if report else "there was no hole in it"
            return f"Lean does not say what {declaration.name} rests on: {why}"
        if SORRY not in report.axioms:
            return f"for Lean, {declaration.name} does not rest on this hole"
        return ""


@dataclass(frozen=True)
class Verdict:
    """What the check says. `reasons` are why it is not *proved* (empty when it is).

    `axioms` are those of the filled declarations, None where Lean did not say; `declarations` are their names.
    `declaration_complete`: no `sorry` is left in any of them; otherwise *proved* speaks about the filled holes only,
    and the axioms are judged again with the last one. `baseline` is the file with the holes filled, for the next
    hole, when the verdict is *proved*. `checks` are those that were passed, `seconds` the time that it took.
    """

    status: ProofStatus
    reasons: tuple[str, ...]
    axioms: tuple[str, ...] | None = None
    axioms_how: AxiomsHow = AxiomsHow.NOT_ANSWERED
    declarations: tuple[str, ...] = ()
    declaration_complete: bool = False
    baseline: Baseline | None = None
    checks: tuple[str, ...] = ()
    seconds: float = 0.0


class AcceptanceGate:
    """Judges proofs for the holes of one file. Every elaboration has a Lean process of its own."""

    def __init__(
        self,
        toolchain: Toolchain,
        path: Path,
        *,
        screen: Screener,
        is_artifact: IsArtifact | None = None,
        allowed_axioms: Sequence[str] = STANDARD_AXIOMS,
        timeout: float = DEFAULT_SECONDS,
        limits: MachineLimits | None = None,
    ) -> None:
        """`timeout` is in seconds for one elaboration of the file; `is_artifact` tells errors of the toolchain only."""
        self._toolchain = toolchain
        self._screen = screen
        self._is_artifact = is_artifact or _never
        self._allowed = tuple(allowed_axioms)
        self._timeout = timeout
        self._limits = limits
        self._observer = Observer(path, self._is_artifact)
        self._warm: asyncio.Task[LeanServer] | None = None

    @property
    def is_strict(self) -> bool:
        """Whether the screening is strict: Lean cannot be asked for axioms the usual way."""
        return self._toolchain.kind is ToolchainKind.EMBEDDED

    @property
    def is_artifact(self) -> IsArtifact:
        """Which errors are those of the toolchain only."""
        return self._is_artifact

    # -- processes

    def prewarm(self) -> None:
        """Starts the process for the next check in the background; nothing is elaborated in it."""
        if self._warm is None:
            self._warm = asyncio.create_task(LeanServer.start(self._toolchain, self._limits))

    @contextlib.asynccontextmanager
    async def _server(self) -> AsyncGenerator[LeanServer]:
        self.prewarm()
        warm, self._warm = self._warm, None
        assert warm is not None
        server = await warm
        try:
            yield server
        finally:
            await server.close()

    async def close(self) -> None:
        """Ends a process that was started in advance."""
        warm, self._warm = self._warm, None
        if warm is not None:
            warm.cancel()
            with contextlib.suppress(asyncio.CancelledError, QedError):
                await (await warm).close()

    async def _observe(self, text: str, question: Callable[[Observation], Question] | Question) -> Observation:
        """One observation in a process of its own; when that dies, once more in another."""
        try:
            async with self._server() as server:
                return await self._observer.observe(server, text, self._timeout, question)
        except NoAnswerError as error:
            if not error.crashed:
                raise
        async with self._server() as server:
            return await self._observer.observe(server, text, self._timeout, question)

    # -- before

    async def freeze(self, text: str, also: frozenset[int] = frozenset()) -> Baseline:
        """Elaborates the file as it is, and asks for the axioms of what is open in it.

        `also` are further declarations (by their index) whose axioms are wanted. Raises `QedError` when Lean cannot
        be run or does not finish.
        """

        def question(seen: Observation) -> Question:
            asked = open_declarations(seen.document, seen.errors(self._is_artifact)) | also
            nameless = frozenset(i for i in asked if seen.document.declarations[i].is_anonymous)
            return Question(text, asked, nameless, 0, self._timeout)

        try:
            return Baseline(await self._observe(text, question))
        except NoAnswerError as error:
            raise QedError(
                f"{self._observer.path} as it is: {error}",
                hint="`qed check` shows what Lean says about the file.",
                exit_code=ExitCode.LEAN_FAILED,
            ) from error

    # -- after

    async def check(self, baseline: Baseline, new_text: str, fills: Sequence[Fill]) -> Verdict:
        """Judges proofs for one or several holes of `baseline`; `new_text` is the file as it would be written.

        Raises `QedError` only when Lean cannot be run at all.
        """
        started = time.monotonic()
        verdict = self._refuse(baseline, new_text, fills)
        if verdict is None:
            verdict = await self._elaborate(baseline, new_text, fills)
        return replace(verdict, seconds=time.monotonic() - started)

    def _refuse(self, baseline: Baseline, new_text: str, fills: Sequence[Fill]) -> Verdict | None:
        """What can be judged without Lean: nothing that is refused here reaches it."""
        found = [reason for fill in fills for reason in self._screen(fill, self.is_strict)]
        found += ["the proof says `sorry`" for fill in fills if count_sorries(fill.text)]
        if not fills or apply_fills(baseline.text, fills)[0] != new_text:
            found.append("the text outside the hole is not the same")
        if difference := declaration_difference(baseline.observation.document, Document.parse(new_text)):
            found.append(difference)
        if found:
            return Verdict(ProofStatus.NOT_PROVED, tuple(found))
        obstacles = [obstacle for fill in fills if (obstacle := baseline.obstacle(fill.hole))]
        return Verdict(ProofStatus.INCONCLUSIVE, tuple(obstacles)) if obstacles else None

    async def _elaborate(self, baseline: Baseline, new_text: str, fills: Sequence[Fill]) -> Verdict:
        _, spans = apply_fills(baseline.text, fills)
        targets = frozenset(baseline.declaration_of(fill.hole) for fill in fills)
        named = baseline.observation.named
        question = Question(new_text, targets, named, spans[-1].end, self._timeout)
        try:
            after = await self._observe(new_text, question)
        except NoAnswerError as error:
            return Verdict(ProofStatus.INCONCLUSIVE, (str(error),))
        outline = OutlineComparison(baseline.text, new_text, fills, spans)
        left = _holes_left(baseline, fills)
        return _Judgement(baseline.observation, after, targets, left, self._is_artifact, self._allowed).verdict(outline)


@dataclass(frozen=True)
class _Judgement:
    """The comparison of a file before and after.

    `targets` are the declarations that were filled, `left` how many holes each declaration has left: counted in the
    text before, so that a proof which brings a `sorry` of its own does not add to what is tolerated.
    """

    before: Observation
    after: Observation
    targets: frozenset[int]
    left: Mapping[int, int]
    is_artifact: IsArtifact
    allowed: tuple[str, ...]

    def verdict(self, outline: OutlineComparison) -> Verdict:
        refusals = [*self._errors(), *self._sorries(), *self._types()]
        if difference := outline.difference(self.before.outline, self.after.outline):
            refusals.append(difference)
        reports = [self._report(index) for index in sorted(self.targets)]
        refusals += [
            reason
            for index, report in zip(sorted(self.targets), reports, strict=True)
            for reason in self._axioms(index, report)
        ]
        unanswered = [f"Lean does not say what the proof rests on: {r.reason}" for r in reports if r.axioms is None]
        unanswered += [
            f"Lean does not say what the type of {self._name(index)} is"
            for index in sorted(self.targets)
            if self.after.types.get(index) is None
        ]
        status = ProofStatus.PROVED
        if refusals:
            status = ProofStatus.NOT_PROVED
        elif unanswered:
            status = ProofStatus.INCONCLUSIVE
        proved = status is ProofStatus.PROVED
        known = [report.axioms for report in reports if report.axioms is not None]
        answered = len(known) == len(reports)
        return Verdict(
            status,
            tuple(refusals or unanswered),
            tuple(sorted({axiom for axioms in known for axiom in axioms})) if answered else None,
            reports[0].how if answered else AxiomsHow.NOT_ANSWERED,
            tuple(self._name(index) for index in sorted(self.targets)),
            not any(self.left[index] for index in self.targets),
            self._next_baseline() if proved else None,
            CHECKS if proved else (),
        )

    def _declaration(self, index: int) -> Declaration:
        return self.before.document.declarations[index]

    def _name(self, index: int) -> str:
        return self._declaration(index).name

    def _report(self, index: int) -> AxiomReport:
        return self.after.axioms.get(index) or AxiomReport.unanswered("it was not asked")

    def _errors(self) -> list[str]:
        after = self.after.errors(self.is_artifact)
        fresh = after - self.before.errors(self.is_artifact)
        found = [f"{self._where(index)}: {text}" for index, text in fresh.elements()]
        # Lean passes over what follows an error: a hole in such a declaration may never have been looked at.
        old = {index for index, _ in after} & self.targets - {index for index, _ in fresh}
        return found + [f"{self._name(index)} has an error elsewhere in it" for index in sorted(old)]

    def _where(self, index: int) -> str:
        return self._name(index) if index >= 0 else "outside the declarations"

    def _sorries(self) -> list[str]:
        after, before = self.after.sorry_warnings(), self.before.sorry_warnings()
        used = {index for index in self.targets if after[index] and not self.left[index]}
        used |= {index for index in after - before if index not in self.targets}
        return [f"{self._where(index)} uses `sorry`" for index in sorted(used)]

    def _types(self) -> list[str]:
        found: list[str] = []
        for index, old in self.before.types.items():
            new = self.after.types.get(index)
            # What Lean could not make sense of before may have become clear; only what it had may not change.
            if old is not None and new is not None and old != new:
                found.append(f"the type of {self._name(index)} is not what it was")
            elif old is not None and new is None and index not in self.targets:
                found.append(f"{self._name(index)} is gone")
        return found

    def _axioms(self, index: int, report: AxiomReport) -> list[str]:
        allowed = (*self.allowed, SORRY) if self.left[index] else self.allowed
        refused = outside(report.axioms or (), allowed)
        if not refused:
            return []
        reason = f"{self._name(index)} rests on {', '.join(refused)}"
        others = [
            self._name(other)
            for other in range(len(self.after.document.declarations))
            if other not in self.targets and self.left[other]
        ]
        if SORRY in refused and others:
            reason += f" (still open in this file: {', '.join(others)})"
        return [reason]

    def _next_baseline(self) -> Baseline:
        """The file after, for its next hole: what was not asked again about other declarations still holds."""
        return Baseline(replace(self.after, axioms={**self.before.axioms, **self.after.axioms}))


def _holes_left(baseline: Baseline, fills: Sequence[Fill]) -> dict[int, int]:
    declarations = baseline.observation.document.declarations
    left = {i: count_sorries(baseline.text[d.span.start : d.span.end]) for i, d in enumerate(declarations)}
    for fill in fills:
        left[baseline.declaration_of(fill.hole)] -= count_sorries(baseline.text[fill.hole.start : fill.hole.end])
    return left


def _never(message: Message) -> bool:
    return False
