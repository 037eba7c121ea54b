"""The report of a run as a file."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.prover.report import RunReport
from agent.prover.report_file import ReportFile
from tools.errors import ExitCode, QedError

WHEN = datetime(2026, 2, 3, tzinfo=UTC)
REPORT = RunReport(files=(), errors=())


def test_the_suffix_says_what_is_written(tmp_path: Path) -> None:
    for name in ("a.html", "b.HTM", "c.json"):
        ReportFile.at(tmp_path / name).write(REPORT, WHEN)
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")
    assert (tmp_path / "b.HTM").read_text() == (tmp_path / "a.html").read_text()
    assert RunReport.model_validate_json((tmp_path / "c.json").read_bytes()) == REPORT
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.html", "b.HTM", "c.json"]


def test_a_report_that_is_there_is_replaced_and_a_link_stays(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    real.chmod(0o644)
    link.symlink_to(real)
    ReportFile.at(link).write(REPORT, WHEN)
    assert link.is_symlink() and real.read_text() != "old" and real.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", ["report", "report.txt", "A.lean", "folder.html", "pipe.json", "nowhere/report.html"])
def test_paths_that_will_not_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.html").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(QedError) as error:
        ReportFile.at(tmp_path / name)
    assert error.value.exit_code == ExitCode.USAGE and error.value.hint and name in error.value.message


def test_places_that_may_not_be_written(tmp_path: Path) -> None:
    file, beneath = tmp_path / "a.html", tmp_path / "file"
    file.touch(mode=0o444)
    beneath.touch()
    for path in (file, beneath / "a.html", tmp_path / ("x" * 300 + ".html")):
        with pytest.raises(QedError) as error:
            ReportFile.at(path)
        assert error.value.exit_code == ExitCode.WRITE_FAILED


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(QedError) as error:
        ReportFile.at(tmp_path / "a.html")
    assert error.value.exit_code == ExitCode.WRITE_FAILED
