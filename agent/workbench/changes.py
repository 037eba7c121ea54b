"""Lean files that change on the disk while qed looks at the project."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_DEBOUNCE_MILLISECONDS = 200
_CHECK_MILLISECONDS = 50
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class FileChange:
    """A Lean file whose content is another one than was last seen. `by`: qed itself, or somebody else."""

    path: Path
    what: Literal["changed", "added", "deleted"]
    by: Literal["qed", "somebody else"]


@dataclass
class FileChanges:
    """Watches a project. Costs nothing while nothing happens: the system tells of changes."""

    root: Path
    _seen: dict[Path, str | None] = field(default_factory=dict[Path, str | None])
    _own: set[Path] = field(default_factory=set[Path])

    def saw(self, paths: Sequence[Path]) -> None:
        """These files are as they are now: only what comes after counts as a change. Blocks; for a thread."""
        self._seen |= {path: _digest(path) for path in paths}

    def wrote(self, path: Path) -> None:
        """qed has written this file: the next change of it is its own."""
        self._own.add(path)

    async def changes(self) -> AsyncGenerator[Sequence[FileChange]]:
        """The changes as they come, several at once where they come together."""
        from watchfiles import _rust_notify as told

        while True:
            try:
                async with contextlib.aclosing(self._told()) as batches:
                    async for batch in batches:
                        yield batch
                return
            except* told.WatchfilesRustInternalError:
                pass  # a file whose name is no text was touched: what else was told with it is lost
            await asyncio.sleep(_PAUSE_SECONDS)
            if found := await asyncio.to_thread(self._compare_all):
                yield found

    async def _told(self) -> AsyncGenerator[Sequence[FileChange]]:
        from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]

        watching = awatch(
            self.root,
            watch_filter=lambda _, path: self._is_ours(Path(path)),
            debounce=_DEBOUNCE_MILLISECONDS,
            step=_CHECK_MILLISECONDS,
            ignore_permission_denied=True,
        )
        async for batch in watching:
            paths = sorted({Path(path) for _, path in batch})
            if found := await asyncio.to_thread(self._compare, paths):
                yield found

    def _is_ours(self, path: Path) -> bool:
        relative = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        return path.suffix == ".lean" and not any(part.startswith(".") for part in relative.parts)

    def _compare_all(self) -> list[FileChange]:
        from tools.lean.project_files import project_files

        return self._compare(sorted({*self._seen, *project_files(self.root).paths}))

    def _compare(self, paths: Sequence[Path]) -> list[FileChange]:
        compared = (self._compare_one(path) for path in paths)
        return [change for change in compared if change is not None]

    def _compare_one(self, path: Path) -> FileChange | None:
        known, before, now = path in self._seen, self._seen.get(path), _digest(path)
        if before == now:
            return None
        self._seen[path] = now
        by = "qed" if path in self._own else "somebody else"
        self._own.discard(path)
        if now is None:
            return FileChange(path, "deleted", by)
        return FileChange(path, "changed" if known and before is not None else "added", by)


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
