"""The line of keys: its order, its room, what the focus changes, the mouse."""

from pathlib import Path

from agent.tui.key_line import KeyLine
from tests.agent.tui.opened import opened

APP_KEYS = "F1 Help  F2 Proof  F6 Go to  ⇧Tab Mode  ^C Clear/stop/quit  ^D Quit"


async def test_the_keys_of_the_focus_stand_before_the_apps(project: Path) -> None:
    async with opened(project, lean=False) as app:
        line = app.app.query_one(KeyLine)
        assert line.render().plain == APP_KEYS
        await app.pilot.press("f6")
        await app.pilot.pause()
        assert line.render().plain.endswith(APP_KEYS)
        assert "Open or close" in line.render().plain.removesuffix(APP_KEYS)
        await app.pilot.press("escape")
        await app.pilot.pause()
        assert line.render().plain == APP_KEYS


async def test_a_key_without_room_is_left_out_as_a_whole(project: Path) -> None:
    async with opened(project, lean=False, size=(32, 24)) as app:
        assert app.app.query_one(KeyLine).render().plain == "F1 Help  F2 Proof  F6 Go to"


async def test_a_click_does_what_the_key_does(project: Path) -> None:
    async with opened(project, lean=False) as app:
        await app.pilot.click(KeyLine, offset=(APP_KEYS.index("F2") + 2, 0))
        await app.until(lambda: not app.app.pane.display, "the pane is hidden")
