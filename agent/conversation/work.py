"""A piece of work that tells what happens while it goes on, and can be stopped."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

from agent.conversation.events import Event

Emit = Callable[[Event], None]


class Work:
    """Runs a coroutine that emits events, and hands them on in their order.

    Closing `events`, or cancelling whoever reads it, stops the work at once and silently. `cancel` stops it so that
    what it still emits on its way out is seen.
    """

    def __init__(self, run: Callable[[Emit], Awaitable[None]]) -> None:
        self._run = run
        self._task: asyncio.Task[None] | None = None
        self.was_cancelled = False
        """Whether `cancel` was called while it ran."""

    async def events(self) -> AsyncGenerator[Event]:
        """Starts the work; once."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()

        async def run() -> None:
            await self._run(queue.put_nowait)

        task = self._task = asyncio.create_task(run())
        task.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (event := await queue.get()) is not None:
                yield event
            try:
                await task
            except asyncio.CancelledError:
                if not self.was_cancelled:
                    raise
        finally:
            self._task = None
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def cancel(self) -> None:
        """Stops the work, if it is under way."""
        if self._task is not None and not self.was_cancelled:
            self.was_cancelled = True
            self._task.cancel()
