"""`qed prove --environment leandojo`: trials against the recorded REPL, acceptance by the real embedded Lean."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.agent.command import REPOSITORY, Outcome, qed, start
from tests.tools.environment.leandojo.conftest import FIRST, LEAN, SPLIT, Traced, answer, gone

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]

PROPOSITION = answer(r"show \(_ : Prop\)", {"sid": "next", "tacticState": FIRST})
DONE = {"sid": "next", "tacticState": "no goals"}
ARGUMENTS = ("prove", "Facts.lean::both", "--environment", "leandojo", "--toolchain", "embedded", "--timeout", "20")


def _prove(traced: Traced, *arguments: str) -> Outcome:
    return qed(traced.root, *(arguments or ARGUMENTS))


def test_a_proof_is_found_through_leandojo_and_accepted_by_lean(traced: Traced) -> None:
    # As Lean would: `simp_all` closes every state of this theorem, alone or in a group; little else is recorded.
    traced.replay(
        PROPOSITION,
        answer("constructor", {"sid": "next", "tacticState": SPLIT}, sid=0),
        answer(r".*\bsimp_all\b.*", DONE),
    )
    done = _prove(traced)
    assert (done.code, done.out) == (0, ""), done.err
    assert "note:" not in done.err
    before, _, after = LEAN.partition("sorry")
    written = traced.file.read_text(encoding="utf-8")
    assert written.startswith(before) and written.endswith(after) and "simp_all" in written
    # LeanDojo worked in its own copy, and has left nothing there.
    assert len(traced.starts()) == 1
    assert all(gone(pid) for pid, _ in traced.starts())
    assert not traced.leftovers()


def test_a_proof_that_only_leandojo_believes_is_not_written(traced: Traced) -> None:
    traced.replay(PROPOSITION, answer(r"revert.*", {"error": "no"}), answer(".*", DONE))
    done = _prove(traced, *ARGUMENTS, "--json")
    (hole,) = json.loads(done.out)["files"][0]["holes"]
    assert (done.code, hole["status"], hole["reason"]) == (1, "not proved", "rejected")
    assert traced.file.read_text(encoding="utf-8") == LEAN


def test_edits_are_noted_and_other_holes_refused(traced: Traced) -> None:
    extra = "\ntheorem part : 1 = 1 ∧ 2 = 2 := by\n  constructor\n  · sorry\n  · rfl\n"
    traced.file.write_text(LEAN + extra, encoding="utf-8")
    done = _prove(traced, "prove", "Facts.lean::part", "--environment", "leandojo", "--toolchain", "embedded")
    assert done.code == 1
    assert "note: Facts.lean has edits since commit" in done.err
    assert "only a part of the theorem's proof" in done.err
    assert traced.starts() == []


def test_the_setting_and_a_commit_that_is_not_traced(traced: Traced, tmp_path: Path) -> None:
    traced.git("commit", "-q", "--allow-empty", "-m", "more")
    setting = {"QED_LEAN__ENVIRONMENT": "leandojo"}
    done = qed(traced.root, "prove", "Facts.lean::both", "--toolchain", "embedded", variables=setting)
    assert done.code == 20
    assert "LeanDojo has not traced" in done.err
    assert "trace(LeanGitRepo(" in done.err


def test_no_lake(traced: Traced, tmp_path: Path) -> None:
    (tmp_path / "bin" / "lake").unlink()
    done = _prove(traced)
    assert done.code == 30
    assert "LeanDojo needs lake, which is not on PATH" in done.err
    assert "https://github.com/leanprover/elan" in done.err


def test_no_git_repository(tmp_path: Path, traced: Traced) -> None:
    (tmp_path / "Facts.lean").write_text(LEAN, encoding="utf-8")
    done = qed(tmp_path, *ARGUMENTS)
    assert done.code == 2
    assert "LeanDojo works on git repositories only" in done.err


def test_ctrl_c_leaves_no_process(traced: Traced) -> None:
    traced.replay(PROPOSITION, answer(".*", sleep=600), deaf=True)
    with start(traced.root, *ARGUMENTS[:-1], "500") as running:
        while len(traced.requests()) < 2:
            assert running.poll() is None
        family = psutil.Process(running.pid).children(recursive=True)
        os.kill(running.pid, signal.SIGINT)
        running.communicate()
    assert running.returncode == 130
    assert [each for each in family if not gone(each.pid)] == []
    assert not traced.leftovers()
    assert traced.file.read_text(encoding="utf-8") == LEAN


def test_help_does_not_load_leandojo() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['qed', 'prove', '--help']\nfrom agent.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    assert not {'lean_dojo', 'ray', 'multiprocessing.pool'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=REPOSITORY)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"--environment" in done.stdout
