"""A real pseudo-terminal with `qed` in it, and the screen as a person sees it."""

import contextlib
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pexpect
import pyte

from tests.agent.command import LAUNCH, environment

PATIENCE_SECONDS = 180
CONFIG = """[lean]
toolchain = "embedded"

[model]
name = "scripted"

[models.scripted]
model = "hosted_vllm/test"
base_url = "{url}"
tool_calling = "native"
retries = 0
"""
"""Settings for a terminal with the embedded Lean and the scripted model at `url`."""


class Terminal:
    """`qed` in a terminal of a size. `screen` is what stands on it, `kind` its TERM."""

    def __init__(
        self, folder: Path, *arguments: str, rows: int = 36, columns: int = 120, kind: str = "xterm-256color"
    ) -> None:
        self._emulated: Any = pyte.Screen(columns, rows)
        self._stream: Any = pyte.ByteStream(self._emulated)
        self.written = b""
        """Everything that came from the process."""
        # The size that shells and test runners export is not that of this terminal.
        variables = environment(folder, TERM=kind, COLORTERM="truecolor", COLUMNS="77", LINES="33")
        self.process: Any = pexpect.spawn(
            LAUNCH[0], [*LAUNCH[1:], *arguments], cwd=str(folder), env=variables, dimensions=(rows, columns)
        )

    @property
    def screen(self) -> str:
        """The lines of the screen."""
        self._read()
        return "\n".join(line.rstrip() for line in self._emulated.display)

    def _read(self) -> None:
        with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
            while data := self.process.read_nonblocking(65536, timeout=0.02):
                self.written += data
                # pyte does not know all that modern terminals are told; what it does not know it shows as text.
                self._stream.feed(_without_private(data))

    def until(self, condition: Callable[[str], object], what: str) -> str:
        """Waits until the screen is as wished; fails when it never is."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            screen = self.screen
            if condition(screen):
                return screen
            if not self.process.isalive():
                self._read()
                break
            time.sleep(0.05)
        raise AssertionError(f"never: {what}\n{self.screen}")

    def shows(self, *texts: str) -> str:
        """Waits until the screen has all these texts."""
        return self.until(lambda screen: all(text in screen for text in texts), " + ".join(texts))

    def types(self, text: str) -> None:
        """Types a text, as fast as a person who is fast."""
        for character in text:
            self.process.send(character)
            time.sleep(0.005)

    def resize(self, rows: int, columns: int) -> None:
        """Gives the terminal another size."""
        self._emulated.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def hang_up(self) -> None:
        """Closes the window: the terminal is gone."""
        self.process.ptyproc.fileobj.close()

    def ends(self) -> int:
        """Waits for the end of the process; its exit status."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while self.process.isalive() and time.monotonic() < ends:
            self._read()
        self.process.close()
        assert self.process.exitstatus is not None, f"ended by signal {self.process.signalstatus}"
        return int(self.process.exitstatus)


def _without_private(data: bytes) -> bytes:
    """Without the requests that pyte would print: keyboard protocol (CSI > u, CSI < u, CSI = u) and CSI … t."""
    import re

    return re.sub(rb"\x1b\[(?:[<>=][0-9;]*[a-zA-Z]|[0-9;]*t|\?[0-9;]*\$p)", b"", data)


@contextlib.contextmanager
def terminal(
    folder: Path, *arguments: str, rows: int = 36, columns: int = 120, kind: str = "xterm-256color"
) -> Generator[Terminal]:
    """`qed` in a terminal, ended in any case."""
    opened = Terminal(folder, *arguments, rows=rows, columns=columns, kind=kind)
    try:
        yield opened
    finally:
        with contextlib.suppress(pexpect.ExceptionPexpect):  # somebody has waited for its end already
            opened.process.close(force=True)
