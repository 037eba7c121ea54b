"""Ctrl+Z: a process that is stopped spends nothing of its time, and leaves the terminal as the shell wants it."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Generator


@contextlib.contextmanager
def suspending(pause: Callable[[], None], resume: Callable[[], None]) -> Generator[None]:
    """While it is entered, Ctrl+Z calls `pause` and stops the process; when it goes on (`fg`), `resume` is called."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        pause()
        os.kill(os.getpid(), signal.SIGSTOP)  # comes back when somebody says SIGCONT
        resume()

    loop.add_signal_handler(signal.SIGTSTP, stop)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTSTP)
