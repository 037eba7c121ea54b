"""Lean for watching: there when it is needed, asleep when nothing has happened for a while."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.watch.lean_state import LeanState
from tools.environment.desk import Desk, scratch_path
from tools.environment.desks import Desks
from tools.environment.session import LeanSession
from tools.lean.machine import MachineLimits, processor_count
from tools.lean.messages import Message
from tools.lean.toolchain import Toolchain
from tools.search.recipe import Searches, SearchRecipe

_SPARE_SECONDS = 30.0


@dataclass
class AwakeLean:
    """A Lean that runs, with what is kept warm beside it: desks for each file."""

    session: LeanSession
    searches: Searches
    _size: int
    _on_rest: Callable[[], Awaitable[None]]
    _desks: dict[Path, Desks] = field(default_factory=dict[Path, Desks])
    _saved: dict[Path, Desk] = field(default_factory=dict[Path, Desk])
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    processors: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(processor_count()))
    """Places for strategies that keep a processor busy, whatever file they work on."""

    def desks(self, path: Path) -> Desks:
        """The desks of a file."""
        return self._desks.setdefault(path, Desks(self.session.server, path, self._size))

    async def errors(self, path: Path, text: str, seconds: float) -> Sequence[tuple[int, Message]]:
        """What Lean says against a file as it is, each error with its offset; nothing where it does not come to an end.

        The document stays open: of the next version only what is new is elaborated.
        """
        async with self._reading:
            desk = self._saved.setdefault(path, Desk(self.session.server, scratch_path(path, "saved")))
            document = await desk.opened(text)
            result = await document.elaborate(text, timeout=seconds)
            return [(document.span_of(each).start, each) for each in result.errors] if result.complete else []

    async def forget(self, path: Path) -> None:
        """The file is gone: closes what was kept for it."""
        desks = self._desks.pop(path, None)
        saved = self._saved.pop(path, None)
        if saved is not None:
            await saved.close()
        if desks is not None:
            await desks.close()

    async def rest(self) -> None:
        """Ends what no verdict on a hole waits for: a process takes half a gigabyte, and something of a processor."""
        await self._on_rest()
        async with self._reading:
            for desk in self._saved.values():
                await desk.close()

    async def close(self) -> None:
        """Closes what was kept for all files."""
        for path in {*self._desks, *self._saved}:
            await self.forget(path)


class WarmLean:
    """Starts Lean at the first use, and ends it when it was not used for `idle_seconds`; all but what tries tactics
    ends before.

    `workers` are the Leans that it may have at once, one of them for the acceptance check; they are leased while it is
    awake. `on_rest` ends what nobody waits for, `on_lean` is told what becomes of it.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        limits: MachineLimits,
        recipe: SearchRecipe,
        *,
        workers: int,
        idle_seconds: float,
        on_rest: Callable[[], Awaitable[None]],
        on_lean: Callable[[LeanState], None] = lambda _: None,
    ) -> None:
        self._toolchain = toolchain
        self._limits = limits
        self._recipe = recipe
        self._workers = workers
        self._idle_seconds = idle_seconds
        self._on_lean = on_lean
        self._on_rest = on_rest
        self._lock = asyncio.Lock()
        self._users = 0
        self._awake: AwakeLean | None = None
        self._held = contextlib.AsyncExitStack()
        self._falling_asleep: asyncio.Task[None] | None = None

    @property
    def is_awake(self) -> bool:
        """Whether Lean runs."""
        return self._awake is not None

    @contextlib.asynccontextmanager
    async def awake(self) -> AsyncGenerator[AwakeLean]:
        """Lean, awake for as long as this block lasts and a while after. Raises `QedError` where it cannot start."""
        self._users += 1
        try:
            async with self._lock:
                self._stay_awake()
                if self._awake is None:
                    self._awake = await self._wake()
            yield self._awake
        finally:
            self._users -= 1
            if not self._users:
                self._stay_awake()
                self._falling_asleep = asyncio.create_task(self._sleep_later())

    async def _wake(self) -> AwakeLean:
        self._on_lean(LeanState.STARTS)
        async with contextlib.AsyncExitStack() as starting:
            opened = LeanSession.opened(
                self._toolchain,
                self._limits,
                workers=self._workers,
                on_wait=lambda: self._on_lean(LeanState.WAITS),
            )
            session = await starting.enter_async_context(opened)
            searches = await starting.enter_async_context(self._recipe.searches(self._toolchain))
            awake = AwakeLean(session, searches, max(1, self._workers - 1), self._on_rest)
            starting.push_async_callback(awake.close)
            self._held = starting.pop_all()
        self._on_lean(LeanState.RUNS)
        return awake

    def _stay_awake(self) -> None:
        if self._falling_asleep is not None:
            self._falling_asleep.cancel()
            self._falling_asleep = None

    async def _sleep_later(self) -> None:
        spare_seconds = min(_SPARE_SECONDS, self._idle_seconds)
        await asyncio.sleep(spare_seconds)
        async with self._lock:
            if not self._users and self._awake is not None:
                await self._awake.rest()
        await asyncio.sleep(self._idle_seconds - spare_seconds)
        async with self._lock:
            if not self._users:
                # Ending Lean is not given up halfway for somebody who comes now: they wait for the lock.
                self._falling_asleep = None
                await self._sleep()
                self._on_lean(LeanState.SLEEPS)

    async def _sleep(self) -> None:
        if self._awake is not None:
            self._awake = None
            await self._held.aclose()

    async def close(self) -> None:
        """Ends Lean. Whoever uses it has to be cancelled before."""
        self._stay_awake()
        async with self._lock:
            await self._sleep()
