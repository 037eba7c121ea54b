import pytest
from textual.app import App
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from agent.conversation.events import MessageDelta, MessageFinished, ToolStarted, TurnStarted
from agent.tui.transcript import Transcript
from tests.agent.tui.transcript.sample import (
    MARKDOWN,
    Host,
    everything,
    finished,
    long_session,
    said,
    started,
    talk,
    tools,
)


async def settle(pilot: Pilot[None]) -> None:
    """Paints what is new now, and not when it is time."""
    pilot.app.query_one(Transcript).paint()
    await pilot.pause()


async def test_a_resumed_session_is_at_its_end():
    async with Host(long_session(50)).run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, Host)
        assert app.transcript.follows
        assert app.screen_text()[-1] == "  • line 9 of reply 49"


async def test_replay_and_live_are_the_same():
    texts: list[tuple[str, list[str]]] = []
    for live in (True, False):
        app = Host([] if live else everything())
        async with app.run_test(size=(80, 30)) as pilot:
            for event in everything() if live else []:
                app.transcript.apply(event)
            await settle(pilot)
            texts.append((app.transcript.plain_text(), app.screen_text()))
    assert texts[0] == texts[1]


async def test_new_text_does_not_move_what_is_read():
    app = Host(long_session(30))
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        await pilot.press("pageup", "pageup")
        before = app.screen_text()
        app.transcript.apply(said("a new question"))
        for number in range(50):
            app.transcript.apply(MessageDelta(text=f"new line {number}\n\n"))
        await settle(pilot)
        after = app.screen_text()
        assert after[:-1] == before[:-1]
        assert after[-1].strip() == "↓ new text below (Ctrl+End)"
        await pilot.press("end")
        assert app.screen_text()[-1] == "  new line 49"
        app.transcript.apply(MessageDelta(text="and on"))
        await settle(pilot)
        assert app.screen_text()[-1] == "  and on"


async def test_pages_are_neither_skipped_nor_repeated():
    """Heights are estimates at first; whoever pages up must see every line nevertheless."""
    events = [event for turn in range(40) for event in (said(f"q{turn}"), MessageFinished(text=MARKDOWN))]
    app = Host(events)
    async with app.run_test(size=(50, 20)) as pilot:
        await settle(pilot)
        below = app.screen_text()
        for _ in range(30):
            await pilot.press("pageup")
            above = app.screen_text()
            assert above[-2:] == below[:2]
            below = above


@pytest.mark.parametrize("place", ["home", "pageup"])
async def test_a_new_width_keeps_the_place(place: str):
    app = Host(long_session(60))
    async with app.run_test(size=(100, 20)) as pilot:
        await settle(pilot)
        await pilot.press(*[place] * 5)
        top = app.screen_text()[0]
        for width in (60, 41, 100):
            await pilot.resize_terminal(width, 20)
            await pilot.pause()
            assert app.screen_text()[0] == top
        assert not app.transcript.follows


async def test_a_new_width_stays_at_the_end():
    app = Host(long_session(60))
    async with app.run_test(size=(100, 20)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert app.screen_text()[-1] == "  • line 9 of reply 59"


async def test_the_cursor_opens_a_tool_and_closes_it():
    app = Host([said("hello"), started("a", "goals", file="A.lean"), finished("a", "goals", text="its text")])
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        await pilot.press("down", "down")
        assert [row for row in app.screen_text() if row.startswith("❯")] == ["❯ ✓ goals A.lean · ok · 2.4 s"]
        await pilot.press("enter")
        assert "    its text" in [row.replace("│", " ") for row in app.screen_text()]
        await pilot.press("space")
        assert not any("its text" in row for row in app.screen_text())
        await pilot.press("k")
        assert app.screen_text()[0] == "❯ hello"


async def test_the_cursor_walks_through_a_block_that_is_taller_than_the_screen():
    app = Host(
        [said("first"), MessageFinished(text="\n\n".join(f"line {number}" for number in range(40))), said("last")]
    )
    async with app.run_test(size=(80, 10)) as pilot:
        await settle(pilot)
        await pilot.press("home")
        seen: set[str] = set()
        for _ in range(30):
            await pilot.press("j")
            seen.update(row.lstrip("❯│▌ ") for row in app.screen_text())
        assert {f"line {number}" for number in range(40)} <= seen
        assert app.screen_text()[-1] == "❯ last"


async def test_all_tools_open_and_close():
    app = Host(tools())
    async with app.run_test(size=(80, 100)) as pilot:
        await settle(pilot)
        await pilot.press("o")
        assert "      ⊢ n = n" in app.screen_text()
        await pilot.press("o")
        assert "      ⊢ n = n" not in app.screen_text()
        closed = [row for row in app.screen_text() if row.strip()]
        assert len(closed) == sum(isinstance(event, ToolStarted) for event in tools())


async def test_a_click_opens_a_tool():
    app = Host([said("hello"), started("a", "goals", file="A.lean"), finished("a", "goals", text="its text")])
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        await pilot.click("Transcript", offset=(6, 2))
        await settle(pilot)
        assert any("its text" in row for row in app.screen_text())


async def test_what_opens_at_the_end_opens_in_view():
    app = Host([*long_session(5), started("a", "goals"), finished("a", "goals", text="text\n" * 50)])
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        await pilot.press("up")
        row = app.screen_text().index("❯ ✓ goals · ok · 2.4 s")
        await pilot.press("enter")
        assert app.screen_text().index("❯ ✓ goals · ok · 2.4 s") == 0
        assert row == 19
        assert not app.transcript.follows


async def test_copying_gives_the_whole_block():
    app = Host([said("hello"), MessageFinished(text="**bold** text"), started("a", "goals"), finished("a", "goals")])
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        await pilot.press("c", "up", "up", "y")
        await pilot.pause()
    assert app.copied == ["goals: ok\ndone", "**bold** text"]


async def test_selecting_with_the_mouse_gives_the_text_alone():
    app = Host([said("hello there"), MessageFinished(text="a reply that is wrapped because it is long, with `code`")])
    async with app.run_test(size=(30, 20)) as pilot:
        await settle(pilot)
        assert app.screen_text()[:5] == [
            "▌ hello there",
            "",
            "  a reply that is wrapped",
            "  because it is long, with",
            "  code",
        ]
        await pilot.mouse_down("Transcript", offset=(8, 0))
        await pilot.hover("Transcript", offset=(5, 4))
        await pilot.mouse_up("Transcript", offset=(5, 4))
        assert app.screen.get_selected_text() == "there\n\na reply that is wrapped because it is long, with code"
        app.transcript.apply(said("more"))
        await settle(pilot)
        assert app.screen.get_selected_text() == "there\n\na reply that is wrapped because it is long, with code"


async def test_the_wheel_scrolls_and_comes_back_to_the_end():
    app = Host(long_session(10))
    async with app.run_test(size=(80, 20)) as pilot:
        await settle(pilot)
        for kind, follows in ((MouseScrollUp, False), (MouseScrollDown, True)):
            app.transcript.post_message(kind(app.transcript, 1, 1, 0, 0, 0, False, False, False))
            await pilot.pause()
            assert app.transcript.follows is follows


async def test_a_fence_is_stable_while_it_arrives():
    app = Host([TurnStarted(session="s", model="m", prompt="go")])
    async with app.run_test(size=(80, 30)):
        text = "Before.\n\n```lean\ntheorem x : 1 = 1 := by\n\n  rfl\n\n-- end\n```\n\nAfter."
        seen: list[list[str]] = []
        for character in text:
            app.transcript.apply(MessageDelta(text=character))
            app.transcript.paint()
            seen.append([row for row in app.screen_text() if row])
        middle = seen[text.index("rfl") + 3]
        assert middle == ["▌ go", "  Before.", "    theorem x : 1 = 1 := by", "      rfl"]
        assert seen[-1] == [*middle, "    -- end", "  After."]


async def test_five_thousand_lines_scroll():
    app = Host(long_session(500))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.transcript.virtual_size.height > 5000
        await pilot.press("home")
        assert app.screen_text()[0] == "▌ question 0"
        await pilot.press("end")
        assert app.screen_text()[-1] == "  • line 9 of reply 499"


async def test_a_message_without_end_says_what_is_not_shown():
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(210):
            app.transcript.apply(MessageDelta(text="word " * 200))
        await settle(pilot)
        assert app.screen_text()[-1] == "  … 10000 more characters are not shown (c copies all)"


@pytest.mark.parametrize("size", [(20, 5), (3, 1), (300, 80)])
async def test_every_size_can_be_drawn(size: tuple[int, int]):
    app = Host(everything(), is_open=True)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("home", "down", "enter", "pagedown", "end")
        assert len(app.screen_text()) == size[1]


async def test_clearing_leaves_nothing():
    app = Host(talk())
    async with app.run_test(size=(80, 24)) as pilot:
        app.transcript.clear()
        app.transcript.note("cleared")
        await settle(pilot)
        assert [row for row in app.screen_text() if row] == ["  cleared"]
        assert app.transcript.plain_text() == "cleared"


async def test_only_what_runs_turns(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TEXTUAL_ANIMATIONS")
    clock = [0.0]
    app = App[None]()
    async with app.run_test(size=(80, 10)) as pilot:
        transcript = Transcript(clock=lambda: clock[0])
        await app.mount(transcript)
        transcript.apply(started("a", "goals"))
        await settle(pilot)
        assert transcript.render_line(0).text.strip() == "⠋ goals · running"
        clock[0] = 2.3
        while "⠋" in transcript.render_line(0).text:
            await pilot.pause(0.02)
        assert transcript.render_line(0).text.strip() == "⠸ goals · running · 2.3 s"
        transcript.apply(finished("a", "goals"))
        await settle(pilot)
        assert transcript.render_line(0).text.strip() == "✓ goals · ok · 2.4 s"
