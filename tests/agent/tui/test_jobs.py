"""A lane of jobs."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from agent.conversation.events import Event, Notice
from agent.tui.jobs import Job, Lane


class _Seen:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.errors: list[Exception] = []
        self.changes = 0
        self.lane = Lane(self._show, self.errors.append, self._changed)

    def _show(self, event: Event) -> None:
        assert isinstance(event, Notice)
        self.texts.append(event.text)

    def _changed(self) -> None:
        self.changes += 1

    async def idle(self) -> None:
        while self.lane.busy:
            await asyncio.sleep(0)


def _says(*texts: str) -> Callable[[], AsyncGenerator[Event]]:
    async def start() -> AsyncGenerator[Event]:
        for text in texts:
            await asyncio.sleep(0)
            yield Notice(kind="retry", text=text)

    return start


def _fails() -> AsyncGenerator[Event]:
    async def start() -> AsyncGenerator[Event]:
        yield Notice(kind="retry", text="before")
        raise ValueError("broken")

    return start()


def _waits(closed: list[str]) -> Callable[[], AsyncGenerator[Event]]:
    async def start() -> AsyncGenerator[Event]:
        try:
            yield Notice(kind="retry", text="waiting")
            await asyncio.Event().wait()
        finally:
            closed.append("closed")

    return start


async def test_jobs_are_done_in_their_order() -> None:
    seen = _Seen()
    seen.lane.put(Job("a", _says("a1", "a2")))
    seen.lane.put(Job("b", _says("b1")))
    assert seen.lane.busy
    await seen.idle()
    assert seen.texts == ["a1", "a2", "b1"]
    assert seen.changes >= 4


async def test_a_job_that_fails_does_not_end_the_lane() -> None:
    seen = _Seen()
    seen.lane.put(Job("a", _fails))
    seen.lane.put(Job("b", _says("b1")))
    await seen.idle()
    assert [str(error) for error in seen.errors] == ["broken"]
    assert seen.texts == ["before", "b1"]


async def test_an_interrupted_job_is_closed_and_the_next_one_comes() -> None:
    seen = _Seen()
    closed: list[str] = []
    seen.lane.put(Job("a", _waits(closed)))
    seen.lane.put(Job("b", _says("b1")))
    while not seen.texts:
        await asyncio.sleep(0)
    seen.lane.interrupt()
    await seen.idle()
    assert closed == ["closed"]
    assert seen.texts == ["waiting", "b1"]
    assert not seen.errors


async def test_what_waits_is_taken_back() -> None:
    seen = _Seen()
    closed: list[str] = []
    for name in "abc":
        seen.lane.put(Job(name, _waits(closed)))
    while not seen.texts:
        await asyncio.sleep(0)
    assert [job.text for job in seen.lane.take_back()] == ["b", "c"]
    await seen.lane.stop()
    assert not seen.lane.busy
    assert closed == ["closed"]
