"""Runs `lean -o` on a text: one process that elaborates a whole file afresh and compiles it.

The text never touches the file that it is about: it lies in a folder of its own for as long as the run takes.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import psutil

from tools.lean.batch.messages import parse_json_messages
from tools.lean.batch.native import native_command
from tools.lean.machine import MachineLimits, end_process, kill_tree, processes_below, resident_bytes
from tools.lean.messages import Message
from tools.lean.olean.format import OleanError
from tools.lean.olean.module import CompiledModule
from tools.lean.text import SourceText
from tools.lean.toolchain import Toolchain, ToolchainKind

_FILE: Final = "X.lean"
_OLEAN: Final = "X.olean"
_THREADS: Final = 4
_GUARD_SECONDS: Final = 0.3
_MAX_OUTPUT_BYTES: Final = 64 << 20
_TAIL_LINES: Final = 20


class BatchStatus(Enum):
    """How a run ended. Only `COMPLETE` says anything about the text."""

    COMPLETE = "complete"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"


@dataclass(frozen=True)
class BatchResult:
    """What a run said. `module` is None where none was compiled, or where `problem` says why it cannot be read."""

    status: BatchStatus
    messages: tuple[Message, ...] = ()
    module: CompiledModule | None = None
    problem: str = ""


class BatchLean:
    """Elaborates versions of one file, each in a process that has done nothing else."""

    def __init__(self, toolchain: Toolchain, path: Path, limits: MachineLimits) -> None:
        """`path` is the file, absolute; it need not exist."""
        self._toolchain = toolchain
        self._path = path
        self._limits = limits
        self._waiting: asyncio.Task[asyncio.subprocess.Process] | None = None

    # -- processes

    def prewarm(self) -> None:
        """Starts the process for the next run in the background, where it can wait for its file."""
        if self._waiting is None and self._toolchain.kind is ToolchainKind.EMBEDDED:
            self._waiting = asyncio.create_task(self._start_waiting())

    async def close(self) -> None:
        """Ends a process that was started in advance."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        waiting.cancel()
        await asyncio.wait([waiting])  # whoever cancels this is obeyed; what becomes of the start is looked at below
        if not waiting.cancelled() and waiting.exception() is None:
            await end_process(waiting.result())

    async def _start_waiting(self) -> asyncio.subprocess.Process:
        from tools.lean.embedded.install import ensure_installed
        from tools.lean.embedded.launch import waiting_lean_command

        installation = await asyncio.to_thread(ensure_installed)
        return await _start(tuple(waiting_lean_command(installation)), Path.cwd(), os.environ)

    # -- running

    async def run(self, text: str, *, timeout: float) -> BatchResult:
        """Elaborates a text. `timeout` is in seconds.

        Raises `BatchUnavailableError` where this cannot be done, and `OSError` when Lean cannot be started.
        """
        # Read by its owner only: Lean makes its files readable for all.
        with tempfile.TemporaryDirectory(prefix="qed-batch-") as name:
            folder = Path(name)
            if self._toolchain.kind is ToolchainKind.EMBEDDED:
                (folder / _FILE).write_bytes(text.encode())
                return await self._run_embedded(text, folder, timeout)
            return await self._run_native(text, folder, timeout)

    async def _run_embedded(self, text: str, folder: Path, timeout: float) -> BatchResult:
        from tools.lean.embedded.launch import waiting_lean_request

        self.prewarm()
        waiting, self._waiting = self._waiting, None
        assert waiting is not None
        request = waiting_lean_request(folder, [f"-j{_THREADS}", "--json", "-o", _OLEAN, _FILE])
        run = _Run(await waiting, request, folder / _OLEAN, _FILE)
        return await self._finish(run, SourceText(text), timeout)

    async def _run_native(self, text: str, folder: Path, timeout: float) -> BatchResult:
        command = await native_command(self._toolchain, self._path, text, folder, timeout=timeout)
        request = command.stdin.read_bytes() if command.stdin is not None else b""
        process = await _start(command.argv, command.cwd, command.env)
        return await self._finish(_Run(process, request, command.olean, command.file_name), SourceText(text), timeout)

    async def _finish(self, run: "_Run", source: SourceText, timeout: float) -> BatchResult:
        process = run.process
        try:
            async with asyncio.timeout(timeout), self._guarded(process.pid) as guard:
                output, errors = await _communicate(process, run.request)
        except TimeoutError:
            return BatchResult(BatchStatus.TIMED_OUT, problem=f"no end within {timeout:g} s")
        except _TooMuchOutputError:
            return BatchResult(BatchStatus.CRASHED, problem="it wrote more than can be read")
        finally:
            await end_process(process)
        messages, strays = parse_json_messages(output, source, run.file_name)
        status = process.returncode
        if guard.killed or status not in (0, 1):
            how = "it outgrew its memory" if guard.killed else f"exit status {status}"
            tail = [*strays, *errors.decode("utf-8", "replace").splitlines()][-_TAIL_LINES:]
            return BatchResult(BatchStatus.CRASHED, messages, problem="\n".join([how, *tail]))
        module, problem = _read(run.olean)
        return BatchResult(BatchStatus.COMPLETE, messages, module, problem)

    @contextlib.asynccontextmanager
    async def _guarded(self, pid: int) -> AsyncGenerator["_MemoryGuard"]:
        guard = _MemoryGuard(pid, self._limits.max_worker_memory)
        task = asyncio.create_task(guard.watch())
        try:
            yield guard
        finally:
            task.cancel()


@dataclass(frozen=True, slots=True)
class _Run:
    """A process, what it is given on its standard input, and where its `.olean` will be.

    `file_name` is the file's name in its messages.
    """

    process: asyncio.subprocess.Process
    request: bytes
    olean: Path
    file_name: str


@dataclass
class _MemoryGuard:
    """Kills a process that outgrows its limit, in bytes."""

    pid: int
    limit: int
    killed: bool = False

    async def watch(self) -> None:
        while not self.killed:
            await asyncio.sleep(_GUARD_SECONDS)
            with contextlib.suppress(psutil.NoSuchProcess):
                family = [psutil.Process(self.pid), *processes_below(self.pid)]
                if any(resident_bytes(each) > self.limit for each in family):
                    self.killed = True
                    kill_tree(self.pid)


class _TooMuchOutputError(Exception):
    """A process wrote more than anybody would read."""


async def _start(argv: tuple[str, ...], cwd: Path, env: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *argv,
        cwd=cwd,
        env=dict(env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # a Ctrl+C in the terminal reaches qed alone
    )


async def _communicate(process: asyncio.subprocess.Process, request: bytes) -> tuple[bytes, bytes]:
    """Sends the request, reads to the end, and waits for it."""
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    assert stdin is not None and stdout is not None and stderr is not None
    with contextlib.suppress(ConnectionError):
        stdin.write(request)
        await stdin.drain()
    stdin.close()
    output, errors = await asyncio.gather(_read_all(stdout), _read_all(stderr))
    await process.wait()
    return output, errors


async def _read_all(stream: asyncio.StreamReader) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := await stream.read(1 << 16):
        size += len(piece)
        if size > _MAX_OUTPUT_BYTES:
            raise _TooMuchOutputError
        pieces.append(piece)
    return b"".join(pieces)


def _read(olean: Path) -> tuple[CompiledModule | None, str]:
    if not olean.is_file():
        return None, ""
    try:
        module = CompiledModule.read(olean)
        module.check()
    except (OleanError, OSError) as error:
        return None, f"what Lean compiled cannot be read: {error}"
    return module, ""
