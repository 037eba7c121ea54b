"""When Python looks for garbage: not while somebody types.

A full collection looks at every object there is, and litellm alone brings half a million: a third of a second in
which no key is answered. So full collections are not left to Python, which counts objects. They run when nothing is
under way, and pass over what modules brought, which stays to the end.
"""

import asyncio
import gc
import sys
from collections.abc import Callable

_NEVER = 1_000_000_000
_LOOK_SECONDS = 1.0
_DUE = 20
"""Collections of young objects (some 10,000 each) after which a full one is worth its time."""
_OVERDUE = 500
"""After so many it does not wait any longer."""
_NEW_MODULES = 100


def calm() -> None:
    """From now on Python itself collects young objects only, which takes no time that anybody would see."""
    gc.set_threshold(1_000, 10, _NEVER)


async def collect_when_idle(busy: Callable[[], bool]) -> None:
    """Does the full collections that `calm` has put off, until it is cancelled; `busy` says when they are to wait."""
    modules = 0
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        if len(sys.modules) >= modules + _NEW_MODULES:
            modules = len(sys.modules)
            gc.freeze()
        due = gc.get_count()[2]
        if due >= _OVERDUE or (due >= _DUE and not busy()):
            gc.collect()
