"""`qed prove --report` end to end on the real Lean."""

import json
import re
import signal
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.agent.command import qed, start
from tests.agent.prover.test_html_report import Page

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]

TEXT = """theorem easy (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

theorem wrong (a b : Nat) : a - b = b - a := by
  sorry

theorem small (a b : Nat) (h : a < b) : ∃ c, c < b ∧ a ≤ c := by
  sorry
"""
# True, but beyond the model-free prover: work on it lasts until the time is over.
LONG = "theorem long (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"


def test_a_page_about_two_proofs_and_something_false(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(TEXT, encoding="utf-8")
    done = qed(tmp_path, "prove", "A.lean", "--report", "out.html", "--timeout", "60")
    assert done.code == 1 and done.out == ""
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    taken = Page(text)
    assert [each["class"] for each in taken.all("article")] == ["proved", "disproved", "proved"]
    assert "✓ 2 proved ✗ 1 disproved of 3 holes" in taken.texts["p"][0]
    proofs = [
        each for each, about in zip(taken.texts["pre"], taken.all("pre"), strict=True) if about["class"] == "proof"
    ]
    written = (tmp_path / "A.lean").read_text(encoding="utf-8")
    assert len(proofs) == 2 and all(proof.splitlines()[0] in written for proof in proofs)
    assert any("theorem wrong (a b : Nat) : a - b = b - a" in each for each in taken.texts["pre"])
    assert any("It rests on" in each and "read from the .olean" in each for each in taken.texts["p"])
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        assert len(list(ElementTree.fromstring(svg).iter("circle"))) > 0


def test_the_object_is_that_of_json_and_holds_the_trees(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(LONG, encoding="utf-8")
    done = qed(tmp_path, "prove", "A.lean", "--report", "out.json", "--json", "--timeout", "8")
    assert done.code == 3
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert report == json.loads(done.out)
    (hole,) = report["files"][0]["holes"]
    (tried,) = hole["tried"]
    assert hole["statement"].startswith("theorem long") and tried["strategy"] == "search"
    assert tried["tree"][0]["parent"] is None and "⊢" in tried["tree"][0]["goal"]


def test_a_run_that_is_interrupted_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(TEXT.split("\n\n")[0] + "\n\n" + LONG, encoding="utf-8")
    running = start(tmp_path, "prove", "A.lean", "--report", "out.html", "--timeout", "600")
    ends = time.monotonic() + 300
    while "sorry" in (tmp_path / "A.lean").read_text(encoding="utf-8").split("\n\n")[0]:
        assert time.monotonic() < ends and running.poll() is None
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=300)
    assert running.returncode == 130
    taken = Page((tmp_path / "out.html").read_text(encoding="utf-8"))
    assert "interrupted" in taken.texts["p"][0]
    assert [each["class"] for each in taken.all("article")] == ["proved", "not_proved"]
    assert any("It is open: the run was interrupted." in each for each in taken.texts["p"])


@pytest.mark.parametrize(("path", "code"), [("out.txt", 2), ("nowhere/out.html", 2), ("A.lean/out.html", 15)])
def test_a_path_that_will_not_do_ends_the_run_before_it_begins(tmp_path: Path, path: str, code: int) -> None:
    file = tmp_path / "A.lean"
    file.write_text(TEXT, encoding="utf-8")
    done = qed(tmp_path, "prove", "A.lean", "--report", path)
    assert done.code == code and path in done.err and "hint:" in done.err
    assert file.read_text(encoding="utf-8") == TEXT and not (tmp_path / "state" / "runs").exists()
