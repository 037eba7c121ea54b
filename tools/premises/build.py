"""Making the index, and bringing it up to date: only modules whose file has changed are read again."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from tools.lean.olean.format import OleanError
from tools.premises.declarations import Module, ModuleFile
from tools.premises.modules import LibraryRoots
from tools.premises.store import Stamp, Store, StoredModule, discard, store_path

Progress = Callable[[int, int], None]
"""Told how many modules of how many have been read."""

_WAIT_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build found: the modules that the imports reach, how many of them it read, and which it could not.

    `missing` are imported and lie in no folder; `unreadable` are names with what is wrong with the file.
    """

    modules: tuple[StoredModule, ...]
    read: int
    missing: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]


class BuildInterruptedError(Exception):
    """The build was told to stop; what it had read is kept."""


class IndexBuilder:
    """Brings the index of some library folders up to date for a file's imports."""

    def __init__(self, roots: LibraryRoots, *, path: Path | None = None, stop: threading.Event | None = None) -> None:
        self._roots = roots
        self.path = path or store_path(roots.folders)
        self._stop = stop or threading.Event()

    def update(self, imports: Sequence[str], progress: Progress = lambda _done, _all: None) -> BuildReport:
        """Reads what is new or changed among the modules that the imports reach.

        One process at a time builds; others wait, and find it done. A damaged index is made afresh. Raises `QedError`,
        and `BuildInterruptedError` when told to stop.
        """
        try:
            return self._update(imports, progress)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                raise
            discard(self.path)
            return self._update(imports, progress)

    def _update(self, imports: Sequence[str], progress: Progress) -> BuildReport:
        with Store.opened(self.path) as store:
            plan = self._plan(store, imports)
            if not plan.stale:
                return plan.report(store.modules(), 0)
        # Another process may be at it: what it has read meanwhile need not be read again.
        with self._alone(), Store.opened(self.path) as store:
            plan = self._plan(store, imports)
            self._read(store, plan, progress)
            return plan.report(store.modules(), len(plan.stale))

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        """Waits until no other process builds this index."""
        lock = FileLock(self.path.with_suffix(".lock"))
        while not lock.is_locked:
            self._check_stop()
            with contextlib.suppress(Timeout):
                lock.acquire(timeout=_WAIT_SECONDS)
        try:
            yield
        finally:
            lock.release()

    def _plan(self, store: Store, imports: Sequence[str]) -> "_Plan":
        """Walks the imports: which modules there are, each after those that it imports, and which are to be read."""
        known = store.modules()
        plan = _Plan([], {}, [])
        seen: set[str] = set()
        stack: list[tuple[str, list[str] | None]] = [(name, None) for name in reversed(imports)]
        while stack:
            self._check_stop()
            name, rest = stack.pop()
            if rest is None:
                if name in seen:
                    continue
                seen.add(name)
                rest = list(self._visit(name, known, plan))
            while rest:
                above = rest.pop()
                if above not in seen:
                    stack += ((name, rest), (above, None))
                    break
            else:
                if name not in plan.missing:
                    plan.order.append(name)
        return plan

    def _visit(self, name: str, known: dict[str, StoredModule], plan: "_Plan") -> Sequence[str]:
        """Finds a module; returns what it imports."""
        stored = known.get(name)
        if stored is not None:
            try:
                if Stamp.of(stored.path) == stored.stamp:
                    return stored.imports
            except OSError:
                pass  # it lies elsewhere now, or is gone
        path = self._roots.find(name)
        if path is None:
            plan.missing.append(name)
            return ()
        stamp = Stamp.of(path)
        try:
            file = ModuleFile(path)
            plan.stale[name] = _Stale(path, stamp, "")
            return file.imports()
        except (OleanError, OSError, IndexError) as error:
            plan.stale[name] = _Stale(path, stamp, str(error) or "damaged")
            return ()

    def _read(self, store: Store, plan: "_Plan", progress: Progress) -> None:
        if not plan.stale:
            return
        shapes = store.shapes()
        for done, name in enumerate(name for name in plan.order if name in plan.stale):
            self._check_stop()
            progress(done, len(plan.stale))
            stale = plan.stale[name]
            module: Module | None = None
            problem = stale.problem
            if not problem:
                try:
                    module = ModuleFile(stale.path).read(shapes)
                except (OleanError, OSError) as error:
                    problem = str(error) or "damaged"
            store.add(name, stale.path, stale.stamp, module, problem)
        progress(len(plan.stale), len(plan.stale))

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise BuildInterruptedError


@dataclass(frozen=True, slots=True)
class _Stale:
    """A module that is to be read; `problem` if that is known to be vain."""

    path: Path
    stamp: Stamp
    problem: str


@dataclass(frozen=True, slots=True)
class _Plan:
    order: list[str]
    stale: dict[str, _Stale]
    missing: list[str]

    def report(self, stored: dict[str, StoredModule], read: int) -> BuildReport:
        modules = tuple(stored[name] for name in self.order if name in stored)
        unreadable = tuple((module.name, module.problem) for module in modules if module.problem)
        return BuildReport(modules, read, tuple(self.missing), unreadable)
