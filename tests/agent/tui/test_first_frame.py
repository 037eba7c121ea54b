"""What is imported before the first frame: nothing that takes long."""

import subprocess
import sys
from pathlib import Path

from tests.agent.command import environment

LATER = ("litellm", "pygls", "lsprotocol", "torch", "numpy", "watchfiles", "psutil", "tools.lean.server", "aiohttp")
PROGRAM = """
import sys
from unittest import mock

from agent.cli import chat
from agent.cli.main import main
from agent.tui.app import QedApp

loaded = []

def first_frame(app):
    loaded.extend(sys.modules)
    app.exit()

with mock.patch.object(chat, "_require_terminal"), mock.patch.object(QedApp, "_begin", first_frame):
    try:
        main()
    finally:
        print("loaded:", *loaded)
"""


def test_nothing_heavy_is_loaded_before_the_first_frame(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text("example : True := by\n  sorry\n")
    variables = environment(tmp_path, TEXTUAL_DRIVER="textual.drivers.headless_driver:HeadlessDriver")
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60, check=True)
    loaded = done.stdout.split("loaded:", 1)[1].split()
    assert "agent.tui.app" in loaded
    assert [name for name in LATER if name in loaded] == []
