"""A proof environment over LeanDojo's `Dojo`: theorems of repositories that LeanDojo has traced.

LeanDojo keeps every state alive in one Lean, under an id of the REPL, until that Lean ends: after a crash, and after
a timeout, since it would go on with the tactic. A new Lean is then started when a state is next needed, and the
script that led there is run again.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tools.environment.language_server import Screen
from tools.environment.leandojo.process import GRACE_SECONDS, Answer, Worker, WorkerDiedError
from tools.environment.leandojo.repository import TheoremAt
from tools.environment.leandojo.wire import (
    Broken,
    Finished,
    GivenUp,
    Late,
    NotOpened,
    Open,
    Refused,
    Run,
    State,
    Unknown,
)
from tools.environment.protocol import (
    Crashed,
    LeanError,
    ProofGivenUp,
    TacticOutcome,
    TacticState,
    TimedOut,
    UnusableEnvironmentError,
)
from tools.environment.states import ReachedStates, Script
from tools.errors import QedError

DEFAULT_TACTIC_SECONDS = 5.0
OPENING_SECONDS = 600.0
"""LeanDojo's own limit for Lean to reach the theorem: it elaborates the file up to there."""
# LeanDojo types requests into a terminal in line mode, and Linux cuts such lines off at 4096 bytes.
_MAX_REQUEST_BYTES = 4000
# Lean counts metavariables (`?m.7`) from a number that depends on all that it did before.
_COUNTED = re.compile(r"(?<=\?[mu]\.)\d+")
_SUGGESTION = re.compile(r"Try this: (?P<tactic>.+)")


class _NotReachedError(Exception):
    """Lean could not be brought (back) to a state; the message says why."""


class LeanDojoEnvironment:
    """Tactics tried through LeanDojo; implements `ProofEnvironment`. Open it with `open`."""

    def __init__(self, theorem: TheoremAt, *, screen: Screen, seconds: float, grace: float) -> None:
        self._theorem = theorem
        self._screen = screen
        self._seconds = seconds
        self._grace = grace
        self._worker: Worker | None = None
        self._states = ReachedStates()
        self._known: dict[Script, tuple[str, ...]] = {}  # goals, of this Lean or of others
        self._reached: dict[Script, int] = {}  # in the Lean that runs now: the REPL's ids
        self._initial: TacticState | None = None
        self._closed = False
        self._lock = asyncio.Lock()

    @classmethod
    async def open(
        cls,
        theorem: TheoremAt,
        *,
        screen: Screen,
        timeout: float = OPENING_SECONDS,
        grace: float = GRACE_SECONDS,
    ) -> Self:
        """Starts LeanDojo in a process of its own, and Lean at the theorem. `timeout`, in seconds, is for Lean.

        LeanDojo's environment variables (`CACHE_DIR`, `TACTIC_MEMORY_LIMIT`, …) are passed on to it. `grace` is how
        many seconds beyond a limit LeanDojo may take before its process counts as hung.

        Raises `UnusableEnvironmentError` where LeanDojo has not traced the commit, and `QedError` where it does not
        know the theorem or Lean does not reach it.
        """
        environment = cls(theorem, screen=screen, seconds=timeout, grace=grace)
        try:
            environment._initial = await environment._start()
        except BaseException:
            await environment.close()
            raise
        return environment

    async def _start(self) -> TacticState:
        try:
            answer = await self._opened()
        except (WorkerDiedError, _NotReachedError) as error:
            raise QedError(
                f"LeanDojo cannot open {self._theorem.full_name}: {error}",
                hint="LeanDojo supports theorems with `:=`, in Lean v4.3.0-rc2 to about v4.20.",
            ) from None
        return self._states.reach(_goals(answer.pp), ())

    @property
    def initial_state(self) -> TacticState:
        """The statement of the theorem."""
        if self._initial is None:
            raise RuntimeError("the environment was not opened with `open`")
        return self._initial

    def script(self, state: TacticState) -> tuple[str, ...]:
        """The tactics that lead from the initial state to this one."""
        return self._states.script(state)

    async def adopt(self, script: Sequence[str], goals: tuple[str, ...]) -> TacticState:
        """The state after these tactics, which left `goals` in another environment for the same theorem.

        The tactics are run when one is next tried there; should they leave other goals here, that one crashes.
        """
        self._known.setdefault(tuple(script), goals)
        return self._states.reach(goals, script)

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        """Runs one tactic (of one or several lines) in a state; `timeout` is in seconds (default 5).

        A tactic that would escape the proof or run code is refused without Lean seeing it. The time that a restart
        of Lean takes is not counted.
        """
        if (refused := self._screen(tactic)) is not None:
            return refused
        seconds = timeout or DEFAULT_TACTIC_SECONDS
        async with self._lock:
            script = (*self._states.script(state), tactic)
            if isinstance(answer := await self._try(script, seconds), Crashed | LeanError):
                return answer
            return self._outcome(answer, script, seconds)

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        """The tactics that Lean suggests ("Try this") when it runs `tactic`, as far as LeanDojo passes them on.

        Its REPL passes on what is printed, not what is logged, and `Dojo` strips every line: what comes, if anything
        comes, are suggestions of one line.
        """
        if self._screen(tactic) is not None:
            return ()
        async with self._lock:
            answer = await self._try((*self._states.script(state), tactic), timeout or DEFAULT_TACTIC_SECONDS)
        message = answer.message if isinstance(answer, State | Finished) else ""
        offered = (match["tactic"].replace("\r", "").rstrip() for match in _SUGGESTION.finditer(message))
        return tuple(text for text in dict.fromkeys(offered) if self._screen(text) is None)

    async def _try(self, script: Script, seconds: float) -> Answer | Crashed | LeanError:
        if len(json.dumps(_as_one(script[-1]), ensure_ascii=False).encode()) > _MAX_REQUEST_BYTES:
            return LeanError(f"the tactic is longer than LeanDojo can pass on ({_MAX_REQUEST_BYTES} bytes)")
        try:
            answer = await self._run(script, seconds)
            # The state is not there after all: the Lean that knew it has ended.
            return await self._run(script, seconds) if isinstance(answer, Unknown) else answer
        except (WorkerDiedError, _NotReachedError, UnusableEnvironmentError) as error:
            return Crashed(str(error))

    def _outcome(self, answer: Answer, script: Script, seconds: float) -> TacticOutcome:
        match answer:
            case State(pp=pp):
                return self._states.reach(_goals(pp), script)
            case Finished():
                return self._states.finish(script)
            case Refused(error=error):
                return LeanError(error)
            case GivenUp():
                return ProofGivenUp()
            case Late():
                return TimedOut(seconds)
            case Broken(reason=reason) | NotOpened(reason=reason):
                return Crashed(reason)
            case Unknown():
                return Crashed("Lean does not know the state, though it was brought there again")

    async def _run(self, script: Script, seconds: float) -> Answer:
        """Runs the last tactic of a script, bringing Lean first to where the others lead."""
        request = Run(state=await self._reach(script[:-1]), tactic=_as_one(script[-1]), seconds=seconds)
        answer = await self._ask(request)
        match answer:
            case State():
                self._reached[script] = answer.id
                self._known.setdefault(script, _goals(answer.pp))
            case Late() | Unknown() | Broken(ended=True):
                self._reached.clear()
            case _:
                pass
        return answer

    async def _reach(self, script: Script) -> int:
        """The REPL's id of the state that a script leads to, which is run again as far as need be."""
        if () not in self._reached:
            await self._opened()
        known = max(length for length in range(len(script) + 1) if script[:length] in self._reached)
        for length in range(known + 1, len(script) + 1):
            answer = await self._run(script[:length], self._seconds)
            if not isinstance(answer, State) or not self._is_known(script[:length], answer.pp):
                raise _NotReachedError(f"Lean does not take `{script[length - 1]}` as it did before")
        return self._reached[script]

    def _is_known(self, script: Script, pp: str) -> bool:
        """Whether a state is the one that the script has led to before."""
        return _unnumbered(_goals(pp)) == _unnumbered(self._known[script])

    async def _opened(self) -> State:
        """Starts Lean at the theorem, and the process for it where there is none."""
        theorem = self._theorem
        request = Open(
            repository=theorem.repository,
            commit=theorem.commit,
            file=theorem.file,
            theorem=theorem.full_name,
            seconds=self._seconds,
        )
        self._reached.clear()
        answer = await self._ask(request)
        if isinstance(answer, NotOpened) and answer.untraced:
            raise _untraced(theorem)
        if not isinstance(answer, State):
            raise _NotReachedError(answer.reason if isinstance(answer, NotOpened | Broken) else answer.kind)
        self._known.setdefault((), _goals(answer.pp))
        if not self._is_known((), answer.pp):
            raise _NotReachedError("the theorem is not what it was")
        self._reached[()] = answer.id
        return answer

    async def _ask(self, request: Open | Run) -> Answer:
        if self._closed:
            raise _NotReachedError("the environment is closed")
        if self._worker is None or not self._worker.running:
            self._reached.clear()
            try:
                self._worker = await Worker.start(_variables(self._theorem))
            except OSError as error:
                raise _NotReachedError(f"its process cannot be started: {error}") from None
            if isinstance(request, Run):
                return Unknown()
        try:
            return await self._worker.ask(request, grace=self._grace)
        except BaseException:
            self._reached.clear()
            raise

    async def close(self) -> None:
        """Ends Lean and LeanDojo's process. Nothing of them is left afterwards."""
        self._closed = True
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end()


def _variables(theorem: TheoremAt) -> Mapping[str, str]:
    """LeanDojo asks a server for every repository that it has not traced; one on this disk is none of its business."""
    return {"DISABLE_REMOTE_CACHE": "1"} if Path(theorem.repository).is_absolute() else {}


def _as_one(tactic: str) -> str:
    """A tactic as the REPL takes it, which parses exactly one: several, or one of several lines, in parentheses."""
    if "\n" not in tactic and ";" not in tactic:
        return tactic
    return "(\n " + tactic.replace("\n", "\n ") + "\n)"


def _unnumbered(goals: tuple[str, ...]) -> list[str]:
    return [_COUNTED.sub("", goal) for goal in goals]


def _goals(pp: str) -> tuple[str, ...]:
    """The goals of a state, as LeanDojo prints it: with blank lines between them."""
    goals: list[str] = []
    for part in pp.split("\n\n"):
        if goals and "⊢" not in goals[-1]:
            goals[-1] += f"\n\n{part}"
        else:
            goals.append(part)
    return tuple(goals)


def _untraced(theorem: TheoremAt) -> UnusableEnvironmentError:
    call = f"trace(LeanGitRepo({theorem.repository!r}, {theorem.commit!r}))"
    return UnusableEnvironmentError(
        f"LeanDojo has not traced {theorem.repository} at {theorem.commit[:12]}",
        hint=f'Trace it once (minutes to hours): python -c "from lean_dojo import *; {call}"',
    )
