"""What has to hold of a history, and what is read off it."""

from pathlib import Path

import pytest

from agent.conversation.history import HARNESS, answer, facts, last_exchange, unanswered
from agent.conversation.turn import TurnRecord
from agent.llm.chat import Message, ToolCall
from tools.toolbox.tool import AcceptedProof


def _call(number: int, name: str = "goals", arguments: str = "{}") -> ToolCall:
    return ToolCall(id=f"call_{number}", name=name, arguments=arguments)


def _calls(*calls: ToolCall) -> Message:
    return Message(role="assistant", tool_calls=calls)


def _said(text: str) -> Message:
    return Message(role="user", content=text)


def test_calls_without_an_answer_are_found() -> None:
    one, two = _call(0), _call(1)
    assert unanswered([_said("x"), _calls(one, two), answer(one, "yes")]) == [two]
    assert unanswered([_calls(one), answer(one, "yes")]) == []


def test_ids_may_repeat_from_reply_to_reply() -> None:
    one = _call(0)
    history = [_calls(one), answer(one, "yes"), _calls(one)]
    assert unanswered(history) == [one]
    assert unanswered([*history, answer(one, "yes")]) == []


def test_facts_are_what_the_person_said_the_last_goals_and_the_tries() -> None:
    first, second = _call(0, "goals", '{"line": 1}'), _call(0, "try_tactics", '{"tactics": ["simp"]}')
    history = [
        _said("prove it"),
        _calls(first),
        answer(first, "old goal"),
        _calls(first),
        answer(first, "new goal"),
        _calls(second),
        answer(second, "simp: error"),
        _said(f"{HARNESS}not proved"),
        _said("go on"),
    ]
    known = facts(history)
    assert known.said == ("prove it", "go on")
    assert [text.splitlines()[-1] for text in known.goals] == ["new goal"]
    assert [text.splitlines()[-1] for text in known.tried] == ["simp: error"]
    assert last_exchange(history) == 8


HOLES = "theorem one : 1 = 1 := by\n  sorry\n\ntheorem two : 2 = 2 := by\n  sorry\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "A.lean"
    path.write_text(HOLES)
    return path


def test_the_file_says_what_is_open(file: Path) -> None:
    record = TurnRecord()
    record.note("write_proof", {"path": str(file), "declaration": "one"})
    record.note("outline", {"path": str(file), "declaration": "two"})  # looking is not working
    record.accepted.append(AcceptedProof(file, "one", "rfl", ()))
    (state,) = record.states()
    assert (state.proved, state.open) == ((), ("one",))  # said to be accepted, but the hole is there
    file.write_text(HOLES.replace("sorry", "rfl", 1))
    (state,) = record.states()
    assert (state.proved, state.open) == (("one",), ())


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Done! The theorem is proved.", True),
        ("I have proved `one` by reflexivity. ∎", True),
        ("", True),
        ("Der Satz ist jetzt bewiesen.", True),
        ("I could not prove it: simp fails.", False),
        ("`one` is still open.", False),
        ("That's not yet proved.", False),
        ("I was unable to close the goal.", False),
        ("Das ist noch nicht bewiesen.", False),
    ],
)
def test_a_claim_is_held_against_the_file(file: Path, text: str, claims: bool) -> None:
    record = TurnRecord()
    assert record.contradicts(text) == ()  # nothing was worked at
    record.note("try_tactics", {"path": str(file), "declaration": "one"})
    assert bool(record.contradicts(text)) is claims
    file.write_text(HOLES.replace("sorry", "rfl"))
    assert record.contradicts(text) == ()
