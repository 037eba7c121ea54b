"""`qed prove` end to end on the real Lean."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.agent.command import qed, qed_anew, start

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]

MIXED = """/-! Several holes. -/

theorem easy (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

theorem wrong (a b : Nat) : a - b = b - a := by
  sorry

def number : Nat := sorry

theorem stated : (sorry : Prop) := by
  sorry

theorem term (n : Nat) (h : n < 3) : n ≠ 7 := sorry
"""
EASY = "theorem easy (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"
# True, but beyond the model-free prover: work on it lasts until the time is over.
LONG = "theorem long (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"


def _report(text: str) -> dict[str, dict[str, str]]:
    (file,) = json.loads(text)["files"]
    # The first hole of each declaration.
    return {hole["declaration"]: hole for hole in reversed(file["holes"])}


def test_a_file_with_everything(tmp_path: Path) -> None:
    file = tmp_path / "Mixed.lean"
    crlf = MIXED.rstrip("\n").replace("\n", "\r\n").encode()
    real = tmp_path / "Real.lean"
    real.write_bytes(crlf)
    real.chmod(0o640)
    file.symlink_to(real)
    done = qed(tmp_path, "prove", "--json", "Mixed.lean", "--timeout", "20")
    holes = _report(done.out)
    assert done.code == 1
    assert {name: hole["status"] for name, hole in holes.items()} == {
        "easy": "proved",
        "wrong": "disproved",
        "number": "not proved",
        "stated": "not proved",
        "term": "proved",
    }
    assert "false" in holes["wrong"]["detail"]
    assert "data" in holes["number"]["detail"]
    assert "statement" in holes["stated"]["detail"]
    written = real.read_bytes()
    # The file's habits stay: links, permissions, line ends, no newline at the end.
    assert file.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert written.count(b"\n") == written.count(b"\r\n") and not written.endswith(b"\n")
    assert written.count(b"sorry") == crlf.count(b"sorry") - 2
    receipts = [json.loads(line) for line in (tmp_path / "state" / "receipts.jsonl").read_text().splitlines()]
    assert sorted(receipt["declaration"] for receipt in receipts) == ["easy", "term"]
    assert all(receipt["axioms_how"] == "read from the .olean" for receipt in receipts)
    # Two steps back, and then there is nothing left.
    assert qed_anew(tmp_path, "undo").code == 0
    assert real.read_bytes().count(b"sorry") == crlf.count(b"sorry") - 1
    assert qed(tmp_path, "undo", "Mixed.lean").code == 0
    assert real.read_bytes() == crlf
    assert qed(tmp_path, "undo").code == 40


def test_only_the_named_hole_and_only_on_paper(tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    text = EASY + "\n" + EASY.replace("easy", "other")
    file.write_text(text)
    dry = qed_anew(tmp_path, "prove", "--dry-run", "A.lean:5")
    assert dry.code == 0 and file.read_text() == text
    patched = subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=dry.out, text=True, check=False)
    assert patched.returncode == 0
    after = file.read_text()
    assert after.startswith(EASY) and after.count("sorry") == 1
    assert qed(tmp_path, "prove", "A.lean::easy").code == 0
    assert "sorry" not in file.read_text()
    checked = qed(tmp_path, "check", "A.lean")
    assert checked.code == 0 and "error" not in checked.out


def test_an_undo_does_not_overwrite_later_work(tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(EASY)
    assert qed(tmp_path, "prove", "A.lean").code == 0
    mine = file.read_text() + "-- my own line\n"
    file.write_text(mine)
    done = qed(tmp_path, "undo")
    assert done.code == 14 and file.read_text() == mine


def test_a_recheck_is_asked_and_told(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(EASY)
    done = qed(tmp_path, "prove", "--recheck", "--json", "A.lean")
    (file,) = json.loads(done.out)["files"]
    assert done.code == 0 and file["recheck"] == "not available" and "Lake project" in file["recheck_detail"]
    receipts = [json.loads(line) for line in (tmp_path / "state" / "receipts.jsonl").read_text().splitlines()]
    assert [receipt["recheck"].split(":")[0] for receipt in receipts] == ["to be asked", "not available"]


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("import Missing\n" + EASY, 22, "Missing"),
        ("import Mathlib\n" + EASY, 22, "elan"),
    ],
)
def test_imports_that_are_not_there(tmp_path: Path, text: str, code: int, word: str) -> None:
    (tmp_path / "A.lean").write_text(text)
    done = qed(tmp_path, "prove", "A.lean")
    assert done.code == code and word in done.err
    assert (tmp_path / "A.lean").read_text() == text


def test_errors_around_the_hole(tmp_path: Path) -> None:
    text = (
        "theorem before : 1 = := rfl\n\n" + EASY + "\ntheorem within (p : Prop) : p ∨ ∨ := by\n  sorry\n\n"
        "theorem failing (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  exact h\n\ntheorem after : 2 = ) := rfl\n"
    )
    file = tmp_path / "A.lean"
    file.write_text(text)
    done = qed(tmp_path, "prove", "--json", "--errors", "A.lean", "--timeout", "15")
    holes = _report(done.out)
    assert holes["easy"]["status"] == "proved"
    assert holes["within"]["status"] in ("not proved", "inconclusive") and holes["within"]["detail"]
    assert holes["failing"]["status"] == "proved"
    after = file.read_text()
    assert "theorem before : 1 = := rfl" in after and "theorem after : 2 = ) := rfl" in after
    assert "exact h\n" not in after
    assert qed(tmp_path, "check", "A.lean").code == 21


def test_out_of_time(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(LONG)
    assert qed(tmp_path, "prove", "A.lean", "--timeout", "0.5").code == 3
    assert (tmp_path / "A.lean").read_text() == LONG


def _until(condition: "object", seconds: float = 60) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def test_a_second_run_is_refused_and_an_interrupt_keeps_what_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(EASY + "\n" + LONG)
    with start(tmp_path, "prove", "A.lean", "--timeout", "200") as run:
        _until(lambda: "sorry" not in file.read_text().split("long")[0])
        second = qed(tmp_path, "prove", "A.lean")
        assert second.code == 16 and str(run.pid) in second.err
        family = _family(run.pid)
        assert len(family) > 2
        os.kill(run.pid, signal.SIGINT)
        assert run.wait(20) == 130
        assert run.stderr is not None and "Traceback" not in run.stderr.read()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert "sorry" not in file.read_text().split("long")[0]


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_outlives_qed(tmp_path: Path, name: signal.Signals) -> None:
    (tmp_path / "A.lean").write_text(LONG)
    with start(tmp_path, "prove", "A.lean", "--timeout", "200") as run:
        _until(lambda: len(_family(run.pid)) > 3)
        time.sleep(1)
        family = _family(run.pid)
        os.kill(run.pid, name)
        run.wait(20)
        assert run.returncode == (-signal.SIGKILL if name is signal.SIGKILL else 130)
    _, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []
    assert (tmp_path / "A.lean").read_text() == LONG


def test_lean_killed_and_the_file_changed_in_the_middle(tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(LONG + "\n" + EASY)
    with start(tmp_path, "prove", "A.lean", "--timeout", "12") as run:
        _until(lambda: len(_family(run.pid)) > 3)
        time.sleep(4)
        for process in _family(run.pid):
            if "worker.cjs" in " ".join(process.cmdline()):
                process.kill()
        time.sleep(1)
        mine = file.read_text() + "-- mine\n"
        file.write_text(mine)
        assert run.wait(120) == 14
        assert run.stderr is not None
        assert "changed" in run.stderr.read()
    assert file.read_text() == mine
