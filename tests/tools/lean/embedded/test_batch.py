"""Batch mode: what `qed lean FILE` prints and returns, on the real Lean."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.tools.lean.embedded.client import assert_all_gone
from tools.lean.embedded.batch import run_batch
from tools.lean.embedded.install import Installation
from tools.lean.embedded.launch import lean_command

pytestmark = pytest.mark.lean

ENDLESS = "partial def spin (n : Nat) : Nat := spin (n % 7 + 1)\n#eval spin 0\n"
RUN = """
import sys
from tools.lean.embedded.batch import run_batch
from tools.lean.embedded.install import find_installed
installation = find_installed()
assert installation is not None
sys.exit(run_batch(installation, sys.argv[1:]))
"""


def test_messages_name_the_file_as_it_was_given(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "A.lean").write_text("theorem t : 1 = 2 := by\n  skip\n#check t\n#eval 1 + 1\n")
    command = lean_command(installation, ["sub/A.lean"])
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    # `rest` is the goal and the message of #check.
    first, *rest = done.stdout.splitlines()
    assert first == "sub/A.lean:1:21: error: unsolved goals"
    assert rest == ["⊢ 1 = 2", "t : 1 = 2", "2"]
    assert done.stderr == ""
    assert done.returncode == 1
    verbose = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "QED_LEAN_DEBUG": "1"}
    )
    assert "[DEBUG" in verbose.stderr
    assert verbose.stdout == done.stdout


def test_a_good_file_has_status_0(
    installation: Installation, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Good é.lean"
    file.write_text("theorem t (p : Prop) (h : p) : p := h\n")
    assert run_batch(installation, ["-DmaxHeartbeats=1000", str(file)], tmp_path) == 0
    assert capfd.readouterr() == ("", "")


def test_lean_reads_standard_input_and_knows_its_version(installation: Installation) -> None:
    text = "#check 𝕜\n"
    done = subprocess.run(
        lean_command(installation, ["--stdin"]), input=text, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("<stdin>:1:7: error")
    assert done.returncode == 1
    version = subprocess.run(lean_command(installation, ["--version"]), capture_output=True, text=True, check=True)
    assert installation.lean_version in version.stdout
    wrong = subprocess.run(lean_command(installation, ["--nonsense"]), capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "nonsense" in wrong.stderr


def test_a_missing_file_is_an_error(installation: Installation, tmp_path: Path) -> None:
    done = subprocess.run(
        lean_command(installation, [str(tmp_path / "None.lean")]), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "None.lean" in done.stderr + done.stdout


def test_a_path_through_a_link_is_followed(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "A.lean").write_text("#check Nat\n")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    done = subprocess.run(
        lean_command(installation, [str(tmp_path / "link" / "A.lean")]), capture_output=True, text=True, check=True
    )
    assert done.stdout == "Nat : Type\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupt_ends_lean(installation: Installation, tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "Endless.lean"
    file.write_text(ENDLESS)
    runner = subprocess.Popen([sys.executable, "-c", RUN, str(file)])
    try:
        lean = _first_child(runner.pid)
        time.sleep(1.5)
        runner.send_signal(number)
        assert runner.wait(10) == (130 if number == signal.SIGINT else -signal.SIGKILL)
        assert_all_gone([lean], within=10)
    finally:
        runner.kill()


def _first_child(pid: int) -> psutil.Process:
    for _ in range(200):
        children = psutil.Process(pid).children()
        if children:
            return children[0]
        time.sleep(0.05)
    raise AssertionError("no child")
