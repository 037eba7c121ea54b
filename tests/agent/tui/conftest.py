"""Every test of the terminal draws the same picture: no animation, no blinking, no colours of the person's terminal."""

from pathlib import Path

import pytest

from tests.agent.tui.opened import HOLES


@pytest.fixture(autouse=True)
def still_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "VISUAL", "EDITOR", "SSH_TTY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the file of holes, and nothing beside it in the folder of the test."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "A.lean").write_text(HOLES)
    return root
