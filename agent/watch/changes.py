"""Lean files that change on the disk while qed looks at them.

The system only says that something happened to a path. What is told here is another content: whatever an editor does
to save (truncate and write, rename over, move the original away and write anew), one save is one change.
"""

import asyncio
import contextlib
import stat
import threading
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from agent.watch.listening import Heard, Listening, folder_gone
from tools.errors import ExitCode, QedError
from tools.lean.project_files import project_files
from tools.lean.writeback import digest

_QUIET_SECONDS = 0.2
# A file that is found empty or gone, and was not, is looked at again after so many quiet times.
_SECOND_LOOK_QUIETS = 1.5
_EMPTY = digest(b"")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A Lean file whose content is another one than was last seen. `by`: qed itself, or somebody else."""

    path: Path
    what: Literal["changed", "added", "deleted"]
    by: Literal["qed", "somebody else"]


@dataclass
class FileChanges:
    """The changes of the Lean files of a project, or of the one `file`. Costs nothing while nothing happens.

    `quiet_seconds`: a save is told when nothing has happened for so long. Links that lead out of the project are left
    out, as `project_files` does; a `file` that is a link is followed to where it leads when `changes` begins.
    """

    root: Path
    file: Path | None = None
    quiet_seconds: float = _QUIET_SECONDS
    # The digest of each file as it was last seen; None for one that is not there.
    _seen: dict[Path, str | None] = field(default_factory=dict[Path, str | None])
    # The digests of what qed wrote and was not seen yet, oldest first.
    _own: dict[Path, list[str]] = field(default_factory=dict[Path, list[str]])
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _looked: bool = False
    _closed: bool = False
    _listening: Listening | None = None

    def __post_init__(self) -> None:
        self.root = self.root.absolute()
        self.file = self.file.absolute() if self.file is not None else None

    def look(self) -> None:
        """From now on it counts what happens: to be called before the files are read. Blocks; for a thread.

        `changes` does it as well where nobody has. Calling it again does nothing.
        """
        with self._looking:
            if not self._looked:
                self._seen = self._digests(self._all())
                self._looked = True

    def wrote(self, path: Path, sha256: str) -> None:
        """qed has just written this file, and `sha256` is the digest of it in hexadecimal."""
        self._own.setdefault(self._as_watched(path), []).append(sha256)

    def close(self) -> None:
        """Ends `changes`, for good; may be called from another task of the same loop."""
        self._closed = True
        if self._listening is not None:
            self._listening.close()

    async def changes(self) -> AsyncGenerator[Sequence[FileChange]]:
        """The changes as they come, several at once where they come together. For one consumer.

        Begins with what has changed since `look`. Raises `QedError` where nothing can be watched, and when the folder
        that is watched (of a `file`: the one it lies in) is deleted or moved.
        """
        folders = await asyncio.to_thread(self._folders)
        self._listening = listening = Listening(tuple(folders), self.file is None, self.quiet_seconds)
        try:
            await listening.begin()
            await asyncio.to_thread(self.look)
            doubtful, heard = frozenset[Path](), Heard(missed=True)
            while heard is not None and not self._closed:
                await asyncio.to_thread(_require_same, folders)
                concerned = await asyncio.to_thread(self._concerned, heard)
                found, doubtful = await self._compare(concerned, doubtful)
                if found:
                    yield found
                heard = await listening.hear(self.quiet_seconds * _SECOND_LOOK_QUIETS if doubtful else None)
        finally:
            self._listening = None
            await listening.end()

    async def _compare(
        self, concerned: frozenset[Path], doubtful: frozenset[Path]
    ) -> tuple[list[FileChange], frozenset[Path]]:
        """What has changed, and the files to be looked at once more: found empty or gone, perhaps within a save."""
        paths = sorted(concerned | doubtful)
        announced = {path: len(self._own.get(path, ())) for path in paths}
        digests = await asyncio.to_thread(self._digests, paths)
        settled = doubtful - concerned
        again = frozenset(
            path
            for path, now in digests.items()
            if now in (None, _EMPTY) and now != self._seen.get(path) and path not in settled
        )
        taken = [self._take(path, digests[path], announced[path]) for path in digests if path not in again]
        return [change for change in taken if change is not None], again

    def _take(self, path: Path, now: str | None, announced: int) -> FileChange | None:
        """Takes notice of what a file is now. `announced`: so many own writes were known before it was read."""
        own, known, before = self._own.get(path, []), path in self._seen, self._seen.get(path)
        is_own = now in own
        # What qed wrote over the text that was seen, and somebody took back before it was seen, is another text to qed.
        is_taken_back = announced > 0 and not is_own
        # Older own writes, or all of them where it is none, have been written over before they were seen.
        del own[: own.index(now) + 1 if now is not None and is_own else announced]
        if not own:
            self._own.pop(path, None)
        self._seen[path] = now
        if before == now and not is_taken_back:
            return None
        by = "qed" if is_own else "somebody else"
        if now is None:
            return FileChange(path, "deleted", by)
        return FileChange(path, "changed" if known and before is not None else "added", by)

    def _concerned(self, heard: Heard) -> frozenset[Path]:
        """The files to be compared after something was heard."""
        if heard.missed:
            return frozenset(self._all())
        if self.file is not None:
            return frozenset({self.file} if not heard.paths.isdisjoint(self._names()) else ())
        paths = [path for path in heard.paths if self._is_visible(path)]
        known = {path for path in paths if path in self._seen}
        new = {path for path in paths if path.suffix == ".lean"} - known
        folders = {folder for path in self._seen for folder in path.parents}
        moved = {path for path in paths if path in folders or path.is_dir()}
        if new or moved:
            # What belongs to the project is said in one place; new files are rare enough to ask there.
            there = {*self._seen, *project_files(self.root).paths}
            known |= {path for path in there if path in new or not moved.isdisjoint(path.parents)}
        return frozenset(known)

    def _all(self) -> Collection[Path]:
        if self.file is not None:
            return {self.file}
        return {*self._seen, *project_files(self.root).paths}

    def _is_visible(self, path: Path) -> bool:
        inside = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        return not any(part.startswith(".") for part in inside.parts)

    def _names(self) -> set[Path]:
        """The one file as it was named, and what it leads to."""
        assert self.file is not None
        return {self.file, _real(self.file)}

    def _as_watched(self, path: Path) -> Path:
        """A path as the system will name it when it tells of it."""
        real = _real(path)
        if self.file is not None:
            return self.file if real == _real(self.file) else path
        real_root = _real(self.root)
        return self.root / real.relative_to(real_root) if real.is_relative_to(real_root) else path

    def _folders(self) -> dict[Path, tuple[int, int]]:
        """The folders to be watched, and what tells each from another folder that takes its name later."""
        names = [self.root] if self.file is None else sorted({path.parent for path in self._names()})
        found = {folder: _identity(folder) for folder in names}
        there = {folder: identity for folder, identity in found.items() if identity is not None}
        if missing := [folder for folder in names if folder not in there]:
            raise QedError(f"there is no folder {missing[0]}", exit_code=ExitCode.FILE_NOT_FOUND)
        return there

    def _digests(self, paths: Collection[Path]) -> dict[Path, str | None]:
        """The digests of files, None for what is no file. Those that may not be read are left out."""
        within = _real(self.root) if self.file is None else None
        found = dict[Path, str | None]()
        for path in paths:
            with contextlib.suppress(OSError):
                found[path] = _digest(path, within)
        return found


def _require_same(folders: Mapping[Path, tuple[int, int]]) -> None:
    for folder, identity in folders.items():
        if _identity(folder) != identity:
            raise folder_gone(folder)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else None


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return path


def _digest(path: Path, within: Path | None) -> str | None:
    """The digest of a file; None for what is none or lies elsewhere. Raises `OSError` where it may not be read."""
    try:
        real = path.resolve(strict=True)
        if within is not None and not real.is_relative_to(within):
            return None
        # Opening a pipe would wait for its writer for ever.
        return digest(real.read_bytes()) if real.is_file() else None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, RuntimeError):
        return None
