"""Pictures of every kind of block in every state. Made anew with `pytest --snapshot-update`, then looked at."""

from collections.abc import Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from agent.conversation.events import Event, MessageDelta, ReasoningDelta
from agent.tui.transcript import Transcript
from tests.agent.tui.transcript.sample import DIFF, Host, ends, long_session, said, started, talk, tools, writes

SHOWN = {"talk": (talk, 46), "tools": (tools, 16), "writes": (writes, 40), "ends": (ends, 20)}


async def paint(pilot: Pilot[None]) -> None:
    await pilot.pause()
    pilot.app.query_one(Transcript).paint()
    await pilot.pause()


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize("part", SHOWN)
def test_blocks(snap_compare: Any, part: str, theme: str):
    events, height = SHOWN[part]
    app = Host(events(), theme=theme)
    assert snap_compare(app, terminal_size=(100, height), run_before=paint)


@pytest.mark.parametrize("part", SHOWN)
def test_narrow_blocks(snap_compare: Any, part: str):
    events, height = SHOWN[part]
    assert snap_compare(Host(events()), terminal_size=(40, height * 3 // 2), run_before=paint)


@pytest.mark.parametrize("width", [40, 100])
def test_opened_tools(snap_compare: Any, width: int):
    assert snap_compare(Host(tools(), is_open=True), terminal_size=(width, 90), run_before=paint)


@pytest.mark.parametrize("theme", ["ansi-dark", "gruvbox"])
def test_other_themes(snap_compare: Any, theme: str):
    events: Sequence[Event] = [*tools(), *writes(), *ends()]
    assert snap_compare(Host(events, theme=theme), terminal_size=(100, 70), run_before=paint)


def test_cursor_and_opened_blocks(snap_compare: Any):
    async def open_them(pilot: Pilot[None]) -> None:
        await paint(pilot)
        await pilot.press("home", "down", "down", "enter", *["down"] * 4, "enter")

    events = [*talk()[:2], *talk()[-1:], *writes()[:3]]
    assert snap_compare(Host(events), terminal_size=(80, 50), run_before=open_them)


def test_a_reply_that_arrives(snap_compare: Any):
    events = [said("go on"), ReasoningDelta(text="so\nfar"), started("a", "check", file="A.lean")]
    half = [ReasoningDelta(text="x\ny"), MessageDelta(text="Half of it:\n\n```lean\ntheorem x : 1 = 1 := by\n  si")]
    assert snap_compare(Host([*events, *half]), terminal_size=(60, 14), run_before=paint)


def test_new_text_below(snap_compare: Any):
    async def scroll_up(pilot: Pilot[None]) -> None:
        await paint(pilot)
        await pilot.press("pageup")
        pilot.app.query_one(Transcript).note("something new")
        await paint(pilot)

    assert snap_compare(Host(long_session(5)), terminal_size=(60, 16), run_before=scroll_up)


def test_what_commands_show(snap_compare: Any):
    async def show(pilot: Pilot[None]) -> None:
        transcript = pilot.app.query_one(Transcript)
        transcript.person("a question for later", queued=True)
        transcript.note("the model is now openrouter/x")
        transcript.note("no such session: 12", "error")
        transcript.note("two files changed outside\nof this session", "warning", "Files")
        transcript.show_markdown("Type `/` for **commands**.", "Help")
        transcript.show_diff(DIFF, "What changed")
        await paint(pilot)

    assert snap_compare(Host(), terminal_size=(80, 30), run_before=show)
