"""One `qed prove` a file: the file is claimed for as long as work on it lasts."""

import asyncio
import contextlib
import hashlib
import os
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from tools.directories import state_dir
from tools.errors import ExitCode, QedError

_RETRY_SECONDS = 0.1


@contextlib.contextmanager
def claim(path: Path) -> Generator[None]:
    """Holds a file for this process; the claim ends with the block, and with the process if it is killed.

    Links to the same file are the same claim. Raises `QedError`: `busy`, which names the process that holds
    it, or `write failed` where claims cannot be kept.
    """
    real_path = path.resolve()
    name = hashlib.sha256(os.fsencode(real_path)).hexdigest()[:32]
    folder = state_dir() / "claims"
    lock, owner = FileLock(folder / f"{name}.lock", thread_local=False), folder / f"{name}.pid"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise QedError(
            f"{path} is being worked on by {_describe(owner)}",
            hint="Wait until it has finished, or end it.",
            exit_code=ExitCode.BUSY,
        ) from error
    except OSError as error:
        raise QedError(
            f"cannot write to {folder}: {error.strerror or error}",
            hint="Set QED_STATE_DIR to a folder that you can write to; there stands what an undo needs.",
            exit_code=ExitCode.WRITE_FAILED,
        ) from error
    try:
        owner.write_text(f"{os.getpid()}\n", "ascii")
        yield
    finally:
        with contextlib.suppress(OSError):
            owner.unlink()
        lock.release()


@contextlib.asynccontextmanager
async def claim_soon(path: Path, patience: float) -> AsyncGenerator[None]:
    """As `claim`, but waits up to `patience` seconds for whoever holds the file."""
    ends = time.monotonic() + patience
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(claim(path))
                break
            except QedError as error:
                if error.exit_code is not ExitCode.BUSY or time.monotonic() >= ends:
                    raise
            await asyncio.sleep(_RETRY_SECONDS)
        yield


def _describe(owner: Path) -> str:
    """Who holds a claim. The holder writes its id just after taking the lock, so it may not be there yet."""
    with contextlib.suppress(OSError, ValueError):
        pid = int(owner.read_text("ascii"))
        if pid == os.getpid():
            return "this qed, in another place"
        if psutil.pid_exists(pid):
            return f"process {pid}"
    return "another process"
