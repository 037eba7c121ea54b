"""Single keys from the terminal, while a command works."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Generator


@contextlib.contextmanager
def keys_pressed(on_key: Callable[[str], None]) -> Generator[None]:
    """Tells `on_key` each character that is typed, without waiting for Enter; Ctrl+C stays what it is.

    Where standard input is no terminal, or there are no such terminals (Windows), nothing is told.
    """
    if not sys.stdin.isatty():
        yield
        return
    try:
        import termios
        import tty
    except ImportError:
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    loop = asyncio.get_running_loop()

    def read() -> None:
        data = os.read(terminal, 1024)
        if not data:  # the terminal is gone
            loop.remove_reader(terminal)
        for character in data.decode(errors="ignore"):
            on_key(character)

    try:
        tty.setcbreak(terminal)
        loop.add_reader(terminal, read)
        yield
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
