"""A shell command that the person runs: told as a tool call, so that it is seen, kept, and the model knows of it."""

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

from agent.conversation.events import ToolFinished, ToolProgress, ToolStarted
from agent.conversation.history import CANCELLED
from agent.conversation.work import Emit

TOOL = "shell"
_MAX_OUTPUT = 30_000
_INTERVAL_SECONDS = 0.2


async def shell(command: str, root: Path, call: str, emit: Emit) -> str:
    """Runs a command in the project, and returns its output, which is cut in the middle beyond a size.

    Cancelling this kills the command and everything that it started.
    """
    emit(ToolStarted(call=call, tool=TOOL, arguments={"command": command}, by="person"))
    began = time.monotonic()
    output = bytearray()

    def finished(text: str, status: int | None) -> None:
        seconds = time.monotonic() - began
        verdict = "ok" if status == 0 else "failed"
        data = {"exit_status": status}
        emit(ToolFinished(call=call, tool=TOOL, verdict=verdict, text=text, data=data, seconds=seconds))

    process = await asyncio.create_subprocess_shell(
        command,
        cwd=root,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        status = await _follow(process, output, call, emit)
    except asyncio.CancelledError:
        finished(f"{_shortened(output)}\n{CANCELLED}".strip(), None)
        raise
    finally:
        await _kill(process)
    text = _shortened(output)
    finished(text, status)
    return text


async def _follow(process: asyncio.subprocess.Process, output: bytearray, call: str, emit: Emit) -> int:
    """Collects the output and tells its last line now and then; the exit status."""
    assert process.stdout is not None  # a pipe was asked for
    told = 0.0
    while data := await process.stdout.read(65536):
        output += data
        if len(output) > 4 * _MAX_OUTPUT:
            del output[_MAX_OUTPUT : len(output) - _MAX_OUTPUT]
        if time.monotonic() - told > _INTERVAL_SECONDS:
            told = time.monotonic()
            emit(ToolProgress(call=call, text=_last_line(output)))
    return await process.wait()


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):  # also what it has left behind in its group
        os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        await process.wait()


def _last_line(output: bytearray) -> str:
    lines = output[-2000:].decode("utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "")


def _shortened(output: bytearray) -> str:
    text = output.decode("utf-8", errors="replace")
    if len(text) <= _MAX_OUTPUT:
        return text
    half = _MAX_OUTPUT // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters …]\n{text[-half:]}"
