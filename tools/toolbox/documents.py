"""Documents and environments that stay open between questions: a few at a time, each for one task at a time."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools.environment.desk import Desk
from tools.environment.kept import KeptEnvironment
from tools.environment.opening import Opening
from tools.environment.pool import SharingEnvironment
from tools.lean.lean_document import LeanDocument
from tools.lean.messages import Elaboration
from tools.lean.server import LeanServer


@dataclass
class _Entry:
    """A desk and what is open there."""

    kept: KeptEnvironment
    busy: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class OpenDocuments:
    """Documents and environments by their path, at most `limit` at once: each of them costs a Lean worker.

    Who asks for a document has it alone until the end of the block. When there are too many, the one that was not
    used for the longest time is closed.
    """

    def __init__(self, server: LeanServer, limit: int) -> None:
        self._server = server
        self._limit = limit
        self._places = asyncio.Semaphore(limit)
        self._entries: OrderedDict[Path, _Entry] = OrderedDict()

    @contextlib.asynccontextmanager
    async def elaborated(
        self, path: Path, text: str, timeout: float, on_line: Callable[[int], None] | None = None
    ) -> AsyncGenerator[tuple[LeanDocument, Elaboration]]:
        """A document with this text, and what Lean says about it. `on_line` is told how far Lean is meanwhile.

        Raises `QedError` when Lean crashes on it or takes more than `timeout` seconds.
        """
        async with self._held(path) as entry:
            document = await entry.kept.desk.opened(text)
            document.on_line = on_line
            try:
                if document.source.text != text:
                    await document.elaborate(text, timeout=timeout)
                elaboration = await document.settle(timeout)
            finally:
                document.on_line = None
            yield document, elaboration

    @contextlib.asynccontextmanager
    async def environment(self, path: Path, opening: Opening) -> AsyncGenerator[SharingEnvironment]:
        """An environment for a hole, at a desk for `path`: the one of the last time, if it was opened alike.

        Raises `QedError` as `Opening.open` does.
        """
        async with self._held(path) as entry, entry.kept.opened(opening) as environment:
            yield environment

    @contextlib.asynccontextmanager
    async def _held(self, path: Path) -> AsyncGenerator[_Entry]:
        entry = self._entries.setdefault(path, _Entry(KeptEnvironment(Desk(self._server, path))))
        async with self._places, entry.lock:
            entry.busy = True
            try:
                self._entries.move_to_end(path)
                await self._make_room(entry)
                yield entry
            finally:
                entry.busy = False

    async def _make_room(self, entry: _Entry) -> None:
        """Closes what was not used for long; since not all are busy while one waits, there is such a one."""
        if entry.kept.is_open:
            return
        opened = [each for each in self._entries.values() if each.kept.is_open]
        idle = (each for each in opened if not each.busy)
        for each in list(idle)[: max(len(opened) - self._limit + 1, 0)]:
            await each.kept.close()

    async def close(self) -> None:
        """Closes all of them."""
        entries, self._entries = list(self._entries.values()), OrderedDict()
        for entry in entries:
            await entry.kept.close()
