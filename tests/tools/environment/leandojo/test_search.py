"""`qed search --environment leandojo`, against the recorded REPL; nothing is written, so no other Lean is asked."""

import json

import pytest

from tests.agent.command import Outcome, qed
from tests.tools.environment.leandojo.conftest import FIRST, LEAN, SPLIT, Traced, answer, gone

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]

PROPOSITION = answer(r"show \(_ : Prop\)", {"sid": "next", "tacticState": FIRST})
DONE = {"sid": "next", "tacticState": "no goals"}


def _search(traced: Traced, target: str, *more: str) -> Outcome:
    arguments = ("--environment", "leandojo", "--toolchain", "embedded", "--seconds", "30", *more)
    return qed(traced.root, "search", target, *arguments)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_proof_is_found(traced: Traced, workers: str) -> None:
    halves = answer("constructor", {"sid": "next", "tacticState": SPLIT}, sid=0)
    traced.replay(PROPOSITION, halves, answer("apply hp", DONE))
    done = _search(traced, "Facts.lean::both", "--workers", workers, "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["declaration"], found["end"]) == ("both", "found")
    assert "apply hp" in found["proof"]
    assert (0, "constructor") in traced.requests()
    assert traced.file.read_text(encoding="utf-8") == LEAN
    assert all(gone(pid) for pid, _ in traced.starts())
    assert not traced.leftovers()


def test_a_saved_search_is_gone_on_with(traced: Traced) -> None:
    halves = answer("constructor", {"sid": "next", "tacticState": SPLIT}, sid=0)
    traced.replay(PROPOSITION, halves)
    first = _search(traced, "Facts.lean::both", "--save", "s.json")
    assert first.code == 1, first.err
    again = _search(traced, "Facts.lean::both", "--resume", "s.json", "--json")
    assert (again.code, json.loads(again.out)["end"]) == (1, "exhausted"), again.err


def test_edits_are_noted_and_other_holes_refused(traced: Traced) -> None:
    extra = "\ntheorem part : 1 = 1 ∧ 2 = 2 := by\n  constructor\n  · sorry\n  · rfl\n"
    traced.file.write_text(LEAN + extra, encoding="utf-8")
    done = _search(traced, "Facts.lean::part")
    assert (done.code, done.out) == (20, "")
    assert "note: Facts.lean has edits since commit" in done.err
    assert "only a part of the theorem's proof" in done.err
    assert "--environment language-server" in done.err
    assert traced.starts() == []


def test_a_commit_that_is_not_traced(traced: Traced) -> None:
    traced.git("commit", "-q", "--allow-empty", "-m", "more")
    done = _search(traced, "Facts.lean::both")
    assert done.code == 20
    assert "LeanDojo has not traced" in done.err and "trace(LeanGitRepo(" in done.err
