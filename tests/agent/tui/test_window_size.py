"""The app has the size of its window, whatever old size is told last."""

import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.events import Resize
from textual.geometry import Size

from agent.tui.app import QedApp
from agent.tui.terminal import resize_to_window
from tests.agent.tui.opened import opened

WINDOW = Size(90, 30)
LONG_AGO = Resize(Size(10, 43), Size(10, 43))


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Standard output is a terminal of the size `WINDOW`."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", WINDOW.height, WINDOW.width, 0, 0))
    with os.fdopen(theirs, "w") as screen:
        monkeypatch.setattr(sys, "__stdout__", screen)
        yield
    os.close(ours)


@pytest.mark.usefixtures("window")
def test_an_old_size_becomes_the_size_of_the_window() -> None:
    assert resize_to_window(LONG_AGO).size == WINDOW


def test_without_a_window_the_event_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "no terminal").open("w") as file:
        monkeypatch.setattr(sys, "__stdout__", file)
        assert resize_to_window(LONG_AGO) is LONG_AGO


@pytest.mark.usefixtures("window")
async def test_the_app_goes_by_the_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with opened(tmp_path, lean=False) as app:
        with monkeypatch.context() as patched:
            patched.setattr(QedApp, "is_headless", property(lambda _: False))
            app.app.post_message(LONG_AGO)
            await app.until(lambda: app.app.screen.size == WINDOW, "the size of the window")
