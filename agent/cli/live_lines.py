"""Lines at the end of what a terminal shows that are drawn again and again, while other lines appear above them."""

import threading
import time
from collections.abc import Callable, Sequence

from rich.console import Console, RenderableType
from rich.control import Control
from rich.segment import ControlType, Segment, Segments

from agent.cli.work_table import Line

_REFRESH_SECONDS = 0.1
_SHARE = 0.01
"""Drawing may take this share of a processor: where it is slow, it is done less often."""


class LiveLines:
    """Draws what `lines` returns for a width and a height in cells, in a thread of its own.

    It asks ten times a second at most, and draws only what has changed. `lock` is held while it asks and draws; who
    changes what `lines` tells must hold it as well.
    """

    def __init__(self, console: Console, lines: Callable[[int, int], Sequence[Line]]) -> None:
        self.lock = threading.RLock()
        self._console = console
        self._lines = lines
        self._drawn: Sequence[Line] = ()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether it draws."""
        return self._thread is not None

    def start(self) -> None:
        """Begins to draw."""
        if self._thread is None:
            self._over.clear()
            self._thread = threading.Thread(target=self._run, name="live lines", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends drawing; the lines are gone then."""
        if self._thread is not None:
            self._over.set()
            self._thread.join()
            self._thread = None
            with self.lock:
                self._write(())

    def above(self, *texts: RenderableType) -> None:
        """Prints lines that stay, above those that move."""
        with self.lock, self._console:  # one piece of output, so that nothing flickers
            drawn = self._drawn
            self._write(())
            for text in texts:
                self._console.print(text)
            self._write(drawn)

    def draw(self) -> None:
        """Draws now, if there is something new."""
        with self.lock:
            width, height = self._console.size
            lines = self._lines(width - 1, height - 1)
            if lines != self._drawn:
                self._write(lines)

    def _run(self) -> None:
        pause = _REFRESH_SECONDS
        while not self._over.wait(pause):
            began = time.thread_time()
            try:
                self.draw()
            except OSError:  # the terminal is gone
                return
            pause = max(_REFRESH_SECONDS, (time.thread_time() - began) / _SHARE)

    def _write(self, lines: Sequence[Line]) -> None:
        segments = [_clearing(self._drawn, self._console.width)] if self._drawn else []
        for number, line in enumerate(lines):
            segments += [Segment("\n")] if number else []
            segments += [Segment(text, self._console.get_style(style)) for text, style in line]
        if segments:
            self._console.print(Segments(segments), end="", soft_wrap=True)
        self._drawn = lines


def _clearing(lines: Sequence[Line], width: int) -> Segment:
    """What clears lines that were drawn. In a window that has become narrower each may take several rows by now."""
    cells = (sum(Segment(text).cell_length for text, _ in line) for line in lines)
    rows = sum(max(1, -(-each // max(width, 1))) for each in cells)
    one = (ControlType.ERASE_IN_LINE, 2)
    return Control(ControlType.CARRIAGE_RETURN, one, *((ControlType.CURSOR_UP, 1), one) * (rows - 1)).segment
