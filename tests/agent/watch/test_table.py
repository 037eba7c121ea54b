"""The table of suggestions: the order of its lines, and what is meant by a number."""

from pathlib import Path

import pytest

from agent.watch.lean_state import LeanState
from agent.watch.suggestion import Suggestion, Verdict
from agent.watch.table import SuggestionTable, Tone

A, B = Path("/p/A.lean"), Path("/p/B.lean")


def _table(*suggestions: Suggestion) -> SuggestionTable:
    table = SuggestionTable()
    for each in suggestions:
        table.change((each.path, each.key), each)
    return table


def test_lines_stand_as_in_the_files_and_keep_their_number_while_verdicts_change() -> None:
    late = Suggestion(A, "k1", "late", 20, Verdict.ACCEPTED, "simp")
    early = Suggestion(A, "k2", "early", 3, Verdict.WORKING)
    table = _table(Suggestion(B, "k3", "other", 1, Verdict.WAITING), late, early)
    assert [row.place for row in table.rows()] == ["A.lean:3 early", "A.lean:20 late", "B.lean:1 other"]
    assert [row.short for row in table.rows()] == [":3 early", ":20 late", ":1 other"]
    assert [row.number for row in table.rows()] == [1, 2, 3]
    assert table.numbered(2) == [(A, "k1")]
    assert table.accepted() == [(A, "k1")]
    table.change((A, "k1"), None)
    assert table.numbered(2) == [(B, "k3")]
    assert not table.numbered(0) and not table.numbered(3) and not table.accepted()


def test_a_line_has_the_proof_or_else_what_there_is_to_say() -> None:
    table = _table(
        Suggestion(A, "k1", "t", 1, Verdict.ACCEPTED, "intro h\n  exact h", "x"),
        Suggestion(A, "k2", "f\x1b[2J", 2, Verdict.DISPROVED, detail="n = 0"),
    )
    proved, wrong = table.rows()
    assert (proved.found, proved.is_proof, proved.tone, proved.is_news) == ("intro h exact h", True, Tone.GOOD, True)
    assert (wrong.found, wrong.is_proof, wrong.tone, wrong.is_news) == ("n = 0", False, Tone.BAD, True)
    assert "\x1b" not in wrong.place


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_counted(verdict: Verdict) -> None:
    assert _table(Suggestion(A, "k", "t", 1, verdict)).summary() == f"1 {verdict.value}"


def test_the_most_telling_counts_come_first() -> None:
    verdicts = (Verdict.WAITING, Verdict.WAITING, Verdict.DISPROVED, Verdict.ACCEPTED)
    table = _table(*(Suggestion(A, str(line), "t", line, each) for line, each in enumerate(verdicts)))
    assert table.summary() == "1 accepted · 1 disproved · 2 waiting"
    assert SuggestionTable().summary() == ""


def test_notes_are_few_and_lean_stands_above_them() -> None:
    table = SuggestionTable()
    for text in ("one", "two", "three", "two", "four"):
        table.note(text)
    assert table.notes == ["three", "two", "four"]
    table.lean = LeanState.STARTS
    assert table.notes[0] == "Lean starts"
