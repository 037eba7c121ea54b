"""What comes by itself makes way for what is typed."""

import subprocess
import sys
from pathlib import Path

from agent.tui.pace import Pace
from tests.agent.tui.opened import opened


def test_slower_while_somebody_types() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    assert pace.between(0.05) == 0.05
    pace.typed()
    assert pace.between(0.05) > 0.1
    now += 0.3
    assert pace.between(0.05) > 0.1
    pace.typed()
    now += 0.3
    assert pace.between(0.05) > 0.1
    now += 0.3
    assert pace.between(0.05) == 0.05


async def test_every_key_counts_wherever_it_goes(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text("theorem t : True := by\n  sorry\n", encoding="utf-8")
    async with opened(tmp_path, lean=False) as there:
        await there.shows("1 open hole")
        for key in ("a", "f6", "down"):
            there.app.pace = pace = Pace(lambda: 0.0)
            assert pace.between(1) == 1
            await there.pilot.press(key)
            assert pace.between(1) > 1, key


def test_textual_takes_it_up() -> None:
    program = (
        "import sys; from agent.tui.pace import paint_at_once; paint_at_once(); early = 'textual' in sys.modules;"
        "from textual.screen import UPDATE_PERIOD; print(early, UPDATE_PERIOD < 0.01)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
