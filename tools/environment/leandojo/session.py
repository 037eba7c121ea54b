"""LeanDojo itself: the one module that imports it, in the process of `worker` alone."""

import contextlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

import lean_dojo  # pyright: ignore[reportMissingTypeStubs]
import psutil

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

_CHUNK = 1 << 16
Reply = State | Finished | Refused | GivenUp | Late | Unknown | Broken | NotOpened


class _LeanProcess(Protocol):
    """What is used of the `pexpect.spawn` in a `Dojo`."""

    timeout: float | None
    delaybeforesend: float | None
    read_nonblocking: Callable[[int, float | None], str]

    def isalive(self) -> bool: ...

    def close(self, force: bool = True) -> None: ...


class LineReader:
    """Reads what there is and hands it out by lines, in place of a process' `read_nonblocking`.

    `Dojo` has pexpect read single characters, and search all of them again after each: seconds for a large state. It
    does so because it takes whatever was read for the answer; so nothing beyond the end of a line is handed out here.
    """

    def __init__(self, read: Callable[[int, float | None], str]) -> None:
        self._read = read
        self._rest = ""

    def __call__(self, size: int = 1, timeout: float | None = -1) -> str:
        """The next characters, to the end of a line at most; `timeout` is in seconds. Raises as pexpect does."""
        if not self._rest:
            self._rest = self._read(_CHUNK, timeout)
        line, end, self._rest = self._rest.partition("\n")
        return line + end


class Session:
    """The one `Dojo` that is open, and its states by the REPL's ids."""

    def __init__(self) -> None:
        self._dojo: lean_dojo.Dojo | None = None
        self._states: dict[int, lean_dojo.TacticState] = {}

    def answer(self, request: Open | Run) -> Reply:
        """Does what is asked; never raises an `Exception`."""
        return self._open(request) if isinstance(request, Open) else self._run(request)

    def _open(self, request: Open) -> Reply:
        self.end()
        try:
            repository = lean_dojo.LeanGitRepo(request.repository, request.commit)
            if not lean_dojo.is_available_in_cache(repository):
                return NotOpened(reason="LeanDojo has not traced this commit", untraced=True)
            theorem = lean_dojo.Theorem(repository, Path(request.file), request.theorem)
            self._dojo = lean_dojo.Dojo(theorem, timeout=math.ceil(request.seconds))
            state = self._dojo.__enter__()[1]
        except Exception as error:
            self.end()
            return NotOpened(reason=_reason(error))
        assert isinstance(state, lean_dojo.TacticState)  # a `Dojo` on a theorem has no others
        process = _process(self._dojo)
        process.delaybeforesend = None  # 50 ms, for terminals that echo, and this one does not
        process.read_nonblocking = LineReader(process.read_nonblocking)
        return self._keep(state)

    def _run(self, request: Run) -> Reply:
        dojo, state = self._dojo, self._states.get(request.state)
        if dojo is None or state is None:
            return Unknown()
        process = _process(dojo)
        process.timeout = request.seconds
        try:
            outcome = dojo.run_tac(state, request.tactic)
        except lean_dojo.DojoTacticTimeoutError:
            self.end()  # Lean is busy with the tactic still, and would answer the next request with its result
            return Late()
        except lean_dojo.DojoCrashError as error:
            self.end()
            return Broken(reason="Lean is out of memory" if error.is_out_of_memory else f"Lean crashed: {error}")
        except Exception as error:
            return self._failed(error, process)
        match outcome:
            case lean_dojo.TacticState():
                return self._keep(outcome)
            case lean_dojo.ProofFinished():
                return Finished(message=outcome.message or "")
            case lean_dojo.ProofGivenUp():
                return GivenUp()
            case lean_dojo.LeanError():
                return Refused(error=outcome.error)

    def _failed(self, error: Exception, process: _LeanProcess) -> Broken:
        """LeanDojo stumbled: over an answer that it cannot read, or over a process that a signal has ended."""
        ended = not process.isalive()
        if ended:
            self.end()
            return Broken(reason=f"Lean was ended ({_reason(error)})")
        return Broken(reason=f"LeanDojo cannot read Lean's answer ({_reason(error)})", ended=False)

    def _keep(self, state: lean_dojo.TacticState) -> State:
        self._states[state.id] = state
        return State(id=state.id, pp=state.pp, message=state.message or "")

    def end(self) -> None:
        """Ends Lean and removes the file that LeanDojo made for it; also after an opening that failed half-way."""
        dojo, self._dojo, self._states = self._dojo, None, {}
        if dojo is None:
            return
        kill_children()
        with contextlib.suppress(Exception):
            dojo.modified_file.close()
        with contextlib.suppress(Exception):
            _process(dojo).close(force=True)


def _process(dojo: lean_dojo.Dojo) -> _LeanProcess:
    return cast("_LeanProcess", dojo.proc)  # pyright: ignore[reportUnknownMemberType]


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def kill_children() -> None:
    """Kills everything below this process."""
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
