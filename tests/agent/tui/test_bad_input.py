"""Terminals, files, models and folders as they should not be: told, shown, survived, never executed."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from agent.conversation.session import Session
from agent.tui.permission import GRACE
from tests.agent.command import qed
from tests.agent.tui.opened import HOLES, opened
from tests.agent.tui.terminal import CONFIG, Terminal, terminal
from tests.openai_server import Answer, Call, Endless, OpenAIServer, Refusal
from tools.directories import state_dir

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\x1bPq"
NO_LEAN = ("--toolchain", "/no/such/lean")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "A.lean").write_text(HOLES)
    return tmp_path


def _settings(folder: Path, text: str) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "config.toml").write_text(text)


def _leaves(screen: Terminal) -> None:
    screen.types("/quit\r")
    assert screen.ends() == 0
    assert b"Traceback" not in screen.written


# -- no terminal, or not much of one


def test_without_a_terminal(project: Path) -> None:
    done = qed(project)
    assert done.code == 2
    assert "qed ask" in done.err
    assert "qed prove" in done.err
    assert "Traceback" not in done.err


def test_a_dumb_terminal(project: Path) -> None:
    with terminal(project, kind="dumb") as screen:
        assert screen.ends() == 2
        assert b"TERM=dumb" in screen.written
        assert b"qed ask" in screen.written
        assert b"\x1b[?1049h" not in screen.written


def test_a_setting_that_is_none(project: Path) -> None:
    _settings(project, '[tui]\nthem = "nord"\n')
    with terminal(project) as screen:
        assert screen.ends() == 50
        assert b"config.toml:2" in screen.written
        assert b"theme" in screen.written
        assert b"\x1b[?1049h" not in screen.written


@pytest.mark.lean
@pytest.mark.slow
@pytest.mark.usefixtures("toolchain")
def test_a_tiny_terminal_asks_and_is_answered(project: Path, openai_server: OpenAIServer) -> None:
    _settings(project, CONFIG.format(url=openai_server.url))
    proof = {"file": "A.lean", "declaration": "swap", "proof": "exact ⟨h.2, h.1⟩"}
    openai_server.will(Answer(calls=(Call("write_proof", proof),)), Answer("So it is."))
    with terminal(project, rows=5, columns=20) as screen:
        screen.shows("ask")
        screen.types("Do it\r")
        screen.shows("qed asks")
        time.sleep(2 * GRACE)  # what is typed at once was meant for the composer
        screen.types("y")
        screen.until(lambda _: proof["proof"] in (project / "A.lean").read_text(), "written")
        _leaves(screen)


@pytest.mark.slow
def test_a_storm_of_resizes_while_a_model_streams(project: Path, openai_server: OpenAIServer) -> None:
    _settings(project, CONFIG.format(url=openai_server.url))
    openai_server.will(Endless(lambda n: f"- line **{n}** of many\n", gap=0.01), Answer("Still here."))
    with terminal(project, *NO_LEAN) as screen:
        screen.shows("Holes 2 open")
        screen.types("Go on\r")
        screen.shows("of many")
        for number in range(200):
            screen.resize(3 + number % 50, 10 + 7 * number % 190)
            assert screen.process.isalive(), screen.screen
        screen.resize(30, 100)
        screen.shows("of many", "working")
        screen.types("\x1b")
        screen.shows("cancelled")
        screen.types("Hello?\r")
        screen.shows("Still here.")
        _leaves(screen)


@pytest.mark.slow
def test_a_paste_of_a_megabyte(project: Path) -> None:
    with terminal(project, *NO_LEAN) as screen:
        screen.shows("Holes 2 open")
        screen.process.send("\x1b[200~")
        for _ in range(256):
            screen.process.send("by simp -- α\n" * 300)
        screen.process.send("\x1b[201~")
        screen.types(" and so on")
        screen.shows("and so on")
        screen.types("\x03")
        screen.shows("Ask for a proof")
        _leaves(screen)


# -- what others write


def _is_clean(written: bytes) -> bool:
    """Whether nothing of `EVIL` came through as it was."""
    c1 = "\x9b".encode()
    return not any(bad in written for bad in (b"]0;owned\x07", b"\x1b[2J", b"\x1bPq", c1))


@pytest.mark.lean
@pytest.mark.slow
@pytest.mark.usefixtures("toolchain")
def test_control_characters_are_shown_and_not_executed(tmp_path: Path, openai_server: OpenAIServer) -> None:
    folder = tmp_path / f"a{EVIL}b"
    folder.mkdir()
    (folder / f"B{EVIL}.lean").write_text(f'theorem «c{EVIL}» (h : "{EVIL}" = "d") : "{EVIL}" = "d" := by\n  sorry\n')
    _settings(folder, CONFIG.format(url=openai_server.url))
    proof = {"file": f"B{EVIL}.lean", "declaration": f"«c{EVIL}»"}
    openai_server.will(
        Answer(f"Hm {EVIL}.", reasoning=f"Well {EVIL}", calls=(Call("read_file", {"file": EVIL}), Call(EVIL))),
        Answer(calls=(Call("try_tactics", {**proof, "tactics": [f"exact {EVIL}", "exact h"]}),)),
        Answer(calls=(Call("write_proof", {**proof, "proof": "exact h"}),)),
        Refusal(401, f"no {EVIL}"),
    )
    with terminal(folder) as screen:
        screen.shows("Holes 1 open", "embedded Lean")  # the welcome may be wrapped anywhere
        screen.types("/goals\r")
        screen.shows("you: goals")
        screen.types("!printf '\\033]0;owned\\007'\r")
        screen.shows("you: shell")
        screen.types("Go\r")
        screen.shows("Hm ", "may this be written?")
        time.sleep(2 * GRACE)
        screen.types("r")
        screen.shows("Why not?")
        screen.process.send(f"\x1b[200~because {EVIL}\x1b[201~")
        screen.shows("because")
        screen.types("\r")
        screen.shows("error")
        assert _is_clean(screen.written)
        _leaves(screen)
        assert _is_clean(screen.written)


async def test_halves_of_characters_from_a_model(tmp_path: Path, openai_server: OpenAIServer) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "A.lean").write_text(HOLES)
    openai_server.will(
        Answer("Half \ud83d.", reasoning="Why \udc00?", calls=(Call("read_file", {"file": "A\ud800.lean"}),)),
        Answer("Reversed: \u202ep → q."),
        Answer("And so on."),
    )
    async with opened(root, openai_server.url, lean=False) as app:
        await app.shows("2 open holes")
        await app.says("Go")
        await app.sees("Half \ufffd.", "bad arguments", "Reversed: \\u202ep → q.")
        await app.idle()
        await app.says("Go on")
        await app.shows("And so on.")
        await app.idle()
        name = app.bench.session.id
    assert "Half \ufffd." in str(Session.resume(name).history)


def test_bytes_that_are_no_text_are_typed(project: Path) -> None:
    with terminal(project, *NO_LEAN) as screen:
        screen.shows("Holes 2 open")
        screen.process.send(b"!echo a\xff\xfe\xc3b\x80 done\r")
        screen.shows("done", "you: shell")
        screen.types("!echo still here\r")
        screen.shows("✓ you: shell echo still here")
        _leaves(screen)


# -- folders


async def test_a_folder_with_thousands_of_files_and_some_that_are_no_text(tmp_path: Path) -> None:
    root = tmp_path / "project"
    for number in range(3000):
        path = root / f"D{number % 30}" / f"F{number}.lean"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"theorem t{number} : True := by\n  sorry\n")
    (root / "Latin.lean").write_bytes(b"-- \xe9\ntheorem t : True := by sorry\n")
    async with opened(root, lean=False) as app:
        await app.shows("3001 Lean files, 3000 open holes")
        await app.says("/holes Latin.lean")
        await app.shows("Latin.lean: ")
        await app.says("/goals t2999")
        await app.shows("no such toolchain")
        await app.says("@F2999")
        await app.idle()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "secret").mkdir(parents=True)
    (root / "A.lean").write_text(HOLES)
    (root / "secret").chmod(0)
    try:
        async with opened(root, lean=False) as app:
            await app.shows("1 Lean file, 2 open holes")
    finally:
        (root / "secret").chmod(0o700)


async def test_a_folder_without_lean_files(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    async with opened(root, lean=False) as app:
        await app.shows("0 Lean files")
        for line in ("/holes", "/goals", "/prove", "/prove all", "/try simp", "/check"):
            before = len(app.text)
            await app.says(line)
            await app.until(lambda before=before: len(app.text) > before, line)
        assert "qed itself failed" not in app.text


# -- what qed keeps


@pytest.mark.lean
@pytest.mark.slow
@pytest.mark.usefixtures("toolchain")
def test_where_nothing_can_be_kept(project: Path) -> None:
    (project / "state").write_text("a file, where a folder should be")
    with terminal(project, "--toolchain", "embedded") as screen:
        screen.shows("cannot be written", "QED_STATE_DIR", "embedded Lean")
        screen.types("/try exact ⟨h.2, h.1⟩\r")
        screen.shows("1 closes")
        screen.types("/prove swap\r")
        screen.shows("you: write_proof", "cannot write to")
        screen.types("/theme nord\r")
        screen.until(lambda text: "/theme" not in text, "the theme is taken")
        screen.types("/sessions\r")
        screen.shows("no other conversations")
        screen.types("/clear\r")
        screen.until(lambda text: "no other conversations" not in text, "a new conversation")
        screen.types("!echo still at work\r")
        screen.shows("still at work")
        _leaves(screen)
        assert b"--resume" not in screen.written
    assert (project / "A.lean").read_text() == HOLES


def _damaged(text: bytes) -> Callable[[Path], None]:
    def damage(state: Path) -> None:
        (state / "sessions").mkdir(parents=True)
        for name in ("history.jsonl", "tui.json", "sessions/damaged.jsonl", "receipts.jsonl", "trusted.json"):
            (state / name).write_bytes(text)

    return damage


@pytest.mark.parametrize("text", [b"", b"\xff\xfe\x00{", b"[1, 2]\n{}\nnull\n", b'{"theme": 3, "text": "x"}\n'])
async def test_damaged_files(tmp_path: Path, text: bytes) -> None:
    _damaged(text)(state_dir())
    root = tmp_path / "project"
    root.mkdir()
    (root / "A.lean").write_text(HOLES)
    async with opened(root, lean=False) as app:
        await app.shows("2 open holes")
        await app.pilot.press("up")  # the history
        await app.idle()
        await app.says("!echo hello")
        await app.sees("✓ you: shell")
        await app.says("/sessions")
        await app.shows("no other conversations")
        await app.says("/undo")
        await app.shows("nothing to undo")
        await app.idle()


def test_damaged_files_in_a_terminal(project: Path) -> None:
    _damaged(b'{"theme": 3, "text": "x"}\n')(project / "state")
    with terminal(project, *NO_LEAN) as screen:
        screen.shows("Holes 2 open")
        screen.types("\x1b[A")  # the history, whose one line is whole
        screen.shows("› x")
        screen.types("\x03!echo hello\r")
        screen.shows("✓ you: shell")
        _leaves(screen)


def test_a_damaged_session_is_told(project: Path) -> None:
    _damaged(b"\xff\n")(project / "state")
    with terminal(project, *NO_LEAN, "--resume", "damaged") as screen:
        assert screen.ends() == 2
        assert b"is no session of qed" in screen.written


def test_two_of_them_on_one_conversation(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QED_STATE_DIR", str(project / "state"))
    with terminal(project, *NO_LEAN) as first:
        first.shows("Holes 2 open")
        first.types("!echo one\r")
        first.shows("✓ you: shell")
        name = next((project / "state" / "sessions").glob("*.jsonl")).stem
        with terminal(project, *NO_LEAN, "--resume", name) as second:
            assert second.ends() != 0
            assert b"is open in another qed" in second.written
        with terminal(project, *NO_LEAN) as third:
            third.shows("Holes 2 open")
            third.types(f"/resume {name}\r")
            third.shows("is open in another qed")
            third.types("!echo three\r")
            third.shows("✓ you: shell")
            _leaves(third)
        _leaves(first)
    assert "echo one" in str(Session.resume(name).said)


FAILING = """
from pathlib import Path
from agent.tui.proof_pane.pane import ProofPane
flush = ProofPane.flush
def failing(self):
    if Path("fail").exists():
        raise RuntimeError("boom")
    flush(self)
ProofPane.flush = failing
from agent.cli.main import main
main()
"""


@pytest.mark.lean
@pytest.mark.slow
@pytest.mark.usefixtures("toolchain")
def test_when_qed_itself_fails_it_says_so_and_ends_what_it_started(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.agent.tui.terminal.LAUNCH", [sys.executable, "-c", FAILING])
    with terminal(project, "--toolchain", "embedded") as screen:
        screen.shows("embedded Lean")
        screen.types("/try iterate 1000000 (have : 2 ^ 64 = 2 ^ 64 := by simp)\r")
        screen.shows("trying 1 of 1")
        process = psutil.Process(screen.process.pid)
        family = [process, *process.children(recursive=True)]
        (project / "fail").touch()
        screen.types("/check\r")
        assert screen.ends() == 1
        assert b"qed itself failed" in screen.written
        assert b"qed --resume" in screen.written
        assert b"\x1b[?1049l" in screen.written
        assert psutil.wait_procs(family, timeout=20)[1] == []
    assert "boom" in (project / "state" / "stderr.log").read_text()
