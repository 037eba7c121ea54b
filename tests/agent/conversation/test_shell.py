"""Commands of the person's shell."""

import asyncio
import os
import time
from pathlib import Path

from agent.conversation.events import Event, ToolFinished, ToolProgress, ToolStarted
from agent.conversation.shell import shell


async def _run(command: str, root: Path) -> list[Event]:
    events: list[Event] = []
    await shell(command, root, "1", events.append)
    return events


async def test_a_command_is_told_like_a_tool(tmp_path: Path) -> None:
    events = await _run("pwd; echo out; echo err >&2; exit 3", tmp_path)
    first, last = events[0], events[-1]
    assert isinstance(first, ToolStarted)
    assert (first.by, first.arguments) == ("person", {"command": "pwd; echo out; echo err >&2; exit 3"})
    assert isinstance(last, ToolFinished)
    assert last.text.splitlines() == [str(tmp_path.resolve()), "out", "err"]
    assert (last.verdict, last.data) == ("failed", {"exit_status": 3})


async def test_a_long_output_keeps_its_beginning_and_its_end(tmp_path: Path) -> None:
    last = (await _run("seq 1 200000", tmp_path))[-1]
    assert isinstance(last, ToolFinished)
    assert last.text.startswith("1\n2\n")
    assert last.text.endswith("199999\n200000\n")
    assert len(last.text) < 40_000


async def test_cancelling_kills_what_was_started(tmp_path: Path) -> None:
    events: list[Event] = []
    task = asyncio.create_task(shell("echo $$; sleep 300 & echo $!; wait", tmp_path, "1", events.append))
    ends = time.monotonic() + 20
    while not any(isinstance(event, ToolProgress) for event in events) and time.monotonic() < ends:
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task])
    last = events[-1]
    assert isinstance(last, ToolFinished)
    assert last.verdict == "failed"
    assert last.text.endswith("cancelled before it was done")
    pids = [int(word) for word in last.text.split() if word.isdigit()]
    assert pids
    while any(_alive(pid) for pid in pids) and time.monotonic() < ends:
        await asyncio.sleep(0.05)
    assert not any(_alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
