"""Full collections wait until nothing is under way."""

import asyncio
import contextlib
import gc
from collections.abc import Iterator

import pytest

from agent.tui import collector


@pytest.fixture(autouse=True)
def python_as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def _full() -> int:
    """Full collections so far."""
    return int(gc.get_stats()[2]["collections"])


async def _looks(monkeypatch: pytest.MonkeyPatch, *, busy: bool, due: int) -> int:
    """How many full collections there are in a few looks."""
    monkeypatch.setattr(collector, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, due))
    before = _full()
    task = asyncio.create_task(collector.collect_when_idle(lambda: busy))
    await asyncio.sleep(0.05)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return _full() - before


async def test_it_collects_when_there_is_something_and_nothing_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    collector.calm()
    assert await _looks(monkeypatch, busy=False, due=50) > 0


async def test_it_waits_while_something_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    collector.calm()
    assert await _looks(monkeypatch, busy=True, due=50) == 0
    assert await _looks(monkeypatch, busy=False, due=3) == 0


async def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    collector.calm()
    assert await _looks(monkeypatch, busy=True, due=100_000) > 0


def test_python_itself_does_no_full_collections() -> None:
    collector.calm()
    before = _full()
    kept = [[number] for number in range(300_000)]
    assert len(kept) == 300_000 and _full() == before
