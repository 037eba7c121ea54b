"""The terminal around the app: its title, and file descriptor 2, on which nothing may scribble over the screen."""

import contextlib
import os
import sys
from collections.abc import Generator
from pathlib import Path

from agent.visible import shown

PUSH_TITLE = "\x1b[22;2t"
POP_TITLE = "\x1b[23;2t"


def title(text: str) -> str:
    """The sequence that sets the title of the terminal's window."""
    return f"\x1b]2;{shown(text)}\x07"


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
    drawing = os.fdopen(screen, "w", encoding="utf-8", errors="replace", closefd=False)
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
