"""A shell command that the person runs: told as a tool call, so that it is seen, kept, and the model knows of it."""

import asyncio
import contextlib
import itertools
import os
import signal
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from agent.conversation.events import Event, ToolFinished, ToolProgress, ToolStarted

TOOL = "shell"
_MAX_OUTPUT = 30_000
_INTERVAL_SECONDS = 0.2
_numbers = itertools.count(1)


async def shell(command: str, root: Path) -> AsyncGenerator[Event]:
    """Runs a command in the project; its output is cut in the middle beyond a size.

    Closing the generator kills the command and everything that it started.
    """
    call = f"shell-{next(_numbers)}"
    yield ToolStarted(call=call, tool=TOOL, arguments={"command": command}, by="person")
    began = time.monotonic()
    process = await asyncio.create_subprocess_shell(
        command,
        cwd=root,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    output = bytearray()
    try:
        assert process.stdout is not None  # a pipe was asked for
        told = 0.0
        while data := await process.stdout.read(65536):
            output += data
            if len(output) > 4 * _MAX_OUTPUT:
                del output[_MAX_OUTPUT : len(output) - _MAX_OUTPUT]
            if time.monotonic() - told > _INTERVAL_SECONDS:
                told = time.monotonic()
                yield ToolProgress(call=call, text=_last_line(output))
        status = await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    text = _cut(output.decode("utf-8", errors="replace"))
    verdict = "ok" if status == 0 else "failed"
    seconds = time.monotonic() - began
    yield ToolFinished(call=call, tool=TOOL, verdict=verdict, text=text, data={"exit_status": status}, seconds=seconds)


def _last_line(output: bytearray) -> str:
    lines = output[-2000:].decode("utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "")


def _cut(text: str) -> str:
    if len(text) <= _MAX_OUTPUT:
        return text
    half = _MAX_OUTPUT // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters …]\n{text[-half:]}"
