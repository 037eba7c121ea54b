"""A pseudo-terminal that knows to a fraction of a millisecond when `qed` wrote what into it.

It does not draw: what is waited for is looked for in the bytes, so that the clock is not that of a terminal emulator.
"""

import contextlib
import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pexpect
import psutil

from tests.agent.command import environment

QED = "from agent.cli.main import main; main()"
ROWS, COLUMNS = 36, 120
BYTECODE = Path(tempfile.gettempdir()) / "qed-benchmark-bytecode"
"""Where compiled modules are kept from run to run: what is installed is compiled, and a checkout may not be."""
_PATIENCE_SECONDS = 60.0
_END_SECONDS = 10.0
_MIB = 1 << 20


class WatchedTerminal:
    """A Python program in a terminal. All times are `time.perf_counter()`; `began` is when it was started."""

    def __init__(self, folder: Path, *arguments: str, program: str = QED) -> None:
        variables = environment(folder, TERM="xterm-256color", COLORTERM="truecolor", PYTHONPYCACHEPREFIX=str(BYTECODE))
        for name in ("COLUMNS", "PYTHONDONTWRITEBYTECODE"):
            variables.pop(name, None)
        self._heard = bytearray()
        self.began = time.perf_counter()
        self.process: Any = pexpect.spawn(
            sys.executable, ["-c", program, *arguments], cwd=str(folder), env=variables, dimensions=(ROWS, COLUMNS)
        )

    def press(self, keys: str) -> float:
        """Writes keys, and forgets what was written before; when that was."""
        self._heard.clear()
        now = time.perf_counter()
        os.write(self.process.child_fd, keys.encode())
        return now

    def shows(self, *texts: str) -> float:
        """Waits until one of some texts has come since the last keys; when that was. Raises AssertionError if it never
        does.
        """
        wanted, ends = [text.encode() for text in texts], time.perf_counter() + _PATIENCE_SECONDS
        now = time.perf_counter()
        while not any(each in self._heard for each in wanted):
            if now > ends or not self._read(ends - now):
                raise AssertionError(f"never shown: {texts}\n{self._heard[-2000:].decode(errors='replace')}")
            now = time.perf_counter()
        return now

    def rest(self, seconds: float) -> None:
        """Lets it write for some time."""
        ends = time.perf_counter() + seconds
        while (left := ends - time.perf_counter()) > 0:
            self._read(left)

    def quiet(self, seconds: float) -> float:
        """Waits until it has written nothing for so long; when the last bytes came. A cursor that blinks never rests:
        raises AssertionError after a while.
        """
        last = time.perf_counter()
        ends = last + _PATIENCE_SECONDS
        while self._read(seconds):
            last = time.perf_counter()
            assert last < ends, "it never stops to write"
        return last

    def memory(self) -> float:
        """Its resident memory, MiB; that of its children is not counted."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / _MIB

    def end(self) -> None:
        """Ends it as a terminal does that is closed, and when that does not help, at once."""
        self.process.kill(signal.SIGHUP)
        ends = time.perf_counter() + _END_SECONDS
        while self.process.isalive() and time.perf_counter() < ends:
            self._read(0.05)
        if self.process.isalive():
            self.process.kill(signal.SIGKILL)
            self.process.wait()
        self.process.close()

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.process.child_fd], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self.process.child_fd, 1 << 16)
        except OSError:  # it has ended
            return False
        self._heard += data
        return bool(data)


@contextlib.contextmanager
def watched(folder: Path, *arguments: str, program: str = QED) -> Generator[WatchedTerminal]:
    """A program in a terminal, ended in any case."""
    terminal = WatchedTerminal(folder, *arguments, program=program)
    try:
        yield terminal
    finally:
        terminal.end()
