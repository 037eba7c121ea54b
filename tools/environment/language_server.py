"""A proof environment over Lean's language server: any Lean version, any file, nothing traced or compiled."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from tools.environment.protocol import (
    Complaint,
    Crashed,
    LeanError,
    ProofGivenUp,
    TacticOutcome,
    TacticState,
    TimedOut,
)
from tools.environment.scratch import Composition, Scratch
from tools.environment.states import ReachedStates
from tools.errors import ExitCode, QedError
from tools.lean.artifacts import IsArtifact
from tools.lean.lean_document import LeanDocument
from tools.lean.messages import Elaboration, ElaborationStatus, Message
from tools.lean.server import LeanServer
from tools.lean.text import Span

DEFAULT_TACTIC_SECONDS = 5.0
OPENING_SECONDS = 120.0
# How long Lean has to drop a tactic that was given up before its worker is replaced.
_CANCEL_SECONDS = 2.0

# Says why a tactic must not be given to Lean: a refusal or a give-up; None: it may run.
Screen = Callable[[str], LeanError | ProofGivenUp | None]


class LanguageServerEnvironment:
    """Tactics tried at one hole by editing a scratch document; implements `ProofEnvironment`."""

    def __init__(self, document: LeanDocument, scratch: Scratch, *, screen: Screen, is_artifact: IsArtifact) -> None:
        self._document = document
        self._scratch = scratch
        self._screen = screen
        self._is_artifact = is_artifact
        self._states = ReachedStates()
        self._known_errors: Counter[str] = Counter()
        self._faults: tuple[str, ...] = ()
        self._initial: TacticState | None = None
        self._lock = asyncio.Lock()
        self._owns_document = False

    @classmethod
    async def open(
        cls,
        server: LeanServer,
        path: Path,
        scratch: Scratch,
        *,
        screen: Screen,
        is_artifact: IsArtifact = lambda message: False,
        timeout: float = OPENING_SECONDS,
    ) -> Self:
        """Opens a scratch document at `path`, which the environment then owns, and reads the state at the hole.

        Raises `QedError` when Lean shows no goal there (the statement does not elaborate, for example) or cannot be
        asked. `timeout`, in seconds, covers the elaboration of everything above the hole.
        """
        document = await server.open(path, scratch.compose(()).text)
        try:
            environment = await cls.on(document, scratch, screen=screen, is_artifact=is_artifact, timeout=timeout)
        except BaseException:
            await document.close()
            raise
        environment._owns_document = True
        return environment

    @classmethod
    async def on(
        cls,
        document: LeanDocument,
        scratch: Scratch,
        *,
        screen: Screen,
        is_artifact: IsArtifact = lambda message: False,
        timeout: float = OPENING_SECONDS,
    ) -> Self:
        """Uses a document that is open already: what it shares with the text before is not elaborated again.

        The document belongs to the caller, and to one environment at a time. Raises as `open` does.
        """
        environment = cls(document, scratch, screen=screen, is_artifact=is_artifact)
        await environment._start(scratch.compose(()), timeout)
        return environment

    async def _start(self, composition: Composition, timeout: float) -> None:
        result = await self._opened(composition, timeout)
        goals = result.goals[0]
        if goals and len(goals) > 1 and self._scratch.is_tactic:
            self._scratch = replace(self._scratch, focused=True)
            composition = self._scratch.compose(())
            result = await self._opened(composition, timeout)
            goals = result.goals[0]
        if not goals:
            reason = next((m.text for m in result.errors), "there is no goal at this place")
            raise QedError(f"Lean shows no goal for this hole: {reason}", exit_code=ExitCode.FILE_HAS_ERRORS)
        self._known_errors = Counter(m.text for m in self._errors(result))
        own = range(self._scratch.command_start, composition.block.start)
        self._faults = tuple(m.text for m in self._errors(result) if self._document.span_of(m).start in own)
        self._initial = self._states.reach(goals, ())

    async def _opened(self, composition: Composition, timeout: float) -> Elaboration:
        goals_at = [composition.goals_at]
        result = await self._document.elaborate(composition.text, timeout=timeout, goals_at=goals_at)
        if result.status is ElaborationStatus.CRASHED:
            result = await self._document.elaborate(composition.text, timeout=timeout, goals_at=goals_at)
        if result.complete:
            return result
        raise QedError(f"Lean {result.status.value} before it reached the hole")

    @property
    def initial_state(self) -> TacticState:
        """The state at the hole, narrowed to the goal that the hole must close."""
        if self._initial is None:
            raise RuntimeError("the environment was not opened with `open`")
        return self._initial

    @property
    def faults(self) -> tuple[str, ...]:
        """The errors that the declaration has before the hole, whatever the proof is."""
        return self._faults

    def script(self, state: TacticState) -> tuple[str, ...]:
        """The tactics that lead from the initial state to this one."""
        return self._states.script(state)

    async def adopt(self, script: Sequence[str], goals: tuple[str, ...]) -> TacticState:
        """The state after these tactics, which left `goals` in another environment for the same hole."""
        return self._states.reach(goals, script)

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        """Runs one tactic in a state; `timeout` is in seconds (default `DEFAULT_TACTIC_SECONDS`).

        A tactic that would escape the proof or run code is refused without Lean seeing it.
        """
        if (refused := self._screen(tactic)) is not None:
            return refused
        async with self._lock:
            script = (*self._states.script(state), tactic)
            outcome, _ = await self._try(script, timeout or DEFAULT_TACTIC_SECONDS)
            return outcome

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        """The tactics that Lean suggests ("Try this") when it runs `tactic` in a state, best first."""
        if self._screen(tactic) is not None:
            return ()
        async with self._lock:
            composition = self._scratch.compose((*self._states.script(state), tactic))
            result = await self._document.elaborate(composition.text, timeout=timeout or DEFAULT_TACTIC_SECONDS)
            if not result.complete:
                await self._recover(result.status)
                return ()
            offered = await self._document.suggestions(composition.last_tactic)
            texts = (_dedent(s.text, self._column(s.span)) for s in offered)
            return tuple(dict.fromkeys(texts))

    async def _try(self, script: tuple[str, ...], seconds: float) -> tuple[TacticOutcome, Composition]:
        composition = self._scratch.compose(script)
        result = await self._document.elaborate(composition.text, timeout=seconds, goals_at=[composition.goals_at])
        if not result.complete:
            await self._recover(result.status)
            if result.status is ElaborationStatus.TIMED_OUT:
                return TimedOut(seconds), composition
            return Crashed("Lean crashed on this tactic"), composition
        return self._verdict(result, script, composition), composition

    def _verdict(self, result: Elaboration, script: tuple[str, ...], composition: Composition) -> TacticOutcome:
        if complaints := self._new_errors(result, composition):
            return LeanError("\n".join(each.text for each in complaints), complaints)
        goals = result.goals[0]
        if goals is None:
            return LeanError("Lean shows no state after this tactic")
        if goals:
            return self._states.reach(goals, script)
        return self._states.finish(script)

    def _errors(self, result: Elaboration) -> list[Message]:
        return [m for m in result.errors if not self._is_artifact(m)]

    def _new_errors(self, result: Elaboration, composition: Composition) -> tuple[Complaint, ...]:
        """Errors inside the block, and those elsewhere that were not there before any tactic ran."""
        inside: list[Complaint] = []
        outside: Counter[str] = Counter()
        for message in self._errors(result):
            start = self._document.span_of(message).start
            if start in composition.block:
                inside.append(Complaint(message.text, self._line_in(composition.last_tactic, start)))
            else:
                outside[message.text] += 1
        return (*inside, *(Complaint(text) for text in (outside - self._known_errors).elements()))

    def _line_in(self, tactic: Span, offset: int) -> int | None:
        """The line of a tactic, from 1; what comes after it, where a tactic is unfinished, is its last line."""
        line_of = self._document.source.line_of
        return line_of(min(offset, tactic.end)) - line_of(tactic.start) + 1 if offset >= tactic.start else None

    async def _recover(self, status: ElaborationStatus) -> None:
        """Brings the document back to the bare hole; a worker that does not let go is replaced."""
        base = self._scratch.compose(()).text
        if status is ElaborationStatus.TIMED_OUT:
            result = await self._document.elaborate(base, timeout=_CANCEL_SECONDS)
            if result.complete:
                return
            await self._document.restart()
        await self._document.elaborate(base, timeout=OPENING_SECONDS)

    def _column(self, span: Span) -> int:
        return self._document.source.column_of(span.start)

    async def close(self) -> None:
        """Closes the scratch document, if it is the environment's own."""
        if self._owns_document:
            with contextlib.suppress(QedError):
                await self._document.close()


def _dedent(text: str, column: int) -> str:
    """Lean indents the lines of a suggestion for the place it stands at; takes that indentation away again."""
    return text.replace("\n" + " " * column, "\n")
