"""The report of a run as a file: a page for people, or JSON for programs."""

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from agent.prover.html_report import page
from agent.prover.report import RunReport
from tools.errors import ExitCode, QedError
from tools.lean.atomic import put_in_place, stage

_PAGES, _OBJECTS = (".html", ".htm"), (".json",)


@dataclass(frozen=True)
class ReportFile:
    """Where a report goes; what kind it is says the suffix."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Self:
        """A path at which a report can be written, as far as one can know before. Raises `QedError`."""
        if path.suffix.lower() not in _PAGES + _OBJECTS:
            kinds = ", ".join(_PAGES + _OBJECTS)
            raise _refused(f"{path}: no kind of report", f"The name says what is written: it ends with one of {kinds}.")
        target = path.resolve()  # a link stays a link
        try:
            mode = target.stat().st_mode
        except FileNotFoundError:
            mode = None
        except OSError as error:
            raise _not_writable(path, error.strerror or str(error)) from error
        if mode is not None and not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "no ordinary file"
            raise _refused(f"{path} is {what}", "Name a file for the report; one that is there is replaced.")
        if not target.parent.is_dir():
            raise _refused(f"{path}: there is no folder {path.parent}", "Make the folder first, or name another.")
        if mode is not None and not (mode & stat.S_IWUSR and os.access(target, os.W_OK)):
            raise _not_writable(path, "the file is read-only")
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise _not_writable(path, f"the folder {path.parent} is read-only")
        return cls(target)

    def write(self, report: RunReport, when: datetime) -> None:
        """Writes a report whose run has ended `when`; nobody sees it half written. Raises `QedError`."""
        as_page = self.path.suffix.lower() in _PAGES
        text = page(report, when) if as_page else f"{report.model_dump_json(indent=2)}\n"
        put_in_place(stage(self.path, text.encode(), imitate=self.path.exists()), self.path)


def _refused(problem: str, hint: str) -> QedError:
    return QedError(problem, hint=hint, exit_code=ExitCode.USAGE)


def _not_writable(path: Path, why: str) -> QedError:
    return QedError(
        f"{path} cannot be written: {why}", hint="Name another place for the report.", exit_code=ExitCode.WRITE_FAILED
    )
