"""Work that is done one piece after the other, while the person goes on typing."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from agent.conversation.events import Event


@dataclass(frozen=True)
class Job:
    """One piece of work. `text` is what the person typed for it."""

    text: str
    start: Callable[[], AsyncGenerator[Event]]


@dataclass
class Lane:
    """Does jobs in their order. `show` takes their events; `failed` an exception that ended one; `changed` is called
    whenever a job begins, ends, or joins the queue.
    """

    show: Callable[[Event], None]
    failed: Callable[[Exception], None]
    changed: Callable[[], None]
    waiting: deque[Job] = field(default_factory=deque[Job])
    at_work: Job | None = None
    _task: asyncio.Task[None] | None = None
    _doing: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._task is not None

    def put(self, job: Job) -> None:
        """Does a job now, or when those before it are done."""
        self.waiting.append(job)
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        self.changed()

    def take_back(self) -> list[Job]:
        """Empties the queue; the jobs that were waiting."""
        taken = list(self.waiting)
        self.waiting.clear()
        self.changed()
        return taken

    def interrupt(self) -> None:
        """Ends the job that is under way; those that wait come next."""
        if self._doing is not None:
            self._doing.cancel()

    async def stop(self) -> None:
        """Ends what is under way and drops the rest."""
        self.waiting.clear()
        self.interrupt()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        try:
            while self.waiting:
                self.at_work = self.waiting.popleft()
                self._doing = asyncio.create_task(self._do(self.at_work))
                self.changed()
                await asyncio.wait([self._doing])
        finally:
            self.at_work = self._task = self._doing = None
            self.changed()

    async def _do(self, job: Job) -> None:
        try:
            async with contextlib.aclosing(job.start()) as events:
                async for event in events:
                    self.show(event)
        except Exception as error:
            self.failed(error)
