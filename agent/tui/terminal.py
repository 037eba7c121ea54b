"""The terminal around the app: its title, and file descriptor 2, on which nothing may scribble over the screen."""

import codecs
import contextlib
import functools
import io
import os
import sys
from collections.abc import Generator
from pathlib import Path

from textual.events import Resize
from textual.geometry import Size

from agent.visible import shown

PUSH_TITLE = "\x1b[22;2t"
POP_TITLE = "\x1b[23;2t"


def title(text: str) -> str:
    """The sequence that sets the title of the terminal's window."""
    return f"\x1b]2;{shown(text)}\x07"


def forgive_bytes() -> None:
    """Has Textual take bytes that are no UTF-8 for U+FFFD: by itself it is deaf to the keyboard from the first one on.

    They come from a terminal with another encoding, or from an old way of telling where the mouse is.
    """
    with contextlib.suppress(ImportError):  # Windows, where keys are no bytes
        from textual.drivers import linux_driver

        linux_driver.__dict__["getincrementaldecoder"] = _forgiving_decoder


def believe_no_variables() -> None:
    """Has Textual ask the terminal itself for its size: what a shell has exported is the size of another moment."""
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


def resize_to_window(event: Resize) -> Resize:
    """The event with the size that the window has now.

    Textual reads the size in a signal handler. Handlers of a storm of signals run inside one another, and the
    outermost, which was the first to read, is the last to tell: the app would stay with a size of long ago.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):  # no window (any more)
        out = sys.__stdout__ or sys.stdout
        size = Size(*os.get_terminal_size(out.fileno()))
        if size.area and size != event.size:
            return Resize(size, size)
    return event


def _forgiving_decoder(encoding: str) -> "functools.partial[codecs.IncrementalDecoder]":
    return functools.partial(codecs.getincrementaldecoder(encoding), errors="replace")


class _Screen(io.TextIOWrapper):
    """What Textual draws on. A window that was closed takes no more, which is no error: Textual's thread that draws
    would end with it, and the app wait for that thread for ever.
    """

    def write(self, text: str, /) -> int:
        """Writes, if there is somebody to read."""
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes, if there is somebody to read."""
        with contextlib.suppress(OSError):
            super().flush()


@contextlib.contextmanager
def quiet_stderr(log: Path) -> Generator[None]:
    """Sends what is written to file descriptor 2 into a file, but for what Textual draws.

    Textual draws on `sys.__stderr__`; libraries in C and child processes write to the descriptor itself, and would
    write across the screen. Raises nothing: without a log file the text is dropped.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        sink = os.open(os.devnull, os.O_WRONLY)
    sys.stderr.flush()
    screen = os.dup(2)
    before = sys.__stderr__
    drawing = _Screen(os.fdopen(screen, "wb", closefd=False), encoding="utf-8", errors="replace")
    os.dup2(sink, 2)
    os.close(sink)
    sys.__dict__["__stderr__"] = drawing
    try:
        yield
    finally:
        drawing.flush()
        sys.__dict__["__stderr__"] = before
        os.dup2(screen, 2)
        os.close(screen)
