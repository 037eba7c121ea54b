"""`--report` of `qed prove`: a look at the path before the run, and the report after it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.prover.report import RunReport
    from agent.prover.report_file import ReportFile
    from tools.errors import ExitCode, QedError


def report_file_at(path: str | None) -> "ReportFile | None":
    """Where the report is to be written, None where none is wanted. Raises `QedError` for a path that will not do."""
    if path is None:
        return None
    from agent.prover.report_file import ReportFile

    return ReportFile.at(Path(path))


def write_report(
    file: "ReportFile | None", report: "RunReport", on_error: "Callable[[Path, QedError], None]"
) -> "ExitCode | None":
    """Writes the report, if one is wanted; the exit code where that failed."""
    if file is None:
        return None
    from tools.errors import QedError

    try:
        file.write(report, datetime.now().astimezone())
    except QedError as error:
        on_error(file.path, error)
        return error.exit_code
    return None
