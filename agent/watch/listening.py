"""What the system tells of folders, gathered until it has been quiet for a while."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.errors import ExitCode, QedError

# The library's own thread looks into its box so often in a quiet time. Each look costs a tenth of a millisecond. It
# passes on at every second look what goes on all the time, and that has to be within a quiet time.
_LOOKS = 2.4
_LEAST_STEP_MILLISECONDS = 20
# A save that goes on for longer than so many quiet times is told as it is.
_MOST_QUIETS = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """Paths that something happened to; `missed`: there may be more that were not told."""

    paths: frozenset[Path] = frozenset()
    missed: bool = False


@dataclass
class Listening:
    """Listens to folders: everything beneath them, or (not `recursive`) what lies in them.

    `quiet_seconds`: so long nothing may happen before something is told.
    """

    folders: Sequence[Path]
    recursive: bool
    quiet_seconds: float
    _told: asyncio.Queue[Heard | Exception | None] = field(default_factory=asyncio.Queue[Heard | Exception | None])
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    # The library then passes over a limit of the system as well, without a word: only where there is need.
    _passes_over_closed_folders: bool = False

    async def begin(self) -> None:
        """What happens from the end of this call on is heard. Whoever begins ends."""
        self._task = asyncio.create_task(self._follow())
        # The library sets up its watch before it first waits for anything, thus in this one turn of the loop.
        await asyncio.sleep(0)

    def close(self) -> None:
        """Ends `hear`, now or at its next call."""
        self._told.put_nowait(None)

    async def end(self) -> None:
        """Waits until the library's thread is gone."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def hear(self, patience_seconds: float | None) -> Heard | None:
        """What has happened once it is quiet again: nothing when the patience is at its end, None when it is closed.

        Raises `QedError` where the system cannot tell.
        """
        gathered = Heard()
        until: float | None = None
        while True:
            wait = patience_seconds if until is None else min(self.quiet_seconds, max(until - time.monotonic(), 0))
            try:
                async with asyncio.timeout(wait):
                    heard = await self._told.get()
            except TimeoutError:
                return gathered
            if heard is None:
                return None
            if isinstance(heard, Exception):
                raise heard
            gathered = Heard(gathered.paths | heard.paths, gathered.missed or heard.missed)
            until = until if until is not None else time.monotonic() + _MOST_QUIETS * self.quiet_seconds

    @property
    def _step(self) -> int:
        """Milliseconds."""
        return max(_LEAST_STEP_MILLISECONDS, int(1000 * self.quiet_seconds / _LOOKS))

    async def _follow(self) -> None:
        try:
            while await self._follow_once():
                # The next watch is set up before anybody can hear this: what came in between is found by looking.
                self._told.put_nowait(Heard(missed=True))
        except Exception as error:
            self._told.put_nowait(error)

    async def _follow_once(self) -> bool:
        """Passes on what is told, until the end (False) or until the library loses something (True)."""
        from watchfiles import (
            _rust_notify as library,
        )
        from watchfiles import (
            awatch,  # pyright: ignore[reportUnknownVariableType]
        )

        watching = awatch(
            *self.folders,
            watch_filter=None,
            debounce=self._step,
            step=self._step,
            stop_event=self._stop,
            rust_timeout=0,
            recursive=self.recursive,
            ignore_permission_denied=self._passes_over_closed_folders,
        )
        try:
            async for batch in watching:
                self._told.put_nowait(Heard(frozenset(Path(path) for _, path in batch)))
        except ExceptionGroup as errors:
            # The library cannot tell of a name that is no text, nor of what else happened in the same moment.
            if errors.subgroup(library.WatchfilesRustInternalError) is None:
                raise
            return not self._stop.is_set()
        except PermissionError as error:
            if self._passes_over_closed_folders or not all(os.access(folder, os.R_OK) for folder in self.folders):
                raise _cannot_watch(self.folders, error) from error
            self._passes_over_closed_folders = True
            return True
        except (OSError, library.WatchfilesRustInternalError) as error:
            raise _cannot_watch(self.folders, error) from error
        return False


def _cannot_watch(folders: Sequence[Path], error: Exception) -> QedError:
    if gone := [folder for folder in folders if not folder.is_dir()]:
        return folder_gone(gone[0])
    return QedError(
        f"cannot watch {', '.join(map(str, folders))}: {error}",
        hint=_hint(error),
        exit_code=ExitCode.FILE_NOT_FOUND,
    )


def _hint(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "Allow reading it, or run qed as a user who may."
    return "Name a smaller folder or one file, or allow more watches (sysctl fs.inotify.max_user_watches)."


def folder_gone(folder: Path) -> QedError:
    """The error that says that what was watched is not there any more."""
    return QedError(
        f"{folder} is not there any more: it was deleted or moved while qed watched it",
        hint="Start qed again where the files are now.",
        exit_code=ExitCode.FILE_NOT_FOUND,
    )
