"""What waits to be tried, for several workers at once."""

import asyncio
import heapq
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, order=True, slots=True)
class Waiting(Generic[T]):
    """Something that waits: the smallest priority first, and among equals the first that came."""

    priority: float
    order: int
    item: T = field(compare=False)


class Frontier(Generic[T]):
    """A priority queue that knows who is still at work.

    A worker takes one thing with `take` and gives it back with exactly one of `done` (it was tried) and `put_back` (it
    was not, or not to the end). While others are at work an empty queue is no end: what they try may bring more.
    """

    def __init__(self) -> None:
        self._heap: list[Waiting[T]] = []
        self._order = itertools.count()
        self._active = 0
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._heap)

    def __iter__(self) -> Iterator[Waiting[T]]:
        """What waits, in the order in which it will be taken."""
        return iter(sorted(self._heap))

    def next_order(self) -> int:
        """The turn of what joins next."""
        return next(self._order)

    def push(self, item: T, priority: float, order: int) -> None:
        """Something joins; `order` is from `next_order`."""
        heapq.heappush(self._heap, Waiting(priority, order, item))
        self._news.set()

    def restore(self, waiting: Iterable[Waiting[T]]) -> None:
        """What waited elsewhere waits here, in its order; what joins later comes behind."""
        for each in waiting:
            heapq.heappush(self._heap, each)
        last = max((each.order for each in self._heap), default=-1)
        self._order = itertools.count(last + 1)

    async def take(self) -> Waiting[T] | None:
        """What promises most; waits while only others can bring something. None when nothing can come any more."""
        while not self._heap:
            if not self._active:
                return None
            self._news.clear()
            await self._news.wait()
        self._active += 1
        return heapq.heappop(self._heap)

    def expect(self) -> None:
        """Somebody else is at work who may bring more; `done` says that it is over."""
        self._active += 1

    def done(self) -> None:
        """What was taken has been tried."""
        self._active -= 1
        self._news.set()

    def put_back(self, waiting: Waiting[T]) -> None:
        """What was taken was not tried to the end: it waits again, at its old place."""
        heapq.heappush(self._heap, waiting)
        self.done()

    def postpone(self, waiting: Waiting[T], priority: float) -> bool:
        """What was taken waits again at another place, if anything comes before it there; says whether it does."""
        if not self._heap or self._heap[0].priority >= priority:
            return False
        self.put_back(Waiting(priority, waiting.order, waiting.item))
        return True
