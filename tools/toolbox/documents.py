"""Documents that stay open in Lean between questions: a few at a time, each for one task at a time."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools.environment.guards import screen_tactic
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.scratch import Scratch
from tools.errors import QedError
from tools.lean.artifacts import IsArtifact
from tools.lean.lean_document import LeanDocument
from tools.lean.messages import Elaboration
from tools.lean.server import LeanServer


@dataclass
class _Entry:
    """An open document, and the environment that uses it, if it is a scratch document."""

    document: LeanDocument | None = None
    environment: LanguageServerEnvironment | None = None
    scratch: Scratch | None = None
    busy: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class OpenDocuments:
    """Documents by their path, at most `limit` at once: each of them costs a Lean worker.

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
            if entry.document is None:
                entry.document = await self._server.open(path, text)
            document = entry.document
            document.on_line = on_line
            try:
                if document.source.text != text:
                    await document.elaborate(text, timeout=timeout)
                elaboration = await document.settle(timeout)
            finally:
                document.on_line = None
            yield document, elaboration

    @contextlib.asynccontextmanager
    async def environment(
        self, path: Path, scratch: Scratch, is_artifact: IsArtifact
    ) -> AsyncGenerator[LanguageServerEnvironment]:
        """An environment for a hole, in a scratch document at `path`: the one of the last time, if it was for the same.

        Raises `QedError` where Lean shows no goal.
        """
        async with self._held(path) as entry:
            if entry.environment is None or entry.scratch != scratch:
                entry.environment = None
                if entry.document is None:
                    entry.document = await self._server.open(path, scratch.compose(()).text)
                entry.environment = await LanguageServerEnvironment.on(
                    entry.document, scratch, screen=screen_tactic, is_artifact=is_artifact
                )
                entry.scratch = scratch
            try:
                yield entry.environment
            except BaseException:
                # What was interrupted may still keep Lean busy: the next one begins anew.
                entry.environment = None
                raise

    @contextlib.asynccontextmanager
    async def _held(self, path: Path) -> AsyncGenerator[_Entry]:
        entry = self._entries.setdefault(path, _Entry())
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
        if entry.document is not None:
            return
        opened = [each for each in self._entries.values() if each.document is not None]
        idle = (each for each in opened if not each.busy)
        for each in list(idle)[: max(len(opened) - self._limit + 1, 0)]:
            document, each.document, each.environment = each.document, None, None
            if document is not None:
                await document.close()

    async def close(self) -> None:
        """Closes all documents."""
        entries, self._entries = list(self._entries.values()), OrderedDict()
        for entry in entries:
            if entry.document is not None:
                with contextlib.suppress(QedError):
                    await entry.document.close()
