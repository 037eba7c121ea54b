"""A folder that is watched, and what was told of it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from agent.watch.changes import FileChange, FileChanges

PATIENCE_SECONDS = 60


class Told:
    """Follows the changes of a folder, and gathers what is told."""

    def __init__(self, changes: FileChanges) -> None:
        self.changes = changes
        self.root = changes.root
        self.seen: asyncio.Queue[FileChange] = asyncio.Queue()
        self._number = 0

    @classmethod
    async def begin(cls, changes: FileChanges) -> "tuple[Told, asyncio.Task[None]]":
        """Looks at the files, and follows from then on."""
        await asyncio.to_thread(changes.look)
        told = cls(changes)
        return told, asyncio.create_task(told.follow())

    async def follow(self) -> None:
        async with contextlib.aclosing(self.changes.changes()) as batches:
            async for batch in batches:
                for change in batch:
                    self.seen.put_nowait(change)

    async def next(self) -> FileChange:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.seen.get()

    async def everything(self) -> list[FileChange]:
        """All that has been told, and will be of what has happened so far.

        A file of ours, the last by name, is written twice: when the second write is told, what was looked at a second
        time is told too.
        """
        beacon = self.changes.file or self.root / "zzz.lean"
        found: list[FileChange] = []
        for _ in range(2):
            self._number += 1
            beacon.write_text(f"-- beacon {self._number}\n")
            while (change := await self.next()).path != beacon:
                found.append(change)
        return found


Watch = Callable[[FileChanges], AbstractAsyncContextManager[Told]]


@contextlib.asynccontextmanager
async def _watch(changes: FileChanges) -> AsyncGenerator[Told]:
    told, task = await Told.begin(changes)
    if changes.file is None:
        await told.everything()
    yield told
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file `A.lean` of one line."""
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    (folder / "A.lean").write_text("one\n")
    return folder


@pytest.fixture
def watch() -> Watch:
    """Watches until the block ends."""
    return _watch


@pytest.fixture
async def told(root: Path) -> AsyncGenerator[Told]:
    """What is told of the folder `root`."""
    async with _watch(FileChanges(root)) as following:
        yield following
