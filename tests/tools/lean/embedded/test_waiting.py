"""Batch processes that are started before their file is known, on the real Lean."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.tools.lean.embedded.client import PATIENCE, assert_all_gone
from tools.lean.embedded.install import Installation
from tools.lean.embedded.launch import lean_command, waiting_lean_command, waiting_lean_request

pytestmark = pytest.mark.lean

GOOD = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩\n"
BAD = "theorem wrong : 1 = 2 := by\n  decide\n#check Nat\n"
ENDLESS = "partial def spin (n : Nat) : Nat := spin (n % 7 + 1)\n#eval spin 0\n"
# Starts a waiting process, prints its process id, and passes on what it is told to send.
PARENT = """
import subprocess, sys
waiting = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
print(waiting.pid, flush=True)
for line in sys.stdin:
    waiting.stdin.write(line.encode())
    waiting.stdin.flush()
    print("sent", flush=True)
"""


def answer(installation: Installation, sent: bytes) -> "subprocess.CompletedProcess[bytes]":
    """What a waiting process makes of its input."""
    command = waiting_lean_command(installation)
    return subprocess.run(command, input=sent, capture_output=True, check=False, timeout=PATIENCE)


def test_it_runs_what_it_is_told_as_lean_does(installation: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "é 𝕜"
    folder.mkdir()
    (folder / "A.lean").write_text(BAD)
    arguments = ["-j4", "--json", "-DmaxHeartbeats=1000", "A.lean"]
    waited = answer(installation, waiting_lean_request(folder, arguments))
    plain = subprocess.run(lean_command(installation, arguments), cwd=folder, capture_output=True, check=False)
    assert waited.returncode == plain.returncode == 1
    assert waited.stdout == plain.stdout
    messages = [json.loads(line) for line in waited.stdout.splitlines()]
    assert [message["severity"] for message in messages] == ["error", "information"]
    assert {message["fileName"] for message in messages} == {"A.lean"}
    assert waited.stderr == b""


def test_it_writes_what_the_kernel_took(installation: Installation, tmp_path: Path) -> None:
    written = tmp_path / "written"
    written.mkdir()
    (tmp_path / "A.lean").write_text(GOOD)
    request = waiting_lean_request(tmp_path, ["--json", "-o", str(written / "A.olean"), "A.lean"])
    done = answer(installation, request)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    names = ("A.olean", "A.olean.server", "A.olean.private")
    assert any(b"swap" in (written / name).read_bytes() for name in names)


def test_without_a_line_it_ends_well(installation: Installation) -> None:
    done = answer(installation, b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert answer(installation, b'{"cwd": "/", "argum').returncode == 0


@pytest.mark.parametrize(
    "line", [b"nonsense\n", b"[]\n", b'{"cwd": "/nowhere", "arguments": []}\n', b'{"cwd": "/", "arguments": [1]}\n']
)
def test_a_line_that_is_none_is_an_error(installation: Installation, line: bytes) -> None:
    done = answer(installation, line)
    assert done.returncode == 2
    assert done.stderr.startswith(b"lean: ")
    assert done.stdout == b""


def test_what_follows_the_line_is_leans_input(installation: Installation, tmp_path: Path) -> None:
    done = answer(installation, waiting_lean_request(tmp_path, ["--stdin"]) + "#check Nat -- 𝕜\n".encode())
    assert (done.returncode, done.stdout) == (0, b"Nat : Type\n")
    version = answer(installation, waiting_lean_request(tmp_path, ["--version"]))
    assert version.returncode == 0
    assert installation.lean_version.encode() in version.stdout


@pytest.mark.parametrize("at_work", [False, True])
def test_it_dies_with_its_parent(installation: Installation, tmp_path: Path, at_work: bool) -> None:
    (tmp_path / "Endless.lean").write_text(ENDLESS)
    command = [sys.executable, "-c", PARENT, *waiting_lean_command(installation)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        try:
            assert parent.stdin is not None and parent.stdout is not None
            lean = psutil.Process(int(parent.stdout.readline()))
            if at_work:
                parent.stdin.write(waiting_lean_request(tmp_path, ["Endless.lean"]))
                parent.stdin.flush()
                assert parent.stdout.readline() == b"sent\n"
                time.sleep(5)
                assert lean.is_running()
        finally:
            parent.kill()
    assert_all_gone([lean], within=PATIENCE)
