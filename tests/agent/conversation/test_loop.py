"""The loop, with a real client and a real HTTP server; tools are small ones of the tests' own."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agent.conversation.events import (
    EVENT,
    ErrorHappened,
    Event,
    MessageDelta,
    Notice,
    PermissionAnswered,
    ToolFinished,
    TurnEnd,
    TurnFinished,
    UsageUpdated,
)
from agent.conversation.history import CANCELLED, unanswered
from agent.conversation.limits import TurnLimits
from agent.conversation.permissions import Answer as Says
from agent.conversation.permissions import Gatekeeper, Mode
from agent.conversation.session import Session
from tests.agent.conversation.talk import Echo, Fill, Forever, Meet, conversation, events_of, kinds
from tests.openai_server import HANG, Answer, Call, Endless, OpenAIServer, Refusal
from tools.toolbox.tool import Proposal


def _end(events: list[Event]) -> TurnFinished:
    assert isinstance(events[-1], TurnFinished)
    return events[-1]


def _finished(events: list[Event]) -> list[ToolFinished]:
    return [event for event in events if isinstance(event, ToolFinished)]


async def test_an_answer(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.will(Answer("It holds by symmetry.", reasoning="Let me think."))
    talk = conversation(openai_server, tmp_path)
    events = await events_of(talk, "why?")
    assert kinds(events) == [
        "turn_started",
        "reasoning_delta",
        "message_delta",
        "message_finished",
        "usage",
        "turn_finished",
    ]
    assert "".join(e.text for e in events if isinstance(e, MessageDelta)) == "It holds by symmetry."
    assert (_end(events).reason, _end(events).text) == (TurnEnd.DONE, "It holds by symmetry.")
    assert _end(events).usage.total_tokens == 15
    sent = openai_server.requests[0]["messages"]
    assert [message["role"] for message in sent] == ["system", "user"]
    assert [EVENT.validate_json(event.model_dump_json()) for event in events] == events
    await events_of(_with(openai_server, talk, Answer("Yes.")), "really?")
    again = openai_server.requests[1]["messages"]
    assert [message["content"] for message in again[1:]] == ["why?", "It holds by symmetry.", "really?"]
    assert "Let me think." not in str(again)  # reasoning is never sent back


def _with(server: OpenAIServer, talk: Any, *replies: Answer) -> Any:
    server.will(*replies)
    return talk


async def test_calls_are_made_side_by_side_and_answered(openai_server: OpenAIServer, tmp_path: Path) -> None:
    calls = (Call("meet", {"text": "A"}), Call("meet", {"text": "B"}), Call("echo", {"text": "hi"}))
    openai_server.will(Answer("Calling.", calls=calls), Answer("Done."))
    talk = conversation(openai_server, tmp_path, Meet(), Echo())
    events = await events_of(talk, "go")
    assert sorted(event.text for event in _finished(events)) == ["hi", "met A", "met B"]
    assert "tool_progress" in kinds(events)
    answers = [m for m in openai_server.requests[1]["messages"] if m["role"] == "tool"]
    assert [(m["tool_call_id"], m["content"]) for m in answers] == [
        ("call_0", "met A"),
        ("call_1", "met B"),
        ("call_2", "hi"),
    ]
    assert _end(events).reason is TurnEnd.DONE


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call("nothing", {}), ("no tool", "echo")),
        (Call("echo", '{"text": "unfin'), ("JSON",)),
        (Call("echo", {"txt": "x"}), ("text",)),
        (Call("echo", {"text": 3}), ("text", "string")),
        (Call("echo", "[1]"), ("object",)),
    ],
)
async def test_a_wrong_call_is_explained_and_the_turn_goes_on(
    openai_server: OpenAIServer, tmp_path: Path, call: Call, words: tuple[str, ...]
) -> None:
    openai_server.will(Answer(calls=(call,)), Answer("Sorry."))
    events = await events_of(conversation(openai_server, tmp_path, Echo()), "go")
    (finished,) = _finished(events)
    assert finished.verdict == "bad arguments"
    assert all(word in finished.text for word in words), finished.text
    assert _end(events).reason is TurnEnd.DONE


async def test_cancelling_an_answer_keeps_what_was_said(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.will(Endless(lambda number: f"word{number} "), Answer("Again."))
    talk = conversation(openai_server, tmp_path)
    events: list[Event] = []
    async for event in talk.act("go"):
        events.append(event)
        if isinstance(event, MessageDelta) and len(events) > 5:
            talk.cancel()
    assert _end(events).reason is TurnEnd.CANCELLED
    assert talk.session.history[-1].content.startswith("word0 word1 ")
    assert openai_server.exchanges[0].over.wait(10) and openai_server.exchanges[0].hung_up
    assert _end(await events_of(talk, "and now?")).text == "Again."


async def test_cancelling_a_tool_answers_its_call(openai_server: OpenAIServer, tmp_path: Path) -> None:
    calls = (Call("echo", {"text": "quick"}), Call("forever", {"text": "x"}))
    openai_server.will(Answer(calls=calls), Answer("Fine."))
    slow = Forever()
    talk = conversation(openai_server, tmp_path, Echo(), slow)
    events: list[Event] = []
    async for event in talk.act("go"):
        events.append(event)
        if isinstance(event, ToolFinished) and event.tool == "echo":
            await slow.started.wait()
            talk.cancel()
    assert _end(events).reason is TurnEnd.CANCELLED
    assert [message.content for message in talk.session.history[-2:]] == ["quick", CANCELLED]
    assert unanswered(talk.session.history) == []
    assert _end(await events_of(talk, "go on")).reason is TurnEnd.DONE


async def test_a_reader_that_goes_away_ends_the_turn(openai_server: OpenAIServer, tmp_path: Path) -> None:
    slow = Forever()
    openai_server.will(Answer(calls=(Call("forever", {"text": "x"}),)), Answer("Fine."))
    talk = conversation(openai_server, tmp_path, slow)
    turn = talk.act("go")
    async for event in turn:
        if event.type == "tool_started":
            break
    await slow.started.wait()
    await turn.aclose()
    assert unanswered(talk.session.history) == []
    # What was saved can be gone on with as well.
    talk.session.close()
    resumed = conversation(openai_server, tmp_path, slow, session=Session.resume(talk.session.id))
    assert _end(await events_of(resumed, "go on")).text == "Fine."


@pytest.mark.parametrize(
    ("limits", "reason", "requests"),
    [
        (TurnLimits(replies=3), TurnEnd.MAX_TURNS, 3),
        (TurnLimits(tokens=25), TurnEnd.MAX_TOKENS, 2),
    ],
)
async def test_limits_end_a_turn_between_replies(
    openai_server: OpenAIServer, tmp_path: Path, limits: TurnLimits, reason: TurnEnd, requests: int
) -> None:
    openai_server.otherwise = Answer(calls=(Call("echo", {"text": "again"}),))
    talk = conversation(openai_server, tmp_path, Echo(), limits=limits)
    events = await events_of(talk, "go")
    assert _end(events).reason is reason
    assert len(openai_server.requests) == requests
    assert unanswered(talk.session.history) == []


async def test_the_time_of_a_turn_is_limited_wherever_it_is(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.will(HANG, Answer(calls=(Call("forever", {"text": "x"}),)))
    talk = conversation(openai_server, tmp_path, Forever(), limits=TurnLimits(seconds=3))
    assert _end(await events_of(talk, "one")).reason is TurnEnd.MAX_SECONDS
    events = await events_of(talk, "two")
    assert _end(events).reason is TurnEnd.MAX_SECONDS
    assert unanswered(talk.session.history) == []


async def test_an_error_ends_the_turn_and_not_the_conversation(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.will(Refusal(404, "no such model"), Answer("Here."))
    talk = conversation(openai_server, tmp_path)
    events = await events_of(talk, "go")
    (error,) = [event for event in events if isinstance(event, ErrorHappened)]
    assert (error.code, error.exit_code) == ("model-unknown-model", 60)
    assert error.hint and _end(events).reason is TurnEnd.ERROR
    assert _end(await events_of(talk, "again")).text == "Here."


async def test_a_retry_is_told(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.will(Refusal(503), Answer("Back."))
    events = await events_of(conversation(openai_server, tmp_path), "go")
    assert [event.kind for event in events if isinstance(event, Notice)] == ["retry"]
    assert _end(events).text == "Back."


async def test_a_fallback_is_told(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.will(Refusal(404, "gone"), Answer("From the other."))
    events = await events_of(conversation(openai_server, tmp_path, fallback="other"), "go")
    assert [event.kind for event in events if isinstance(event, Notice)] == ["fallback"]
    assert _end(events).text == "From the other."


async def test_runaway_answers_are_cut_off(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.will(Endless(lambda _: "simp [Nat.add_comm]\n"))
    events = await events_of(conversation(openai_server, tmp_path), "go")
    assert "runaway" in [event.kind for event in events if isinstance(event, Notice)]
    assert _end(events).reason is TurnEnd.DONE and _end(events).text.count("simp") < 200


# -- what is proved is said by the harness

HOLE = "theorem t : 1 = 1 := by\n  sorry\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "A.lean"
    path.write_text(HOLE)
    return path


async def test_a_false_claim_is_corrected(openai_server: OpenAIServer, tmp_path: Path, file: Path) -> None:
    openai_server.will(
        Answer(calls=(Call("write_proof", {"text": "rfl"}),)),
        Answer("The theorem is proved!"),
        Answer("It is done, believe me."),
        Answer("I could not prove it: writing was refused."),
    )
    events = await events_of(conversation(openai_server, tmp_path, Fill(file)), "prove t")
    corrections = [event for event in events if isinstance(event, Notice) and event.kind == "correction"]
    assert len(corrections) == 2
    told = openai_server.requests[2]["messages"][-1]
    assert told["role"] == "user" and "t" in told["content"] and str(file) in told["content"]
    (state,) = _end(events).files
    assert (state.proved, state.open) == ((), ("t",))
    assert _end(events).refused == 1


async def test_an_accepted_proof_is_reported(openai_server: OpenAIServer, tmp_path: Path, file: Path) -> None:
    openai_server.will(Answer(calls=(Call("write_proof", {"text": "rfl"}),)), Answer("Proved."))
    talk = conversation(openai_server, tmp_path, Fill(file), gatekeeper=Gatekeeper(Mode.ACCEPT_PROOFS))
    events = await events_of(talk, "prove t")
    assert "proof_accepted" in kinds(events) and "notice" not in kinds(events)
    (state,) = _end(events).files
    assert (state.proved, state.open) == (("t",), ())


async def test_one_question_at_a_time_and_the_reason_goes_to_the_model(
    openai_server: OpenAIServer, tmp_path: Path, file: Path
) -> None:
    asking = 0
    most = 0

    async def person(proposal: Proposal) -> Says:
        nonlocal asking, most
        asking += 1
        most = max(most, asking)
        await asyncio.sleep(0.05)
        asking -= 1
        return Says(False, reason="use induction instead")

    calls = tuple(Call("write_proof", {"text": text}) for text in ("rfl", "simp"))
    openai_server.will(Answer(calls=calls), Answer("That was not accepted."))
    talk = conversation(openai_server, tmp_path, Fill(file), gatekeeper=Gatekeeper(Mode.ASK, person))
    events = await events_of(talk, "prove t")
    answered = [event for event in events if isinstance(event, PermissionAnswered)]
    assert [(event.allowed, event.by) for event in answered] == [(False, "person")] * 2
    assert most == 1
    told = [m["content"] for m in openai_server.requests[1]["messages"] if m["role"] == "tool"]
    assert all("use induction instead" in text for text in told)
    assert file.read_text() == HOLE


async def test_a_changed_statement_is_shown_side_by_side(
    openai_server: OpenAIServer, tmp_path: Path, file: Path
) -> None:
    statements = (("t", "1 = 1", "True"),)
    openai_server.will(Answer(calls=(Call("write_proof", {"text": "rfl"}),)), Answer("It was refused."))
    talk = conversation(openai_server, tmp_path, Fill(file, statements), gatekeeper=Gatekeeper(Mode.ACCEPT_PROOFS))
    events = await events_of(talk, "prove t")
    (proposed,) = [event for event in events if event.type == "diff_proposed"]
    assert proposed.statements == statements
    assert _end(events).refused == 1 and file.read_text() == HOLE


# -- long conversations


async def test_a_long_history_is_shortened_and_keeps_what_matters(openai_server: OpenAIServer, tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1900, "completion_tokens": 5, "total_tokens": 1905}
    openai_server.will(
        Answer(" ".join(f"word{number}" for number in range(400)), usage=usage),
        Answer("They spoke about symmetry."),  # the summary
        Answer("Yes."),
    )
    talk = conversation(openai_server, tmp_path, context_tokens=2000)
    await events_of(talk, "My theorem is about 𝕜.")
    events = await events_of(talk, "Go on.")
    assert "compaction" in [event.kind for event in events if isinstance(event, Notice)]
    sent = str(openai_server.requests[2]["messages"])
    assert "My theorem is about 𝕜." in sent and "They spoke about symmetry." in sent and "Go on." in sent
    assert "word99" not in sent
    assert len(talk.session.said) == 4  # for people, everything is still there
    (usage_event,) = [event for event in events if isinstance(event, UsageUpdated)]
    assert usage_event.context_limit == 2000


async def test_a_provider_that_finds_it_too_long_gets_it_shorter(openai_server: OpenAIServer, tmp_path: Path) -> None:
    too_long = Refusal(400, "This model's maximum context length is 4096 tokens.", code="context_length_exceeded")
    openai_server.will(Answer("One."), too_long, Answer("They spoke about one."), Answer("Two."))
    talk = conversation(openai_server, tmp_path)
    await events_of(talk, "My theorem is about 𝕜.")
    events = await events_of(talk, "Go on.")
    assert [event.kind for event in events if isinstance(event, Notice)] == ["compaction"]
    assert _end(events).text == "Two."
    sent = str(openai_server.requests[3]["messages"])
    assert "My theorem is about 𝕜." in sent and "They spoke about one." in sent and "Go on." in sent


async def test_what_cannot_be_shortened_enough_is_an_error(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.otherwise = Refusal(400, "maximum context length", code="context_length_exceeded")
    events = await events_of(conversation(openai_server, tmp_path), "go")
    (error,) = [event for event in events if isinstance(event, ErrorHappened)]
    assert error.code == "model-context-too-long" and error.hint
