"""Undo and the session's diff, over the journal."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.workbench.writes import last_written, undo_last, written_since
from tools.errors import ExitCode, QedError
from tools.lean.writeback import FileSnapshot, digest, write


def _write(path: Path, text: str, *names: str) -> None:
    write(FileSnapshot.read(path), text, declarations=names)


def test_the_last_write_of_this_project_is_taken_back(tmp_path: Path) -> None:
    here, there = tmp_path.resolve() / "here", tmp_path.resolve() / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "A.lean").write_text("one\n")
    _write(here / "A.lean", "two\n", "t")
    _write(there / "A.lean", "elsewhere\n")
    undone = undo_last(here)
    assert (here / "A.lean").read_text() == "one\n"
    assert (there / "A.lean").read_text() == "elsewhere\n"
    assert undone.declarations == ("t",)
    assert "-two" in undone.diff
    assert "+one" in undone.diff
    with pytest.raises(QedError) as raised:
        undo_last(here)
    assert raised.value.exit_code is ExitCode.NOTHING_TO_UNDO


def test_a_file_changed_since_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "A.lean"
    path.write_text("one\n")
    _write(path, "two\n")
    path.write_text("mine\n")
    with pytest.raises(QedError) as raised:
        undo_last(tmp_path.resolve())
    assert raised.value.exit_code is ExitCode.CHANGED_ON_DISK
    assert path.read_text() == "mine\n"


def test_the_diff_of_a_session_goes_from_its_beginning_to_now(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "A.lean"
    path.write_text("one\nkept\n")
    begin = datetime.now(UTC) - timedelta(seconds=1)
    _write(path, "two\nkept\n")
    _write(path, "three\nkept\n")
    diff = written_since(tmp_path.resolve(), begin)
    assert "-one" in diff
    assert "+three" in diff
    assert "two" not in diff
    assert written_since(tmp_path.resolve(), datetime.now(UTC) + timedelta(seconds=1)) == ""


def test_the_digest_of_the_last_write_also_of_one_taken_back(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "A.lean"
    path.write_text("one\n")
    assert last_written(path) == ""
    _write(path, "two\n")
    path.with_name("Link.lean").symlink_to(path)
    assert last_written(path.with_name("Link.lean")) == last_written(path) == digest(b"two\n")
    undo_last(tmp_path.resolve())
    assert last_written(path) == digest(b"one\n")
