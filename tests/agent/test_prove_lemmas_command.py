"""`qed prove --lemmas` as a person runs it: a process of its own, the scripted server, the real Lean."""

import json
import math
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.agent.brief import LAUNCH_BRIEF
from tests.agent.command import environment, qed, qed_brief
from tests.openai_server import HANG, Answer, Choices, OpenAIServer

CONFIG = """[models.scripted]
model = "hosted_vllm/test"
base_url = "{url}"
retries = 0
"""
# Only the roots will do, and nothing in the goal says them.
FILE = """\
-- What comes first.
section
/-- The first root. -/
theorem one : ∃ n : Nat, n * n = 1522756 ∧ 0 < n := by
  sorry

-- This is about the second root.
theorem two : ∃ n : Nat, n * n = 1841449 ∧ 0 < n ∧ 1 < n := by sorry -- open
end

theorem easy (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry
"""
PATIENCE = 240

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]


class Lemmas:
    """A model that has an idea where it is asked for lemmas; the first that it states are false if it is to err."""

    def __init__(self, *, errs: bool = False) -> None:
        self.errs = errs
        self.asked: list[str] = []

    def __call__(self, request: dict[str, Any]) -> Answer | Choices:
        """An answer to any request."""
        prompt = request["messages"][-1]["content"]
        wanted = re.search(r"theorem (\w+) : (∃ n : Nat, n \* n = (\d+) ∧ .*)", prompt)
        if wanted is None or not prompt.startswith("This theorem of Lean 4 resists"):
            return Choices((Answer("I have no idea."),) * (request.get("n") or 1))
        self.asked.append(wanted[1])
        if self.errs and len(self.asked) > 1:
            return HANG
        root = math.isqrt(int(wanted[3]))
        lemma = f"theorem square : {root} * {root} = {wanted[3]} := by\n  sorry"
        if self.errs:
            lemma += "\n\ntheorem wrong (a : Nat) : a * a < 4 + a := by sorry"
        theorem = f"theorem {wanted[1]} : {wanted[2]} := by\n  have := square\n  exact ⟨{root}, this, by decide⟩"
        if self.errs:
            theorem = theorem.replace("have := square", "have := square\n  have no := wrong 1")
        return Answer(f"The root.\n```lean\n{lemma}\n\n{theorem.removesuffix(' := by sorry')}\n```\n")


@pytest.fixture
def folder(tmp_path: Path, openai_server: OpenAIServer) -> Path:
    """A folder with a file, and settings that name the scripted server."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(CONFIG.format(url=openai_server.url))
    (tmp_path / "A.lean").write_bytes(FILE.replace("\n", "\r\n").encode())
    return tmp_path


def _holes(text: str) -> dict[str, dict[str, Any]]:
    return {hole["declaration"]: hole for file in json.loads(text)["files"] for hole in file["holes"]}


def _receipts(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "state" / "receipts.jsonl").read_text().splitlines()]


def test_lemmas_stand_above_their_theorems(folder: Path, openai_server: OpenAIServer) -> None:
    model = openai_server.otherwise = Lemmas()
    file, before = folder / "A.lean", (folder / "A.lean").read_bytes()
    done = qed(folder, "prove", "A.lean", "--model", "scripted", "--lemmas", "--json", "--report", "out.html")
    assert done.code == 0, done.out + done.err
    assert sorted(model.asked) == ["one", "two"]
    holes, text = _holes(done.out), file.read_bytes().decode()
    assert text.count("\r\n") == text.count("\n")
    lines = text.replace("\r\n", "\n").split("\n")
    for name, root, above in (("one", 1234, "section"), ("two", 1357, "")):
        hole, lemma = holes[name], f"private theorem {name}_square : {root} * {root} = {root * root} := "
        assert hole["strategy"] == "helper lemmas" and hole["status"] == "proved"
        assert [each["name"] for each in hole["lemmas"]] == [f"{name}_square"]
        assert hole["lemmas"][0]["text"].startswith(lemma) and "sorry" not in hole["lemmas"][0]["text"]
        at = next(number for number, line in enumerate(lines) if line.startswith(lemma))
        comment = at + 1 + lines[at + 1 :].index("") + 1
        assert (
            lines[at - 1] == above and "root" in lines[comment] and lines[comment + 1].startswith(f"theorem {name} :")
        )
    assert "sorry" not in text and lines[0] == "-- What comes first." and "-- open" in text
    assert "with 1 helper lemma" in done.err
    page = (folder / "out.html").read_text(encoding="utf-8")
    assert page.count("helper lemmas above it") == 2 and "theorem one_square" in page
    receipts = {receipt["declaration"]: receipt for receipt in _receipts(folder)}
    assert [each["declaration"] for each in receipts["one"]["lemmas"]] == ["one_square"] and not receipts["easy"][
        "lemmas"
    ]
    for _ in range(3):
        assert qed(folder, "undo").code == 0
    assert file.read_bytes() == before


def test_without_permission_nothing_above_is_touched(folder: Path, openai_server: OpenAIServer) -> None:
    model = openai_server.otherwise = Lemmas()
    done = qed_brief(folder, "prove", "A.lean::one", "--model", "scripted", "--json")
    assert done.code == 1, done.out + done.err
    assert (folder / "A.lean").read_bytes().decode() == FILE.replace("\n", "\r\n") and not model.asked
    assert "decomposition" in [each["strategy"] for each in _holes(done.out)["one"]["tried"]]
    assert "`--lemmas` would let the model put helper lemmas above a theorem" in done.err
    alone = qed(folder, "prove", "A.lean", "--lemmas")
    assert alone.code == 2 and "--lemmas belongs to a model" in alone.err
    elsewhere = qed(folder, "prove", "A.lean", "--lemmas", "--model", "scripted", "--environment", "leandojo")
    assert elsewhere.code == 2 and "--lemmas needs the environment language-server" in elsewhere.err


def test_a_false_lemma_a_kill_and_a_commit(folder: Path, openai_server: OpenAIServer) -> None:
    """The answer with the false lemma is not paid for again; the settings' permission counts as well."""
    git = ["git", "-c", "user.name=A Person", "-c", "user.email=a@example.org"]
    (folder / ".gitignore").write_text("/state/\n/config/\n/said.txt\n")
    for command in (["init", "-q"], ["config", "user.name", "A"], ["config", "user.email", "a@example.org"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    for command in (["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    model = openai_server.otherwise = Lemmas(errs=True)
    with (folder / "config" / "config.toml").open("a") as settings:
        settings.write("[prove]\nlemmas = true\n")
    running = subprocess.Popen(
        [*LAUNCH_BRIEF, "prove", "A.lean::two", "--model", "scripted", "--git"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=(folder / "said.txt").open("ab"),
        start_new_session=True,
    )
    end = time.monotonic() + PATIENCE
    while len(model.asked) < 2:
        assert time.monotonic() < end and running.poll() is None, (folder / "said.txt").read_text()
        time.sleep(0.1)
    running.send_signal(signal.SIGKILL)
    running.wait(PATIENCE)
    last = openai_server.requests[-1]["messages"][-1]["content"]
    assert "`two_wrong (a : Nat) : a * a < 4 + a` is false for a = " in last
    assert "- `two_square : 1357 * 1357 = 1841449`: proved" in last
    model.errs, count = False, len(openai_server.requests)
    done = qed_brief(folder, "prove", "--resume", "--json")
    assert done.code == 0, done.out + done.err
    again = [each["messages"][-1]["content"] for each in openai_server.requests[count:]]
    assert again == [last] and "theorem two_square" in (folder / "A.lean").read_text(encoding="utf-8")
    log = subprocess.run(
        [*git, "log", "-1", "--format=%B"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    assert log.startswith("Prove two\n") and "Helper lemmas above it: two_square\n" in log
    assert "    private theorem two_square : 1357 * 1357 = 1841449 := " in log


def test_a_dry_run_shows_them(folder: Path, openai_server: OpenAIServer) -> None:
    openai_server.otherwise = Lemmas()
    done = qed_brief(folder, "prove", "A.lean::one", "--model", "scripted", "--lemmas", "--dry-run")
    assert done.code == 0, done.out + done.err
    assert "+private theorem one_square : 1234 * 1234 = 1522756 := " in done.out
    assert (folder / "A.lean").read_bytes().decode() == FILE.replace("\n", "\r\n")
