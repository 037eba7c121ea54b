"""`qed watch` in a terminal and without one."""

import signal
from pathlib import Path

import pytest

from tests.agent.command import qed, start
from tests.agent.tui.terminal import terminal

EASY = "theorem easy (n : Nat) : n + 0 = n := by\n  sorry\n"
FALSE = "\ntheorem wrong (n m : Nat) : n + m = n := by\n  sorry\n"


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_a_suggestion_is_written_when_its_number_is_pressed(tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text("")
    with terminal(tmp_path, "watch", "--toolchain", "embedded") as screen:
        screen.shows("nothing to do until the next save")
        file.write_text(EASY + FALSE)
        screen.shows("A.lean:2 easy", "accepted", "A.lean:5 wrong", "disproved")
        assert file.read_text() == EASY + FALSE
        screen.types("9")  # there is no such line
        screen.types("1")
        screen.shows("written")
        assert file.read_text().count("sorry") == 1
        screen.types("q")
        assert screen.ends() == 0
        assert b"Traceback" not in screen.written


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_without_a_terminal_every_end_is_a_line(tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(EASY + FALSE)
    with start(tmp_path, "watch", "A.lean", "--now", "--write", "--toolchain", "embedded") as process:
        assert process.stderr is not None
        lines: list[str] = []
        while sum("easy: written" in line or "wrong: disproved" in line for line in lines) < 2:
            lines.append(process.stderr.readline())
            assert lines[-1], lines
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    assert file.read_text().count("sorry") == 1


def test_what_is_not_there(tmp_path: Path) -> None:
    done = qed(tmp_path, "watch", "Nowhere.lean")
    assert done.code == 10
    assert "Nowhere.lean" in done.err and "Traceback" not in done.err


def test_a_model_without_a_key_is_told_at_once(tmp_path: Path) -> None:
    done = qed(tmp_path, "watch", "--model", "openrouter/some/model", variables={"OPENROUTER_API_KEY": ""})
    assert done.code == 60
    assert "Traceback" not in done.err
