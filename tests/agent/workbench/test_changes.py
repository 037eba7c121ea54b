"""Files that change on the disk are noticed, once each, and qed's own writes are known as such."""

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from agent.workbench.changes import FileChange, FileChanges

PATIENCE_SECONDS = 30


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncGenerator[tuple[Path, FileChanges, "asyncio.Queue[FileChange]"]]:
    """A folder with a file, and the changes of it as they come."""
    root = tmp_path.resolve() / "project"
    root.mkdir()
    (root / "A.lean").write_text("one\n")
    changes = FileChanges(root)
    changes.saw([root / "A.lean"])
    seen: asyncio.Queue[FileChange] = asyncio.Queue()

    async def follow() -> None:
        async for batch in changes.changes():
            for change in batch:
                seen.put_nowait(change)

    task = asyncio.create_task(follow())
    await _until_watching(root, seen)
    yield root, changes, seen
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _until_watching(root: Path, seen: "asyncio.Queue[FileChange]") -> None:
    """The system takes a moment to begin: probes until one is seen."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        number = 0
        while seen.empty():
            number += 1
            (root / "Probe.lean").write_text(f"{number}\n")
            await asyncio.sleep(0.3)
    await asyncio.sleep(0.5)
    while not seen.empty():
        seen.get_nowait()


async def _next(seen: "asyncio.Queue[FileChange]") -> FileChange:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await seen.get()


Watched = tuple[Path, FileChanges, "asyncio.Queue[FileChange]"]


async def test_a_change_an_addition_and_a_deletion(watched: Watched) -> None:
    root, _, seen = watched
    (root / "A.lean").write_text("two\n")
    assert await _next(seen) == FileChange(root / "A.lean", "changed", "somebody else")
    (root / "B.lean").write_text("new\n")
    assert await _next(seen) == FileChange(root / "B.lean", "added", "somebody else")
    (root / "B.lean").unlink()
    assert await _next(seen) == FileChange(root / "B.lean", "deleted", "somebody else")


async def test_an_own_write_is_known(watched: Watched) -> None:
    root, changes, seen = watched
    changes.wrote(root / "A.lean")
    (root / "A.lean").write_text("by qed\n")
    assert (await _next(seen)).by == "qed"
    (root / "A.lean").write_text("by a person\n")
    assert (await _next(seen)).by == "somebody else"


async def test_a_save_that_changes_nothing_is_no_change(watched: Watched) -> None:
    root, _, seen = watched
    (root / "A.lean").write_text("one\n")
    (root / "notes.txt").write_text("not Lean\n")
    (root / ".hidden.lean").write_text("hidden\n")
    (root / "Last.lean").write_text("last\n")
    assert (await _next(seen)).path == root / "Last.lean"


async def test_a_rename_over_the_file_is_a_change(watched: Watched) -> None:
    root, _, seen = watched
    (root / "A.lean~").write_text("three\n")
    (root / "A.lean~").replace(root / "A.lean")
    change = await _next(seen)
    assert (change.path, change.what) == (root / "A.lean", "changed")


async def test_a_name_that_is_no_text_does_not_end_it(
    watched: tuple[Path, FileChanges, "asyncio.Queue[FileChange]"],
) -> None:
    root, _, seen = watched
    (root / os.fsdecode(b"B\xff.lean")).write_text("three\n")
    (root / "A.lean").write_text("two\n")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (change := await seen.get()).path != root / "A.lean":
            pass
    assert change == FileChange(root / "A.lean", "changed", "somebody else")
