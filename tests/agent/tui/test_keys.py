"""Every key of the app."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.events import AppFocus

from agent.conversation.permissions import Mode
from agent.tui.app import QedApp
from agent.tui.commands.help import help_text
from agent.tui.commands.registry import COMMANDS
from agent.tui.composer.composer import Composer
from agent.tui.proof_pane.pane import ProofPane
from agent.tui.transcript.view import Transcript
from tests.agent.tui.opened import Opened, opened


@pytest.fixture
async def app(project: Path) -> AsyncGenerator[Opened]:
    async with opened(project, lean=False) as there:
        await there.shows("2 open holes", "no such toolchain")
        yield there


_NAMES = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn"}


def _area(app: QedApp) -> type:
    assert app.focused is not None
    kinds = (Composer, Transcript, ProofPane)
    return next(kind for kind in kinds if any(isinstance(each, kind) for each in app.focused.ancestors_with_self))


async def test_help_names_every_key_and_command(app: Opened) -> None:
    await app.pilot.press("f1")
    await app.shows("When qed asks")
    for command in COMMANDS:
        assert f"/{command.name}" in app.text
    told = help_text(COMMANDS).lower()
    for binding in QedApp.BINDINGS:
        assert isinstance(binding, Binding)
        name = _NAMES.get(binding.key, binding.key)
        assert name in told, binding


async def test_the_areas_in_turn(app: Opened) -> None:
    assert _area(app.app) is Composer
    for expected in (Transcript, ProofPane, Composer):
        await app.pilot.press("f6")
        assert _area(app.app) is expected


async def test_escape_leads_back_to_the_composer(app: Opened) -> None:
    await app.pilot.press("f6", "escape")
    assert _area(app.app) is Composer


async def test_the_pane_is_hidden_and_shown(app: Opened) -> None:
    assert app.app.pane.display
    await app.pilot.press("f2")
    assert not app.app.pane.display
    await app.pilot.press("f2")
    assert app.app.pane.display


async def test_on_a_narrow_terminal_the_pane_takes_the_place_of_the_conversation(project: Path) -> None:
    async with opened(project, lean=False, size=(80, 24)) as narrow:
        await narrow.shows("2 open holes")
        assert not narrow.app.pane.display
        await narrow.pilot.press("f2")
        assert narrow.app.pane.display
        assert narrow.app.pane.size.width >= 78
        await narrow.pilot.press("f2")
        assert not narrow.app.pane.display
        assert _area(narrow.app) is Composer


async def test_the_modes_in_turn(app: Opened) -> None:
    for mode in (Mode.ACCEPT_PROOFS, Mode.READ_ONLY, Mode.ASK):
        await app.pilot.press("shift+tab")
        assert app.bench.mode is mode
        assert app.app.composer.mode is mode


async def test_ctrl_c_clears_then_leaves_when_pressed_twice(app: Opened) -> None:
    await app.pilot.press("h", "i")
    assert app.app.composer.text == "hi"
    await app.pilot.press("ctrl+c")
    assert app.app.composer.text == ""
    await app.pilot.press("ctrl+c")
    assert app.app.is_running
    await app.pilot.press("ctrl+c")
    await app.until(lambda: not app.app.is_running or app.app.return_code == 0, "left")


async def test_ctrl_d_leaves_only_with_nothing_typed(app: Opened) -> None:
    await app.pilot.press("h", "ctrl+d")
    assert app.app.composer.text == "h"
    await app.pilot.press("backspace", "ctrl+d")
    await app.until(lambda: app.app.return_code == 0, "left")


async def test_a_line_for_the_shell(app: Opened) -> None:
    await app.says("!echo 6 times 7 is $((6*7))")
    await app.shows("6 times 7 is 42")


async def test_typing_reaches_the_composer_at_once_and_in_order(app: Opened) -> None:
    await app.pilot.press(*"prove it")
    assert app.app.composer.text == "prove it"


async def test_page_keys_scroll_the_conversation_while_the_person_types(app: Opened) -> None:
    app.app.transcript.note("\n".join(f"line {number}" for number in range(300)))
    await app.pilot.pause()
    end = app.app.transcript.scroll_offset.y
    await app.pilot.press("h", "pageup", "pageup", "i")
    assert app.app.transcript.scroll_offset.y < end - 20
    assert app.app.composer.text == "hi"
    await app.pilot.press("pagedown")
    assert app.app.transcript.scroll_offset.y < end
    await app.pilot.press("ctrl+end")
    await app.until(lambda: app.app.transcript.scroll_offset.y == end)


async def test_long_work_that_ends_unseen_rings_and_stands_in_the_title(
    app: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    titles: list[str] = []
    monkeypatch.setattr(app.app, "bell", lambda: rung.append("bell"))
    monkeypatch.setattr(app.app, "tell_terminal", titles.append)
    monkeypatch.setattr("agent.tui.window._LONG_SECONDS", 0.2)
    await app.says("!sleep 0.5")
    await app.idle()
    assert not rung  # the person was looking
    await app.says("!sleep 0.5")
    app.app.app_focus = False  # a key would have brought it back
    await app.idle()
    assert rung == ["bell"]
    assert "✓" in titles[-1]
    app.app.post_message(AppFocus())
    await app.until(lambda: "✓" not in titles[-1])
