"""What waits, and who is still at work."""

import asyncio

from tools.search.frontier import Frontier


def _filled(*priorities: float) -> Frontier[str]:
    frontier = Frontier[str]()
    for priority in priorities:
        frontier.push(f"{priority:g}", priority, frontier.next_order())
    return frontier


async def _taken(frontier: Frontier[str]) -> str | None:
    waiting = await frontier.take()
    return waiting.item if waiting else None


async def test_the_smallest_first_and_equals_in_turn() -> None:
    frontier = Frontier[str]()
    for name, priority in (("a", 2.0), ("b", 1.0), ("c", 2.0), ("d", 1.0)):
        frontier.push(name, priority, frontier.next_order())
    assert [waiting.item for waiting in frontier] == ["b", "d", "a", "c"]
    assert [await _taken(frontier) for _ in range(4)] == ["b", "d", "a", "c"]


async def test_empty_is_no_end_while_somebody_works() -> None:
    frontier = _filled(1)
    assert await _taken(frontier) == "1"
    second = asyncio.ensure_future(_taken(frontier))
    await asyncio.sleep(0)
    assert not second.done()
    frontier.push("new", 3, frontier.next_order())
    assert await second == "new"
    third = asyncio.ensure_future(_taken(frontier))
    frontier.done()
    await asyncio.sleep(0)
    assert not third.done()
    frontier.done()
    assert await third is None
    assert await _taken(frontier) is None


async def test_what_is_put_back_comes_at_its_old_place() -> None:
    frontier = _filled(1, 2, 3)
    one = await frontier.take()
    assert one is not None
    frontier.put_back(one)
    assert len(frontier) == 3
    assert [await _taken(frontier) for _ in range(3)] == ["1", "2", "3"]
