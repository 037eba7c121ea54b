"""Escape and quitting, whatever is under way, with a real Lean: nothing is left over, and one can go on."""

import contextlib
import signal
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.agent.tui.opened import HOLES, Opened, opened
from tests.agent.tui.terminal import CONFIG, Terminal, terminal
from tests.openai_server import HANG, Answer, Call, OpenAIServer

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]
ENDLESS = "iterate 1000000 (have : 2 ^ 64 = 2 ^ 64 := by simp)"
SWAP = "exact ⟨h.2, h.1⟩"
HOLE = {"file": "A.lean", "declaration": "swap"}
TRY = Answer(calls=(Call("try_tactics", {**HOLE, "tactics": [ENDLESS], "seconds": 60}),))
SEARCH = Answer(calls=(Call("search_proof", {"file": "A.lean", "declaration": "hard"}),))
WRITE = Answer(calls=(Call("write_proof", {**HOLE, "proof": SWAP}),))
TEXT = f"{HOLES}\ntheorem hard (f : Nat → Nat) (h : ∀ n, f (n + 1) > f (f n)) (n : Nat) : f n = n := by\n  sorry\n"
GONE_SECONDS = 20


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "A.lean").write_text(TEXT)
    return root


def _text(project: Path) -> str:
    return (project / "A.lean").read_text()


@contextlib.asynccontextmanager
async def _at_work(project: Path, url: str | None = None) -> AsyncGenerator[Opened]:
    """An app whose Lean runs; no process is left when it is closed."""
    here = psutil.Process()
    before = set(here.children(recursive=True))
    async with opened(project, url) as app:
        await app.lean_is_ready()
        yield app
    _, alive = psutil.wait_procs(list(set(here.children(recursive=True)) - before), timeout=GONE_SECONDS)
    assert alive == []


async def _escapes(app: Opened) -> None:
    """Presses Escape: all that is under way ends."""
    cancelled = app.text.count("cancelled")
    await app.pilot.press("escape")
    await app.idle()
    await app.until(lambda: not app.is_asking, "no question is left")
    await app.until(lambda: app.text.count("cancelled") > cancelled, "it is told")
    assert app.app.composer.has_focus_within


async def test_what_the_person_called_for(project: Path) -> None:
    async with _at_work(project) as app:
        await app.says(f"/try @swap {ENDLESS}")
        await app.sees("trying 1 of 1")
        await _escapes(app)
        await app.says(f"/try @swap {SWAP}")
        await app.sees("1 closes")
        await app.idle()

        await app.says("/search hard")
        await app.sees("tactics,")
        await _escapes(app)

        await app.says("/prove swap")
        await app.says("/prove twice")
        await app.sees("checking the proof", "next: /prove twice")
        await _escapes(app)
        assert "next:" not in app.screen

        await app.says("/prove swap")
        await app.until(lambda: app.is_asking, "a question")
        await _escapes(app)
        assert _text(project) == TEXT
        assert "proved" not in app.app.pane.board.holes.summary()
        assert "in work" not in app.app.pane.board.holes.summary()

        await app.says("/prove swap")
        await app.answers("y")
        await app.sees("proved swap")
        await app.idle()


def _unanswered(messages: list[dict[str, Any]]) -> set[str]:
    asked = {call["id"] for message in messages for call in message.get("tool_calls") or ()}
    return asked - {message["tool_call_id"] for message in messages if message["role"] == "tool"}


async def test_what_the_model_called_for(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(TRY, SEARCH, WRITE, WRITE, WRITE, Answer("That was that."))
    async with _at_work(project, openai_server.url) as app:
        for stage in ("trying 1 of 1", "tactics,", "checking the proof", "may this be written?"):
            await app.says(f"Do it: {stage}")
            await app.sees(stage)
            await app.says("And then")
            await _escapes(app)
            assert app.app.composer.text == "And then"
            app.app.composer.text = ""
        assert _text(project) == TEXT
        await app.says("Once more")
        await app.answers("y")
        await app.shows("proved swap", "That was that.")
        await app.idle()
    for request in openai_server.requests:
        assert _unanswered(request["messages"]) == set()
    assert SWAP in _text(project)


STAGES: dict[str, tuple[Answer, str]] = {
    "asked": (HANG, "working"),
    "streaming": (Answer("word " * 2000, gap=0.05), "word word"),
    "trying": (TRY, "trying 1 of 1"),
    "searching": (SEARCH, "tactics,"),
    "checking": (WRITE, "checking the proof"),
    "asking": (WRITE, "may this be written?"),
}


def _quits_with_keys(screen: Terminal) -> None:
    screen.types("\x03")  # interrupts what is under way
    screen.until(lambda text: " working " not in text, "interrupted")
    screen.types("\x03")
    screen.shows("Press Ctrl+C again to leave.")
    screen.types("\x03")


QUITS: dict[str, Callable[[Terminal], object]] = {
    "ctrl+c": _quits_with_keys,
    "/quit": lambda screen: screen.types("/quit\r"),
    "SIGTERM": lambda screen: screen.process.kill(signal.SIGTERM),
    "SIGHUP": lambda screen: screen.process.kill(signal.SIGHUP),
}
PLAN = [
    ("asked", "SIGTERM"),
    ("streaming", "ctrl+c"),
    ("streaming", "SIGHUP"),
    ("trying", "/quit"),
    ("trying", "SIGHUP"),
    ("searching", "ctrl+c"),
    ("checking", "SIGTERM"),
    ("checking", "/quit"),
    ("asking", "ctrl+c"),
    ("asking", "SIGTERM"),
]


def _family(screen: Terminal) -> list[psutil.Process]:
    process = psutil.Process(screen.process.pid)
    return [process, *process.children(recursive=True)]


def _assert_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=GONE_SECONDS)
    assert alive == []


def _assert_restored(written: bytes) -> None:
    assert written.rindex(b"\x1b[?1049l") > written.rindex(b"\x1b[?1049h")
    assert b"Traceback" not in written


@pytest.fixture
def scripted(tmp_path: Path, openai_server: OpenAIServer) -> OpenAIServer:
    """The folder of the test is a project, whose settings name this server."""
    (tmp_path / "A.lean").write_text(TEXT)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(CONFIG.format(url=openai_server.url))
    return openai_server


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "how"), PLAN)
def test_quitting_at_every_stage(tmp_path: Path, scripted: OpenAIServer, stage: str, how: str) -> None:
    reply, sign = STAGES[stage]
    scripted.will(reply)
    with terminal(tmp_path) as screen:
        screen.shows("embedded Lean", "Holes 3 open")
        screen.types("Go.\r")
        screen.shows(sign)
        family = _family(screen)
        assert len(family) > 1
        QUITS[how](screen)
        assert screen.ends() == 0
        _assert_gone(family)
        _assert_restored(screen.written)
        assert b"qed --resume" in screen.written
    assert (tmp_path / "A.lean").read_text() == TEXT
    assert not list(tmp_path.glob(".*qed*"))


@pytest.mark.slow
def test_quitting_before_lean_has_started(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(TEXT)
    with terminal(tmp_path, "--toolchain", "embedded") as screen:
        screen.shows("Ask for a proof")
        family = _family(screen)
        screen.process.kill(signal.SIGTERM)
        assert screen.ends() == 0
        _assert_gone(family)
        _assert_restored(screen.written)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["streaming", "trying"])
def test_the_window_is_closed(tmp_path: Path, scripted: OpenAIServer, stage: str) -> None:
    reply, sign = STAGES[stage]
    scripted.will(reply)
    with terminal(tmp_path) as screen:
        screen.shows("embedded Lean", "Holes 3 open")
        screen.types("Go.\r")
        screen.shows(sign)
        family = _family(screen)
        screen.hang_up()
        _assert_gone(family)
    assert (tmp_path / "A.lean").read_text() == TEXT
