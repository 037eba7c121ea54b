"""A file of ten mixed holes and a model that is right about some: straight through, killed and resumed, watched."""

import json
import math
import re
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.agent.command import qed, start
from tests.openai_server import Answer, Choices, OpenAIServer

pytestmark = [pytest.mark.lean, pytest.mark.slow, pytest.mark.usefixtures("toolchain")]

PATIENCE_SECONDS = 900
CONFIG = """[lean]
toolchain = "embedded"

[models.scripted]
model = "hosted_vllm/test"
base_url = "{url}"
retries = 0
"""
PROVABLE = {
    "swapped": "theorem swapped (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n",
    "add_zero'": "theorem add_zero' (n : Nat) : n + 0 = n := by\n  sorry\n",
    "chained": "theorem chained (p q r : Prop) (f : p → q) (g : q → r) : p → r := sorry\n",
    "mirrored": "def mirror : Nat × Bool → Bool × Nat\n  | (n, b) => (b, n)\n\n"
    "theorem mirrored (n : Nat) (b : Bool) : mirror (n, b) = (b, n) := by\n  sorry\n",
    "doubled": "def double : Nat → Nat\n  | 0 => 0\n  | n + 1 => double n + 2\n\n"
    "theorem doubled (n : Nat) : double n = n + n := by\n  sorry\n",
    # Only the model knows roots.
    "root": "theorem root : ∃ n : Nat, n * n = 1522756 ∧ 0 < n := by\n  sorry\n",
    "roots": "theorem roots : (∃ a : Nat, a * a = 99980001) ∧ (∃ b : Nat, b * b = 15241578750190521) := by\n  sorry\n",
}
FALSE = "theorem commuting (a b : Nat) : a - b = b - a := by\n  sorry\n"
HARD = {
    "identity": "-- qed: timeout 25\n"
    "theorem identity (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n",
    "cubes": "-- qed: timeout 25\n"
    "theorem cubes (a b c : Nat) (ha : 0 < a) (hb : 0 < b) : a ^ 3 + b ^ 3 ≠ c ^ 3 := by\n  sorry\n",
}
TEN = "\n".join([*PROVABLE.values(), FALSE, *HARD.values()])


class Model:
    """Knows square roots, says something wrong about all else, and never the same twice."""

    def __init__(self) -> None:
        self.said = 0

    def __call__(self, request: dict[str, Any]) -> Choices:
        """One answer, or as many as are wanted."""
        goal = request["messages"][-1]["content"]
        wanted = re.search(r"⊢ (\(?)∃ (\w+), \2 \* \2 = (\d+)", goal)
        self.said += 1
        tactic = f"exact absurd {self.said} h{self.said}"
        if wanted:
            root = math.isqrt(int(wanted[3]))
            tactic = f"exact ⟨{root}, by decide⟩" if not wanted[1] else f"refine ⟨⟨{root}, by decide⟩, ?_⟩"
        answer = Answer(f"{self.said}. I think:\n```lean\n{tactic}\n```", delay=0.05)
        return Choices((answer,) * (request.get("n") or 1))


@pytest.fixture
def folder(tmp_path: Path, openai_server: OpenAIServer) -> Path:
    """A folder with the file, and settings that name the scripted server."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(CONFIG.format(url=openai_server.url))
    (tmp_path / "Ten.lean").write_text(TEN, encoding="utf-8")
    openai_server.otherwise = Model()
    return tmp_path


# Time enough for what can be proved, also on a busy machine; comments bound what cannot.
OPTIONS = ("--model", "scripted", "--timeout", "240", "--jobs", "2")


def _as_wished(folder: Path, out: str) -> dict[str, dict[str, Any]]:
    """The report says what is to be said, and the file has the proofs; gives the holes of the report."""
    (file,) = json.loads(out)["files"]
    holes = {hole["declaration"]: hole for hole in file["holes"]}
    assert {name for name, hole in holes.items() if hole["status"] == "proved"} == set(PROVABLE)
    assert holes["commuting"]["status"] == "disproved"
    assert "a = 0, b = 1" in holes["commuting"]["detail"]
    for name in HARD:
        assert holes[name]["status"] == "not proved"
        assert [each["strategy"] for each in holes[name]["tried"]][:2] == ["search", "search with the model"]
    _is_written(folder)
    return holes


def _is_written(folder: Path) -> None:
    text = (folder / "Ten.lean").read_text(encoding="utf-8")
    assert text.count("sorry") == 1 + len(HARD)
    assert all(HARD[name] in text for name in HARD) and FALSE in text
    checked = qed(folder, "check", "Ten.lean")
    assert "error" not in checked.out + checked.err


def test_straight_through(folder: Path) -> None:
    done = qed(folder, "prove", "Ten.lean", "--json", *OPTIONS, seconds=PATIENCE_SECONDS)
    assert done.code in (1, 3), done.err
    holes = _as_wished(folder, done.out)
    assert "model" in holes["root"]["strategy"]


def test_killed_and_resumed(folder: Path, openai_server: OpenAIServer) -> None:
    with start(folder, "prove", "Ten.lean", *OPTIONS) as process:
        end = time.monotonic() + PATIENCE_SECONDS
        while len(openai_server.requests) < 2:  # the roots alone take three, however busy the machine is
            assert time.monotonic() < end and process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = Counter(json.dumps(each, sort_keys=True) for each in openai_server.requests)
    done = qed(folder, "prove", "--resume", "--json", seconds=PATIENCE_SECONDS)
    assert done.code in (1, 3), done.err
    _as_wished(folder, done.out)
    twice = [
        key
        for key, times in Counter(json.dumps(each, sort_keys=True) for each in openai_server.requests).items()
        if times > max(1, before[key])
    ]
    assert len(twice) <= 4  # what was under way at the kill: one request a job


def test_watched(folder: Path) -> None:
    with start(folder, "watch", "Ten.lean", "--now", "--write", *OPTIONS) as process:
        assert process.stderr is not None
        ends: dict[str, str] = {}
        while len(ends) < 10:
            line = process.stderr.readline()
            assert line, ends
            if match := re.match(r".*Ten\.lean:\d+ (\S+): (written|disproved|not proved)", line):
                ends[match[1]] = match[2]
        process.send_signal(signal.SIGINT)
        process.wait()
    assert {name for name, end in ends.items() if end == "written"} == set(PROVABLE)
    assert ends["commuting"] == "disproved"
    _is_written(folder)
