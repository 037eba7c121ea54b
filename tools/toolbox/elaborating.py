"""Tells how far Lean is in a file, once that takes long."""

import asyncio
import time
from pathlib import Path
from types import TracebackType

from tools.toolbox.tool import Report

_QUIET_SECONDS = 0.3
_INTERVAL_SECONDS = 0.1


class ElaborationReport:
    """Passes on the line that Lean works on, from 1; nothing at all where Lean is done within a moment.

    To be used as a context manager around the wait; `at_line` is what the document is to call meanwhile. Reports have
    the kind `elaboration`, with `path`, `line` and `lines`; the last one is of the last line.
    """

    def __init__(self, report: Report, path: Path, text: str) -> None:
        self._report, self._path = report, path
        self._lines = text.count("\n") + 1
        self._line = 1
        self._told = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> "ElaborationReport":
        self._timer = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self._tell)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._told:
            self._line = self._lines
            self._tell()

    def at_line(self, line: int) -> None:
        """Lean has come to a line, from 1."""
        self._line = min(max(line, 1), self._lines)
        if self._told and time.monotonic() - self._told >= _INTERVAL_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        data = {"kind": "elaboration", "path": str(self._path), "line": self._line, "lines": self._lines}
        self._report(f"elaborating {self._path.name}: line {self._line} of {self._lines}", data)
