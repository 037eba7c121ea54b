"""The keys of the composer: sending, new lines, history, editor, pastes."""

import stat
import sys
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from agent.tui.composer.history import History
from tests.agent.tui.composer.host import Host, type_keys


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with Host().run_test(size=(80, 24)) as pilot:
        yield pilot


@pytest.fixture
def host(pilot: Pilot[None]) -> Host:
    assert isinstance(pilot.app, Host)
    return pilot.app


async def paste(pilot: Pilot[None], host: Host, text: str) -> None:
    host.field.post_message(events.Paste(text))
    await pilot.pause()


async def test_enter_sends_the_text_without_blanks_at_its_end(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "  prove it  \n")
    assert host.sent == ["  prove it"] and host.composer.text == ""


async def test_blanks_are_not_sent(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "   \n")
    assert host.sent == []


@pytest.mark.parametrize("key", ["shift+enter", "alt+enter", "ctrl+j"])
async def test_keys_for_a_new_line(pilot: Pilot[None], host: Host, key: str) -> None:
    await pilot.press("a", key, "b", "enter")
    await pilot.pause()
    assert host.sent == ["a\nb"]


async def test_a_backslash_at_the_end_makes_enter_a_new_line(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "a\\\nb\n")
    assert host.sent == ["a\nb"]


async def test_the_field_grows_with_its_text_and_then_scrolls(pilot: Pilot[None], host: Host) -> None:
    heights = [host.field.size.height]
    for _ in range(3):
        await pilot.press("a", "ctrl+j")
        await pilot.pause()
        heights.append(host.field.size.height)
    await pilot.press(*["ctrl+j"] * 30)
    await pilot.pause()
    assert heights == [1, 2, 3, 4] and host.field.size.height == 8
    assert host.composer.region.bottom == 24


async def test_what_was_typed_can_be_undone_and_what_was_sent_cannot(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "sent\nab")
    await pilot.press("ctrl+z")
    assert host.composer.text == ""
    await pilot.press("ctrl+z")
    assert host.composer.text == ""


async def test_up_and_down_walk_the_history_and_keep_the_draft(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "one\ntwo\n/undo\ndraft")
    seen: list[str] = []
    for key in ("up", "up", "up", "up", "down", "down", "down", "down"):
        await pilot.press(key)
        seen.append(host.composer.text)
    assert seen == ["/undo", "two", "one", "one", "two", "/undo", "draft", "draft"]


async def test_up_in_the_middle_of_a_text_moves_the_cursor(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "old\n")
    await pilot.press("a", "ctrl+j", "b", "up")
    assert host.composer.text == "a\nb" and host.field.cursor_location[0] == 0
    await pilot.press("up")
    assert host.composer.text == "old"
    await pilot.press("down")
    assert host.composer.text == "a\nb"


async def test_the_history_is_searched(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "prove add_comm\nprove mul_comm\nother\ndraft")
    await pilot.press("ctrl+r")
    await type_keys(pilot, "comm")
    assert host.offered == ["prove mul_comm", "prove add_comm"]
    await pilot.press("ctrl+r", "enter")
    await pilot.pause()
    assert host.composer.text == "prove add_comm" and host.sent[-1] == "other"
    assert host.offered == []


async def test_a_search_that_is_left_gives_the_draft_back(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "sent\ndraft")
    await pilot.press("ctrl+r", "x", "enter", "ctrl+j", "ctrl+r", "escape")
    assert host.composer.text == "draft" and host.sent == ["sent"] and "escape" not in host.left
    await pilot.press("ctrl+r", "s")
    assert host.composer.clear_if_any() and host.composer.text == "draft"


async def test_an_empty_history_is_not_searched(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "draft")
    await pilot.press("ctrl+r")
    assert host.composer.text == "draft" and host.offered == []


async def test_what_is_sent_is_kept_for_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    host = Host(History(file, tmp_path))
    async with host.run_test() as pilot:
        await type_keys(pilot, "prove ")
        await paste(pilot, host, "x\n" * 60)
        await type_keys(pilot, "\n")
        await host.settled()
    assert History(file, tmp_path).entries == ["prove " + ("x\n" * 60).rstrip()]


async def test_a_history_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    host = Host(History(tmp_path / "a-file" / "history.jsonl"))
    async with host.run_test() as pilot:
        await type_keys(pilot, "one\n")
        await host.settled()
        await pilot.press("up")
        assert host.sent == ["one"] and host.composer.text == "one"


async def test_a_paste_is_put_in_and_never_sent(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "a")
    await paste(pilot, host, "1\r\n2\r3\n\x1b[31m\n\\to \\alpha\n")
    assert host.sent == []
    assert host.composer.text == "a1\n2\n3\n\\x1b[31m\n\\to \\alpha\n"


async def test_a_long_paste_is_a_chip_until_it_is_sent(pilot: Pilot[None], host: Host) -> None:
    text = "line\n" * 200_000  # 1 MB
    await type_keys(pilot, "see: ")
    await paste(pilot, host, text)
    await type_keys(pilot, " ok")
    assert host.field.text == "see: [pasted text 1: 200,001 lines] ok"
    assert host.composer.text == f"see: {text} ok"
    await pilot.press("enter")
    await pilot.pause()
    assert host.sent == [f"see: {text} ok"]
    await pilot.press("up")
    assert host.field.text == "[pasted text 1: 200,001 lines]"


async def test_backspace_takes_a_chip_as_a_whole(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "see ")
    await paste(pilot, host, "line\n" * 99)
    await pilot.press("backspace")
    assert host.field.text == "see "
    await pilot.press("ctrl+z")
    assert host.composer.text == "see " + "line\n" * 99


async def test_clearing_can_be_undone(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "text")
    assert host.composer.clear_if_any() and host.composer.text == ""
    assert not host.composer.clear_if_any()
    await pilot.press("ctrl+z")
    assert host.composer.text == "text" and host.cleared == 1


async def test_the_app_can_put_text_in(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "ab")
    await pilot.press("left")
    host.composer.insert("-\x1b-")
    assert host.composer.text == "a-\\x1b-b"
    host.composer.text = "/mode"
    await pilot.pause()
    assert host.composer.text == "/mode" and host.offered == []
    await type_keys(pilot, "\n")
    assert host.sent == ["/mode"]


async def test_keys_of_the_app_reach_it(pilot: Pilot[None], host: Host) -> None:
    await pilot.press("escape", "f1", "ctrl+o")
    assert host.left == ["escape", "f1", "ctrl+o"]


class Suspending(Host):
    """An app that can hand its terminal to another program, as a real one can."""

    @contextmanager
    def suspend(self) -> Generator[None]:
        yield


def editor(folder: Path, code: str) -> str:
    script = folder / "an editor"
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom pathlib import Path\nfile = Path(sys.argv[-1])\n{code}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return f"'{script}' --wait"


async def edit(app: Host, text: str) -> tuple[str, list[str]]:
    """The text after the editor was closed, and what the person was told."""
    async with app.run_test() as pilot:
        app.composer.text = text
        await pilot.press("ctrl+g")
        await app.settled()
        await pilot.pause()
        return app.composer.text, [str(note.message) for note in app._notifications]  # pyright: ignore[reportPrivateUsage]


async def test_the_editor_gets_the_text_and_gives_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", editor(tmp_path, 'file.write_text(file.read_text() + "\\nmore ∀\\n")'))
    app = Suspending()
    assert await edit(app, "some\ntext") == ("some\ntext\nmore ∀", [])
    assert app.sent == []


async def test_an_editor_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, 'file.write_text("half"); sys.exit(3)'))
    text, told = await edit(Suspending(), "text")
    assert text == "text" and "status 3" in told[0]


@pytest.mark.parametrize(
    ("command", "problem"),
    [("", "no editor is set"), ("no-such-editor-here", "cannot run"), ("vi '", "cannot be read")],
)
async def test_without_an_editor_the_person_is_told(
    monkeypatch: pytest.MonkeyPatch, command: str, problem: str
) -> None:
    monkeypatch.setenv("EDITOR", command)
    text, told = await edit(Suspending(), "text")
    assert text == "text" and problem in told[0]


async def test_a_terminal_that_cannot_be_left_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    text, told = await edit(Host(), "text")
    assert text == "text" and "this terminal" in told[0]


async def test_keys_that_come_in_one_burst_keep_their_order() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press(*"old")
        for key, character in (("ctrl+u", None), ("n", "n"), ("left", None), ("i", "i"), ("end", None), ("!", "!")):
            app.post_message(events.Key(key, character))
        await pilot.pause()
        await pilot.pause()
        assert app.composer.text == "in!"
