"""Limits for the whole machine: how many Lean workers run at once, and how much memory each may take.

A Lean worker takes about a gigabyte. Every process of qed that starts workers first leases them here; the leases are
file locks, so that they hold across processes and vanish with a process that dies.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from tools.directories import state_dir

GIB = 1 << 30
_RETRY_SECONDS = 0.2


def processor_count() -> int:
    """The threads that the processors of this machine run at once, as far as this process may use them."""
    with contextlib.suppress(AttributeError):  # not every system says what a process may use
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _default_workers() -> int:
    by_memory = int(psutil.virtual_memory().total * 0.6 / (1.2 * GIB))
    return max(2, min(2 * processor_count(), by_memory))


@dataclass(frozen=True, slots=True)
class MachineLimits:
    """Limits on Lean workers: how many on this machine (at least 2), and resident bytes for each."""

    max_workers: int
    max_worker_memory: int

    @classmethod
    def default(cls) -> "MachineLimits":
        """Twice the processor's threads, as far as 60 % of the memory holds them; 3 GiB for each."""
        return cls(_default_workers(), 3 * GIB)


@contextlib.asynccontextmanager
async def lease_workers(
    count: int, limits: MachineLimits, *, on_wait: Callable[[], None] | None = None
) -> AsyncGenerator[None]:
    """Holds `count` worker slots of this machine (fewer where the limit is lower), all or none.

    Taking all at once keeps two processes from waiting for each other's second slot. `on_wait` is called once when
    the slots are taken by others. Where the state folder cannot be written, no slots are held and none are waited for.
    """
    folder = state_dir() / "workers"
    count = min(count, limits.max_workers)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = _try_lease(folder, count, limits.max_workers)
    except OSError:  # where nothing can be written nobody can be told, and Lean is still of use
        held = []
    if held is None and on_wait is not None:
        on_wait()
    while held is None:
        await asyncio.sleep(_RETRY_SECONDS)
        held = _try_lease(folder, count, limits.max_workers)
    try:
        yield
    finally:
        for lock in held:
            lock.release()


def _try_lease(folder: Path, count: int, slots: int) -> list[FileLock] | None:
    held: list[FileLock] = []
    for slot in range(slots):
        lock = FileLock(folder / f"{slot}.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        held.append(lock)
        if len(held) == count:
            return held
    for lock in held:
        lock.release()
    return None


def kill_tree(pid: int) -> None:
    """Kills a process and everything below it, at once."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]  # parents first: they start nothing anew
    except psutil.NoSuchProcess:
        return
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()


async def end_process(process: asyncio.subprocess.Process) -> None:
    """Kills a process that has not ended, with everything below it, and waits until it has."""
    if process.returncode is None:
        kill_tree(process.pid)
        with contextlib.suppress(ProcessLookupError):
            await process.wait()


def processes_below(pid: int) -> list[psutil.Process]:
    """All processes below one. Costs milliseconds: every process of the machine is looked at."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def resident_bytes(process: psutil.Process) -> int:
    """The resident memory of a process, 0 when it has ended."""
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
