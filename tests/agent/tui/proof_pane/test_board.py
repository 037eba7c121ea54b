"""The board, event by event."""

from pathlib import Path
from typing import Any

import pytest

from agent.conversation.events import (
    DiffProposed,
    ErrorHappened,
    Event,
    MessageDelta,
    MessageFinished,
    Notice,
    PermissionAnswered,
    PermissionAsked,
    ProofAccepted,
    ReasoningDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    TurnEnd,
    TurnFinished,
    TurnStarted,
    UsageUpdated,
    WriteUndone,
)
from agent.llm.chat import Usage
from agent.tui.proof_pane.board import ProofBoard
from agent.tui.proof_pane.place import HoleState, Place
from tests.agent.tui.proof_pane.scenes import NATURALS, PLACE, project, search, state, trial

HERE = Place(NATURALS, "add_comm'", 1)


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def board() -> ProofBoard:
    board = ProofBoard(clock=_Clock())
    board.show_outline(project())
    return board


def _started(tool: str, call: str = "1", **arguments: Any) -> ToolStarted:
    given = {"file": "Naturals.lean", "declaration": "add_comm'", **arguments}
    return ToolStarted(call=call, tool=tool, arguments=given)


def _finished(tool: str, verdict: str = "ok", call: str = "1", text: str = "", **data: Any) -> ToolFinished:
    return ToolFinished(call=call, tool=tool, verdict=verdict, text=text, data={**PLACE, **data}, seconds=1.0)


def _turn_over() -> TurnFinished:
    return TurnFinished(reason=TurnEnd.CANCELLED, text="", usage=Usage(prompt_tokens=7), seconds=12.0)


def test_a_tool_at_a_hole_puts_it_in_work(board: ProofBoard) -> None:
    assert board.apply(_started("try_tactics")) == {"holes"}
    assert board.holes.state(HERE) is HoleState.WORKING


def test_other_tools_and_holes_that_are_not_there_do_not(board: ProofBoard) -> None:
    assert board.apply(_started("check")) == frozenset()
    assert board.apply(_started("try_tactics", declaration="nothing", hole="no number")) == frozenset()
    assert board.holes.summary() == "6 open"


def test_trials_are_attempts_newest_first(board: ProofBoard) -> None:
    board.apply(_started("try_tactics"))
    board.apply(trial("omega", "error", "no\nmore"))
    assert board.apply(trial("rfl", "timed out", "after 10 s")) == {"attempts"}
    assert [(a.tactic, a.verdict, a.detail) for a in board.attempts] == [
        ("rfl", "timed out", "after 10 s"),
        ("omega", "error", "no"),
    ]


def test_a_trial_that_gets_on_shows_its_goals_against_those_at_the_hole(board: ProofBoard) -> None:
    board.show_goals(HERE, ["n : Nat\n⊢ p n"])
    assert board.apply(trial("intro x", "progress", "", ["n x : Nat\n⊢ q n"])) == {"attempts", "goal"}
    assert board.shown is not None
    assert board.shown.goals == ("n x : Nat\n⊢ q n",) and board.shown.before == ("n : Nat\n⊢ p n",)
    assert board.shown.about == "add_comm' after intro x" and board.attempts[0].detail == "1 goal left"


def test_trials_that_were_told_are_not_told_again_at_the_end(board: ProofBoard) -> None:
    board.apply(_started("try_tactics"))
    board.apply(trial("omega", "error"))
    entries = [{"tactic": "omega", "verdict": "error"}, {"tactic": "rfl", "verdict": "error"}]
    board.apply(_finished("try_tactics", "Lean refused", trials=entries))
    assert [attempt.tactic for attempt in board.attempts] == ["rfl", "omega"]
    assert board.holes.state(HERE) is HoleState.FAILED


def test_what_was_only_scored_has_not_failed(board: ProofBoard) -> None:
    assert board.apply(_started("score_tactics")) == {"holes"}
    board.apply(trial("omega", "error"))
    board.apply(_finished("score_tactics", "Lean refused", trials=[{"tactic": "omega", "verdict": "error"}]))
    assert [attempt.tactic for attempt in board.attempts] == ["omega"]
    assert board.holes.state(HERE) is HoleState.OPEN


def test_a_session_that_is_read_again_has_its_attempts(board: ProofBoard) -> None:
    board.apply(_finished("try_tactics", trials=[{"tactic": "omega", "verdict": "closes"}]))
    assert board.attempts[0].verdict == "closes"


def test_a_tactic_that_closes_the_goal_proves_nothing_yet(board: ProofBoard) -> None:
    board.apply(_started("try_tactics"))
    board.apply(_finished("try_tactics", trials=[{"tactic": "omega", "verdict": "closes"}]))
    assert board.holes.state(HERE) is HoleState.OPEN and not board.holes.proved


def test_a_search_from_its_first_report_to_its_end(board: ProofBoard) -> None:
    board.apply(_started("search_proof", call="2"))
    board.apply(search(nodes=[state(0, None, "", "⊢ p", 1)]))
    assert board.apply(search("shortening", nodes=[state(0, None, "", "⊢ p", 1, "proved")])) == {"search"}
    assert board.search is not None and board.search.running and board.search.nodes[0].status == "proved"
    board.apply(_finished("search_proof", call="2", tactics=500, states=40, proof="omega"))
    assert not board.search.running and board.search.tactics == 500
    assert board.search.outcome == "proof found, not written"
    assert board.holes.state(HERE) is HoleState.OPEN and board.attempts[0].tactic == "omega"


@pytest.mark.parametrize(
    ("verdict", "data", "outcome", "left"),
    [
        ("timed out", {}, "out of time", HoleState.FAILED),
        ("Lean refused", {}, "nothing left to try", HoleState.FAILED),
        ("Lean refused", {"refutation": "false for 5"}, "false", HoleState.FAILED),
        ("failed", {}, "stopped", HoleState.OPEN),
    ],
)
def test_searches_that_find_nothing(
    board: ProofBoard, verdict: str, data: dict[str, Any], outcome: str, left: HoleState
) -> None:
    board.apply(_started("search_proof", call="2"))
    board.apply(search())
    board.apply(_finished("search_proof", verdict, call="2", **data))
    assert board.search is not None and board.search.outcome == outcome
    assert board.holes.state(HERE) is left


def test_a_new_search_begins_a_new_tree(board: ProofBoard) -> None:
    board.apply(search(nodes=[state(0, None, "", "⊢ p", 1)]))
    board.apply(_finished("search_proof", call="2"))
    board.apply(search(nodes=[state(5, None, "", "⊢ q", 1)]))
    assert board.search is not None and list(board.search.nodes) == [5]


def test_an_accepted_proof_and_nothing_else_makes_a_hole_proved(board: ProofBoard) -> None:
    board.show_goals(HERE, ["⊢ p"])
    board.apply(_started("write_proof", proof="omega"))
    event = ProofAccepted(path=NATURALS, declaration="add_comm'", proof="omega", axioms=())
    assert board.apply(event) == {"holes", "goal"}
    board.apply(_finished("write_proof"))
    assert board.holes.proved[NATURALS, "add_comm'"] == 1 and board.holes.find(HERE) is None
    assert board.attempts[0].verdict == "accepted" and board.attempts[0].tactic == "omega"
    assert board.shown is not None and board.shown.about == "add_comm': proved" and not board.shown.goals


def test_a_proof_that_was_refused(board: ProofBoard) -> None:
    board.apply(_started("write_proof", proof="simp\ndone"))
    board.apply(_finished("write_proof", "Lean refused", reasons=["unsolved goals"]))
    assert board.holes.state(HERE) is HoleState.FAILED
    assert (board.attempts[0].tactic, board.attempts[0].detail) == ("simp …", "unsolved goals")


def test_a_write_that_the_person_refused_leaves_the_hole_open(board: ProofBoard) -> None:
    board.apply(_started("write_proof", proof="simp"))
    board.apply(_finished("write_proof", "not allowed", text="the person said no"))
    assert board.holes.state(HERE) is HoleState.OPEN and board.attempts[0].verdict == "not allowed"


def test_elaboration_is_shown_until_it_is_over(board: ProofBoard) -> None:
    def told(line: int) -> ToolProgress:
        data = {"kind": "elaboration", "path": str(NATURALS), "line": line, "lines": 9}
        return ToolProgress(call="1", text="", data=data)

    assert board.apply(told(4)) == {"status"}
    assert board.elaboration is not None and board.elaboration.line == 4
    board.apply(told(9))
    assert board.elaboration is None
    board.apply(told(5))
    board.apply(_finished("check"))
    assert board.elaboration is None


def test_the_goals_tool_shows_the_state_after_against_the_one_before(board: ProofBoard) -> None:
    states: list[dict[str, Any]] = [
        {"line": 3, "column": 0, "what": "before", "goals": ["⊢ p"]},
        {"line": 3, "column": 9, "what": "after", "goals": ["⊢ q"]},
    ]
    board.apply(_finished("goals", states=states))
    assert board.shown is not None and board.shown.about == "Naturals.lean, line 3 (after)"
    assert (board.shown.goals, board.shown.before) == (("⊢ q",), ("⊢ p",))


def test_goals_of_a_hole_are_compared_with_the_last_ones(board: ProofBoard) -> None:
    board.show_goals(HERE, ["⊢ p"])
    board.show_goals(HERE, ["⊢ q"])
    assert board.shown is not None and board.shown.before == ("⊢ p",)
    board.show_goals(Place(NATURALS, "mul_add'", 2), ["⊢ r"])
    assert board.shown.before == () and board.shown.about == "mul_add', hole 2"


def test_the_budget_of_a_turn(board: ProofBoard) -> None:
    clock = board.clock
    assert isinstance(clock, _Clock)
    board.apply(TurnStarted(session="s", model="m", prompt="p"))
    clock.now = 5.0
    used, all_used = Usage(prompt_tokens=10), Usage(prompt_tokens=30)
    event = UsageUpdated(reply=used, turn=used, session=all_used, context_tokens=1, context_limit=2)
    assert board.apply(event) == {"status"}
    assert board.turn_runs and board.turn_seconds == 5.0 and board.session.total_tokens == 30
    board.apply(_turn_over())
    clock.now = 99.0
    assert not board.turn_runs and board.turn_seconds == 12.0 and board.turn.total_tokens == 7


def test_what_was_cut_off_is_no_longer_in_work(board: ProofBoard) -> None:
    board.apply(_started("search_proof", call="2"))
    board.apply(search())
    board.apply(_turn_over())
    assert board.holes.state(HERE) is HoleState.OPEN
    assert board.search is not None and board.search.outcome == "stopped"


def test_a_lean_that_does_nothing_elaborates_nothing(board: ProofBoard) -> None:
    board.apply(ToolProgress(call="1", text="", data={"kind": "elaboration", "path": "/a", "line": 1, "lines": 9}))
    board.lean_status("it died", "failed")
    assert board.elaboration is None and board.lean == ("it died", "failed")


@pytest.mark.parametrize(
    "event",
    [
        MessageDelta(text="x"),
        ReasoningDelta(text="x"),
        MessageFinished(text="x"),
        Notice(kind="retry", text="x"),
        DiffProposed(call="1", permission="edit", path=Path("/a"), summary="", diff=""),
        PermissionAsked(call="1", permission="edit"),
        PermissionAnswered(call="1", allowed=True, by="mode"),
        ErrorHappened(code="x", message="x", exit_code=1),
        ToolProgress(call="1", text="x"),
        ToolProgress(call="1", text="x", data={"kind": "something new", "nodes": 3}),
    ],
)
def test_what_is_not_about_the_proof_changes_nothing(board: ProofBoard, event: Event) -> None:
    assert board.apply(event) == frozenset()


def test_nothing_grows_without_bound(board: ProofBoard) -> None:
    for number in range(1200):
        board.apply(_started("try_tactics", call=str(number)))
        board.apply(trial(f"t {number}", "error"))
        board.show_goals(Place(NATURALS, f"x{number}", 1), ["⊢ p"])
    assert len(board.attempts) == 500 and board.attempts_made == 1200
    assert board.attempts[0].tactic == "t 1199"


def test_what_the_person_does_by_hand_outlives_a_turn(board: ProofBoard) -> None:
    by_hand = _started("search_proof", "hand-1").model_copy(update={"by": "person"})
    board.apply(by_hand)
    board.apply(_turn_over())
    assert board.holes.state(HERE) is HoleState.WORKING
    board.apply(_finished("search_proof", "timed out", "hand-1"))
    assert board.holes.state(HERE) is HoleState.FAILED


def test_behind_a_sorry_the_state_before_it_is_shown(board: ProofBoard) -> None:
    states: list[dict[str, Any]] = [
        {"line": 2, "column": 2, "what": "before", "goals": ["⊢ True"]},
        {"line": 2, "column": 7, "what": "after", "goals": []},
    ]
    board.apply(_started("goals"))
    board.apply(_finished("goals", states=states))
    assert board.shown is not None
    assert board.shown.goals == ("⊢ True",)
    assert board.shown.before == ()


def test_a_session_that_is_taken_up_begins_afresh_and_knows_what_was_undone(board: ProofBoard) -> None:
    proved = ProofAccepted(path=NATURALS, declaration="add_comm'", proof="omega", axioms=())
    undone = WriteUndone(path=NATURALS, declarations=("add_comm'",), diff="")
    board.apply(proved)
    board.restart()
    for event in (proved, undone, proved, undone):
        board.apply(event)
    assert not board.holes.proved
    board.show_outline(project())
    assert board.holes.state(HERE) is HoleState.OPEN


def test_an_undo_while_the_files_are_known_is_left_to_the_outline(board: ProofBoard) -> None:
    board.apply(ProofAccepted(path=NATURALS, declaration="add_comm'", proof="omega", axioms=()))
    board.apply(WriteUndone(path=NATURALS, declarations=("add_comm'",), diff=""))
    assert board.holes.proved[NATURALS, "add_comm'"] == 1
    board.show_outline(project())
    assert not board.holes.proved
