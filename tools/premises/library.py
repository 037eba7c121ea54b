"""The index of what a file can see, made when it is first wanted and kept up to date, beside the event loop."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from functools import cached_property

from tools.errors import ExitCode, QedError
from tools.lean.commands import Header
from tools.lean.toolchain import Toolchain
from tools.premises.build import BuildInterruptedError, BuildReport, IndexBuilder
from tools.premises.index import PremiseIndex
from tools.premises.modules import LibraryRoots, library_roots
from tools.premises.ranking import Embedder

TellPeople = Callable[[str], None]

_TOLD_EVERY = 50  # modules
_FRESH_SECONDS = 20.0


def imports_of(header: Header | None) -> tuple[str, ...]:
    """The modules that a file imports, `Init` among them unless it says `prelude`; None is a file without a header."""
    if header is None:
        return ("Init",)
    named = tuple(item.name for item in header.imports)
    return named if header.is_prelude else ("Init", *named)


class PremiseLibrary:
    """Indexes for the files of one toolchain (and project). For one event loop."""

    def __init__(self, toolchain: Toolchain, *, embedder: Embedder | None = None) -> None:
        self._toolchain = toolchain
        self._embedder = embedder
        self._lock = asyncio.Lock()
        self._open: tuple[BuildReport, PremiseIndex] | None = None
        self._seen: tuple[str, ...] = ()
        self._fresh_until = 0.0

    @cached_property
    def _roots(self) -> LibraryRoots:
        return library_roots(self._toolchain)

    async def index_for(self, imports: Sequence[str], tell: TellPeople = lambda _: None) -> PremiseIndex:
        """The index for a file with these imports; `tell` hears how far it is when it has to be made.

        Whether the modules are still what was read is looked at again after some seconds, not for every question.
        Cancelling it keeps what has been read. Raises `QedError` where there are no compiled modules, or the index
        cannot be kept.
        """
        async with self._lock:
            if self._open is not None and self._seen == tuple(imports) and time.monotonic() < self._fresh_until:
                return self._open[1]
            report, builder = await self._updated(imports, tell)
            if not any(not module.problem for module in report.modules):
                raise QedError(
                    f"no compiled library was found for {self._toolchain.describe()}", exit_code=ExitCode.LEAN_FAILED
                )
            self._seen, self._fresh_until = tuple(imports), time.monotonic() + _FRESH_SECONDS
            if self._open is not None and self._open[0].modules == report.modules and not report.read:
                return self._open[1]
            # The one before is not closed: another task may be asking it. It goes when nobody holds it any more.
            index = PremiseIndex(builder.path, report.modules, embedder=self._embedder)
            self._open = (report, index)
            return index

    async def _updated(self, imports: Sequence[str], tell: TellPeople) -> tuple[BuildReport, IndexBuilder]:
        """Brings the index up to date in a thread, which ends soon after this is cancelled."""
        stop, loop = threading.Event(), asyncio.get_running_loop()

        def progress(done: int, total: int) -> None:
            if done % _TOLD_EVERY == 0:
                text = f"building the index of premises: {done} of {total} modules"
                with contextlib.suppress(RuntimeError):  # the loop is gone
                    loop.call_soon_threadsafe(tell, text)

        def work() -> tuple[BuildReport, IndexBuilder]:
            builder = IndexBuilder(self._roots, stop=stop)
            return builder.update(imports, progress), builder

        try:
            return await asyncio.to_thread(work)
        except asyncio.CancelledError:
            stop.set()
            raise
        except BuildInterruptedError as error:
            raise QedError("the index of premises was not finished", exit_code=ExitCode.INTERRUPTED) from error
        except (sqlite3.Error, OSError) as error:
            raise QedError(f"the index of premises cannot be used: {error}", exit_code=ExitCode.WRITE_FAILED) from error

    def close(self) -> None:
        """Closes the index that was opened last."""
        if self._open is not None:
            self._open[1].close()
            self._open = None
            self._fresh_until = 0.0
