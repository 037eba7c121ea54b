"""Turns of a model in the app: streamed, queued, interrupted, resumed. The model is the scripted server."""

from pathlib import Path

import pytest

from agent.conversation.session import Session
from tests.agent.tui.opened import Opened, opened
from tests.openai_server import HANG, Answer, Call, Endless, OpenAIServer, Refusal


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "A.lean").write_text("theorem t : True := by\n  sorry\n")
    return root


async def _ready(app: Opened) -> None:
    await app.shows("1 open hole")


async def test_a_turn(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("It is *true*.", reasoning="Hm."))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("Is it?")
        await app.shows("Is it?", "It is *true*.", "15 tokens")
        await app.idle()
    assert openai_server.requests[0]["messages"][-1]["content"] == "Is it?"


async def test_messages_wait_for_their_turn(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("one " * 40, gap=0.1), Answer("two"), Answer("three"))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("First")
        await app.shows("one")
        await app.says("Second")
        await app.says("Third")
        assert "next: Second" in str(app.app.query_one("#queue").render())
        await app.shows("three")
        await app.idle()
    said = [message["content"] for message in openai_server.requests[2]["messages"] if message["role"] == "user"]
    assert said == ["First", "Second", "Third"]


@pytest.mark.parametrize("reply", [HANG, Endless(lambda n: f"line {n}\n"), Answer("slow " * 500, gap=0.05)])
async def test_escape_interrupts_at_once(project: Path, openai_server: OpenAIServer, reply: Answer | Endless) -> None:
    openai_server.will(reply, Answer("Yes?"))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("Go on")
        await app.until(lambda: openai_server.requests, "asked")
        await app.says("And then this")
        await app.pilot.press("escape")
        await app.idle()
        await app.shows("cancelled")
        assert app.app.composer.text == "And then this"
        await app.pilot.press("enter")
        await app.shows("Yes?")


async def test_ctrl_c_interrupts_too(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(HANG)
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("Go on")
        await app.until(lambda: openai_server.requests, "asked")
        await app.pilot.press("ctrl+c")
        await app.idle()
        assert app.app.is_running


async def test_an_error_is_told_and_the_conversation_goes_on(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Refusal(401, "bad key"), Answer("Here I am."))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("Hello?")
        await app.shows("error")
        await app.idle()
        await app.says("Hello again")
        await app.shows("Here I am.")


async def test_what_a_model_writes_is_shown_and_not_executed(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("\x1b[31mred\x1b]2;owned\x07 [bold]not bold[/bold]"))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("Colour!")
        await app.shows("[bold]not bold[/bold]")
        await app.idle()
        assert "\x1b" not in app.app.export_screenshot()
        assert "\\x1b[31mred" in "".join(strip.text for strip in map(app.app.transcript.render_line, range(30)))


async def test_a_tool_failure_and_bad_arguments_are_shown(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer(calls=(Call("read_file", {"file": "../etc/passwd"}), Call("nothing"))), Answer("Oh."))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("Read")
        await app.shows("is outside", "there is no tool", "Oh.")


async def test_a_session_is_resumed_with_everything_as_it_was(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(
        Answer("Reading.", reasoning="I read.", calls=(Call("read_file", {"file": "A.lean"}),)),
        Answer("# Done\n\n```lean\ntheorem t : True := trivial\n```"),
        Refusal(400, "no"),
        Answer("Back again."),
    )
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("Read A.lean")
        await app.shows("# Done")
        await app.idle()
        await app.says("!echo by hand")
        await app.idle()
        await app.says("fail")
        await app.shows("error")
        await app.idle()
        seen = app.text
        name = app.bench.session.id
    async with opened(project, openai_server.url, lean=False, session=Session.resume(name)) as app:
        await _ready(app)
        assert _conversation(app.text) == _conversation(seen)
        await app.says("Still there?")
        await app.shows("Back again.")
    roles = [message["role"] for message in openai_server.requests[-1]["messages"]]
    assert roles.count("user") >= 3
    assert any("echo by hand" in str(message["content"]) for message in openai_server.requests[-1]["messages"])


def _conversation(text: str) -> list[str]:
    """The lines from the first thing that was said on, without notes about the machine."""
    lines = text.splitlines()
    begin = next(i for i, line in enumerate(lines) if "Read A.lean" in line)
    machine = ("toolchain", "Lean file", "qed 0.0.0")
    return [line for line in lines[begin:] if line.strip() and not any(word in line for word in machine)]


async def test_the_model_is_changed_in_the_middle(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("first"), Answer("second"))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("One")
        await app.shows("first")
        await app.idle()
        await app.says("/model scripted")
        await app.shows("From now on scripted")
        await app.says("Two")
        await app.shows("second")
    assert len(openai_server.requests[1]["messages"]) > len(openai_server.requests[0]["messages"])


async def test_compaction(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("first"), Answer("a summary"))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("One")
        await app.shows("first")
        await app.idle()
        await app.says("/compact")
        await app.shows("the conversation was summarised")


async def test_escape_ends_a_shell_command(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("I see."))
    async with opened(project, openai_server.url, lean=False) as app:
        await _ready(app)
        await app.says("!echo begun; sleep 300")
        await app.shows("begun")
        await app.pilot.press("escape")
        await app.idle()
        await app.shows("cancelled before it was done")
        await app.says("!echo again")
        await app.shows("again")
        await app.says("What did I do?")
        await app.shows("I see.")
    told = [str(message["content"]) for message in openai_server.requests[0]["messages"]]
    assert any("echo again" in text for text in told)
