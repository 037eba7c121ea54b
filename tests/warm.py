"""Places at the shared Lean that stay open from test to test: a new Lean worker takes seconds of a processor."""

import contextlib
import itertools
from collections.abc import AsyncGenerator
from pathlib import Path
from weakref import WeakKeyDictionary

from tools.environment.desk import Desk
from tools.environment.desks import Desks
from tools.lean.server import LeanServer

_numbers = itertools.count(1)
_free: WeakKeyDictionary[LeanServer, list[Desk]] = WeakKeyDictionary()
_desks: WeakKeyDictionary[LeanServer, dict[tuple[Path, int], Desks]] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def warm_desk(lean: LeanServer) -> AsyncGenerator[Desk]:
    """A desk for this block alone. Its document is that of an earlier test, if there was one."""
    free = _free.setdefault(lean, [])
    desk = free.pop() if free else Desk(lean, Path(f"/scratch/Warm{next(_numbers)}.lean"))
    try:
        yield desk
    finally:
        free.append(desk)


def warm_desks(lean: LeanServer, file: Path, size: int) -> Desks:
    """So many desks for a file: those of an earlier test, if there was one."""
    desks = _desks.setdefault(lean, {})
    # Those of another size are other desks, and have other documents.
    return desks.setdefault((file, size), Desks(lean, file.with_name(f"{size}-{file.name}"), size))
