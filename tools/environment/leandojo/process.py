"""The process that holds LeanDojo, seen from qed: started, asked, and ended without leftovers."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tools.environment.leandojo.wire import (
    ANSWER,
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
from tools.lean.machine import kill_tree

GRACE_SECONDS = 10.0
"""How long after the end of its own limit a process may take to say so before it counts as hung."""
_ENDING_SECONDS = 3.0
_STDERR_LINES = 30
_LINE_LIMIT = 1 << 26  # bytes; a state can be large
# The folder that holds the package `tools`: `python -m` finds it there, installed or in a checkout.
_HOME = Path(__file__).resolve().parents[3]

Answer = State | Finished | Refused | GivenUp | Late | Unknown | Broken | NotOpened


class WorkerDiedError(Exception):
    """The process ended, hung or said something else than an answer; the message says which, and its last words."""


class Worker:
    """One process with LeanDojo in it. Of several tasks only one may ask at a time.

    It has a session of its own, so that a Ctrl+C in the terminal reaches qed alone; and it ends, with all below it,
    when its standard input closes, so that it does not outlive qed.
    """

    def __init__(self, process: asyncio.subprocess.Process, folder: tempfile.TemporaryDirectory[str]) -> None:
        self._process = process
        self._folder = folder
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._draining = asyncio.create_task(self._drain())

    @classmethod
    async def start(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Starts the process, with these environment variables on top of qed's own.

        LeanDojo is imported there at the first request. Raises OSError when the process cannot be started.
        """
        folder = tempfile.TemporaryDirectory(prefix="qed-leandojo-", ignore_cleanup_errors=True)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tools.environment.leandojo.worker", folder.name),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=_HOME,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
                limit=_LINE_LIMIT,
            )
        except BaseException:
            folder.cleanup()
            raise
        return cls(process, folder)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process.returncode is None

    async def ask(self, request: Open | Run, *, grace: float = GRACE_SECONDS) -> Answer:
        """Sends a request and waits for its answer, at most the request's seconds and `grace` more.

        Raises `WorkerDiedError`; the process has then ended. It is ended too when the wait is cancelled: an answer
        that nobody waits for would be taken for that of the next request.
        """
        try:
            async with asyncio.timeout(request.seconds + grace):
                return await self._exchange(request)
        except TimeoutError:
            await self.end()
            raise WorkerDiedError(self._last_words("LeanDojo hangs")) from None
        except (OSError, EOFError):
            await self.end()
            status = self._process.returncode
            raise WorkerDiedError(self._last_words(f"LeanDojo's process died (exit status {status})")) from None
        except ValueError:  # also pydantic's
            await self.end()
            raise WorkerDiedError(self._last_words("LeanDojo's process said something that is no answer")) from None
        except BaseException:
            await self.end()
            raise

    async def _exchange(self, request: Open | Run) -> Answer:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # both are pipes
        stdin.write(request.model_dump_json().encode() + b"\n")
        await stdin.drain()
        line = await stdout.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return ANSWER.validate_json(line)

    async def _drain(self) -> None:
        stream = self._process.stderr
        while stream is not None:
            try:
                line = await stream.readline()
            except ValueError:  # a line beyond the reader's limit
                continue
            if not line:
                return
            self._stderr.append(line.decode("utf-8", "replace").rstrip())

    def _last_words(self, what: str) -> str:
        tail = "\n".join(self._stderr)
        return f"{what}\n{tail}" if tail else what

    async def end(self) -> None:
        """Ends the process: by closing its standard input, and by force after a few seconds."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_ENDING_SECONDS):
                await self._process.wait()
        except BaseException as error:
            kill_tree(self.pid)
            if not isinstance(error, TimeoutError):
                raise
            await self._process.wait()
        with contextlib.suppress(TimeoutError):  # a grandchild may hold the pipe
            async with asyncio.timeout(_ENDING_SECONDS):
                await self._draining
        self._folder.cleanup()
