"""Worker slots of the machine."""

import asyncio
import subprocess
import sys

import pytest

from tools.lean.machine import GIB, MachineLimits, kill_tree, lease_workers

LIMITS = MachineLimits(3, GIB)
_HOLD = """
import asyncio
from tools.lean.machine import *
async def main():
    async with lease_workers(2, MachineLimits(3, GIB)):
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_slots_are_held_until_the_block_ends() -> None:
    waited = asyncio.Event()
    async with lease_workers(2, LIMITS):
        second = asyncio.create_task(_lease(2, waited))
        await asyncio.wait_for(waited.wait(), 10)
        await asyncio.sleep(0.3)
        assert not second.done()
        async with lease_workers(1, LIMITS):  # one slot was left
            pass
    await asyncio.wait_for(second, 10)


async def _lease(count: int, waited: asyncio.Event) -> None:
    async with lease_workers(count, LIMITS, on_wait=waited.set):
        pass


async def test_more_than_there_is_becomes_all_there_is() -> None:
    async with asyncio.timeout(10), lease_workers(99, LIMITS):
        pass


async def test_slots_of_a_killed_process_are_free() -> None:
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", _HOLD, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        waited = asyncio.Event()
        waiting = asyncio.create_task(_lease(2, waited))
        await asyncio.wait_for(waited.wait(), 10)
        holder.kill()
        await asyncio.wait_for(waiting, 10)
    finally:
        if holder.returncode is None:
            holder.kill()
        await holder.wait()


def test_killing_a_tree_ends_children_too() -> None:
    shell = "sleep 60 & sleep 60 & wait"
    with subprocess.Popen(["sh", "-c", shell]) as parent:
        kill_tree(parent.pid)
        assert parent.wait(10) != 0
    kill_tree(parent.pid)  # it is gone: no error


@pytest.mark.parametrize("memory", [1, 8, 64])
def test_defaults_leave_room(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("M", (), {"total": memory * GIB})())
    assert 2 <= MachineLimits.default().max_workers <= max(2, memory)
