"""How often is painted what comes by itself, so that a key never waits behind it for long."""

import os
import time
from collections.abc import Callable

_TYPING_SECONDS = 0.4
_SLOWER = 4.0


_FRAMES_A_SECOND = "250"


def paint_at_once() -> None:
    """Has Textual paint what has changed within milliseconds; to be called before Textual is imported.

    At its 60 frames a second it lets up to two periods, 33 ms, pass after a frame before the next: a key that comes
    just after the frame of a stream waited for all of them. How often streams are painted is our own business below.
    """
    os.environ.setdefault("TEXTUAL_FPS", _FRAMES_A_SECOND)


class Pace:
    """Who paints a stream asks how long to wait between two paintings: longer while somebody types.

    A painting takes 10 to 25 ms, and a key that comes in its middle waits for its end: what is read out of the corner
    of the eye while typing is painted less often for as long. `clock` gives the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._typed_at = float("-inf")

    def typed(self) -> None:
        """A key was pressed."""
        self._typed_at = self._clock()

    def between(self, seconds: float) -> float:
        """The seconds between two paintings, where `seconds` are enough for a person who only watches."""
        return seconds * (_SLOWER if self._clock() - self._typed_at < _TYPING_SECONDS else 1.0)
