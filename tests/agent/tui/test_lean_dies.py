"""Lean's processes are killed: that is told, nothing is believed, and the next command works."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from agent.tui.status_line import StatusLine
from tests.agent.tui.opened import HOLES, Opened, opened
from tests.openai_server import Answer, Call, OpenAIServer

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]
SLOW = "iterate 1000000 (have : 2 ^ 64 = 2 ^ 64 := by simp)"
SWAP = "exact ⟨h.2, h.1⟩"


def _killer() -> Callable[[], int]:
    """Kills every process that has come since, as `kill -9` does; how many there were."""
    here = psutil.Process()
    before = set(here.children(recursive=True))

    def kill() -> int:
        ours = set(here.children(recursive=True)) - before
        for process in ours:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        return len(ours)

    return kill


async def _dies(app: Opened, kill: Callable[[], int]) -> None:
    """Kills Lean; the status line, the pane and the conversation say so."""
    told = app.text.count("Lean: died")
    assert kill() > 0
    await app.until(lambda: app.text.count("Lean: died") > told, "it is told")


async def test_between_commands_and_within_them(project: Path) -> None:
    kill = _killer()
    async with opened(project) as app:
        await app.lean_is_ready()
        status = app.app.query_one(StatusLine)
        await _dies(app, kill)
        await app.sees("✗ Lean: died", "started again when it is next needed")
        assert status.status.lean.state == "stopped"

        await app.says(f"/try @swap {SWAP}")
        await app.sees("1 closes", "✓ embedded Lean")
        await app.idle()

        await app.says(f"/try @swap {SLOW}")
        await app.sees("trying 1 of 1")
        await _dies(app, kill)
        await app.idle()
        await app.sees("crashed")
        assert "proved" not in app.app.pane.board.holes.summary()

        await app.says("/prove swap")
        await app.sees("checking the proof")
        kill()  # the check is begun anew, or ends without a verdict; never is it a yes
        await app.until(lambda: app.is_asking or not app.app.busy, "a question, or the end")
        await app.pilot.press("escape")
        await app.idle()
        assert "proved swap" not in app.screen
        assert (project / "A.lean").read_text() == HOLES

        await app.says("/prove swap")
        await app.answers("y")
        await app.sees("proved swap")
        await app.idle()
    assert kill() == 0


async def test_in_a_turn_of_the_model(project: Path, openai_server: OpenAIServer) -> None:
    hole = {"file": "A.lean", "declaration": "swap"}
    openai_server.will(
        Answer(calls=(Call("try_tactics", {**hole, "tactics": [SLOW], "seconds": 60}),)),
        Answer(calls=(Call("write_proof", {**hole, "proof": SWAP}),)),
        Answer("Lean died once, but it is proved."),
    )
    kill = _killer()
    async with opened(project, openai_server.url) as app:
        await app.lean_is_ready()
        await app.says("Prove swap")
        await app.sees("trying 1 of 1")
        await _dies(app, kill)
        await app.answers("y")
        await app.shows("proved swap", "Lean died once")
        await app.idle()
    assert SWAP in (project / "A.lean").read_text()
