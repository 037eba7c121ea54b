"""`qed search` as a person runs it, on the real Lean."""

import json
import re
import time
from pathlib import Path

import psutil
import pytest

from tests.agent.command import qed, qed_anew
from tests.agent.tui.terminal import terminal
from tools.search.saved import SavedSearch

TEXT = """theorem easy (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem false (n : Nat) : n < 5 := by
  sorry

/-- Without a short proof, and with more to say of `f` and `g` than can be said in a minute: a search goes on. -/
theorem hard (f g : Nat → Nat) (h : ∀ n, f (n + 1) > f (f n)) (k : ∀ n, g (n + 1) > g (f n)) (a b c n : Nat) :
    f n = n := by
  sorry

opaque f : Nat → Nat

/-- Nothing is known of `f`: neither this nor its negation has a proof. -/
theorem unknown : f 1 = f 2 := by
  sorry
"""

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "A.lean").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_a_proof_is_shown_and_not_written(folder: Path) -> None:
    done = qed_anew(folder, "search", "A.lean::easy", "--tree", "--export", "t.jsonl")
    assert done.code == 0, done.err
    assert "✓ start" in done.out and "a proof after" in done.out
    assert (folder / "A.lean").read_text(encoding="utf-8") == TEXT
    rows = [json.loads(line) for line in (folder / "t.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[0]["theorem"] == "easy" and rows[0]["parent"] is None
    assert {row["status"] for row in rows} == {"proved"}


def test_a_refutation_as_json(folder: Path) -> None:
    done = qed(folder, "search", "A.lean:5", "--json")
    assert done.code == 1, done.err
    body = json.loads(done.out)
    assert (body["declaration"], body["end"], body["proof"]) == ("false", "refuted", None)
    assert body["refutation"]


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["best-first", "breadth-first"])
def test_saved_printed_and_gone_on_with(folder: Path, policy: str) -> None:
    how = ("--seconds", "600", "--max-tactics", "12", "--workers", "2", "--policy", policy)
    done = qed(folder, "search", "A.lean::hard", *how, "--save", "s.json")
    assert done.code == 3, done.out + done.err
    assert "no proof; budget after" in done.out and "saved to s.json" in done.err
    first = SavedSearch.read(folder / "s.json")
    assert (first.declaration, first.policy) == ("hard", policy)
    printed = qed(folder, "search", "--resume", "s.json", "--tree")
    assert printed.code == 0 and f"A.lean, {policy}: {first.tactics} tactics" in printed.out
    more = ("--seconds", "600", "--max-tactics", "16")
    again = qed(folder, "search", "A.lean::hard", *more, "--resume", "s.json", "--save", "t.json")
    assert again.code == 3, again.out + again.err
    second = SavedSearch.read(folder / "t.json")
    assert second.policy == policy and second.tactics > first.tactics
    assert {record.way for record in first.tree} <= {record.way for record in second.tree}


@pytest.mark.slow
def test_interrupted_it_is_saved(folder: Path) -> None:
    with terminal(folder, "search", "A.lean::hard", "--seconds", "600", "--save", "s.json") as screen:
        screen.shows("searching:")
        screen.types("\x03")
        assert screen.ends() == 130
        assert b"saved to s.json" in screen.written and b"Traceback" not in screen.written
    assert SavedSearch.read(folder / "s.json").declaration == "hard"


@pytest.mark.parametrize(
    ("limit", "most", "counted"), [("--max-tactics", 12, "tactics"), ("--max-states", 2, "states")]
)
def test_limits_besides_time(folder: Path, limit: str, most: int, counted: str) -> None:
    done = qed(folder, "search", "A.lean::unknown", "--seconds", "600", limit, str(most), "--json")
    assert done.code == 3, done.out + done.err
    body = json.loads(done.out)
    assert body["end"] == "budget" and body[counted] == most


def test_a_search_of_one_step_soon_has_nothing_left(folder: Path) -> None:
    done = qed(folder, "search", "A.lean::unknown", "--seconds", "600", "--max-depth", "1", "--json")
    assert done.code == 1, done.out + done.err
    assert json.loads(done.out)["end"] == "exhausted"


STOPPED_SECONDS = 12


@pytest.mark.slow
def test_ctrl_z_stops_the_clock(folder: Path) -> None:
    with terminal(folder, "search", "A.lean::hard", "--seconds", "10", "--save", "s.json") as screen:
        # It may be held up at any time; on a busy machine little of it is left when the search proper begins.
        screen.until(lambda _: re.search(r"(closing|refuting|searching):", screen.screen) is not None, "it works")
        began = time.monotonic()
        screen.types("\x1a")
        process = psutil.Process(screen.process.pid)
        screen.until(lambda _: process.status() == psutil.STATUS_STOPPED, "the process stops")
        assert b"\x1b[?25h" in screen.written  # the shell has its cursor
        time.sleep(STOPPED_SECONDS)
        assert "no proof" not in screen.screen
        process.resume()
        screen.shows("no proof")
        awake = time.monotonic() - began - STOPPED_SECONDS
        assert screen.ends() == 3
    # As long as it was awake, and what it took until the first words stood there; not as long as it was stopped.
    assert 9 < SavedSearch.read(folder / "s.json").seconds < awake + STOPPED_SECONDS / 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a hole"),
        (("A.lean",), "has 4 holes"),
        (("A.lean::eassy",), "perhaps easy"),
        (("A.lean:3",), "no hole at line 3"),
        (("B.lean::easy",), "B.lean"),
        (("--resume", "none.json", "--tree"), "cannot read none.json"),
        (("--resume", "A.lean", "--tree"), "A.lean is no search that qed saved"),
    ],
)
def test_what_cannot_be_searched(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = qed(folder, "search", *arguments)
    assert done.code in (2, 10), done.err
    assert said in done.err and "Traceback" not in done.err
