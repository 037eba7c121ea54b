"""A person in a real terminal: starts, asks, approves, sees the proof accepted, quits; the file is proved."""

import time
from pathlib import Path

import pytest

from agent.tui.permission import GRACE
from tests.agent.command import REPOSITORY, qed
from tests.agent.tui.terminal import CONFIG, terminal
from tests.openai_server import Answer, Call, OpenAIServer

EXAMPLE = REPOSITORY / "lean" / "examples" / "Logic.lean"
PROOF = "exact ⟨h.2, h.1⟩"

pytestmark = [pytest.mark.lean, pytest.mark.slow]


@pytest.fixture
def project(tmp_path: Path, openai_server: OpenAIServer) -> Path:
    """A folder with an example, and settings that name the scripted server."""
    (tmp_path / "Logic.lean").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(CONFIG.format(url=openai_server.url))
    return tmp_path


@pytest.mark.usefixtures("toolchain")
def test_ask_approve_and_quit(project: Path, openai_server: OpenAIServer) -> None:
    hole = {"file": "Logic.lean", "declaration": "and_swapped"}
    openai_server.will(
        Answer("Let me look.", calls=(Call("goals", {"file": "Logic.lean", "line": 9}),)),
        Answer(calls=(Call("try_tactics", {**hole, "tactics": ["rfl", PROOF]}),)),
        Answer(calls=(Call("write_proof", {**hole, "proof": PROOF}),)),
        Answer("The two halves change places."),
    )
    before = (project / "Logic.lean").read_text(encoding="utf-8")
    with terminal(project) as screen:
        screen.shows("Ask for a proof", "and_swapped", "embedded Lean")
        screen.types("Prove and_swapped, please.\r")
        screen.shows("Let me look.", "try_tactics")
        screen.shows("may this be written?")
        assert (project / "Logic.lean").read_text(encoding="utf-8") == before
        time.sleep(2 * GRACE)  # what is typed at once was meant for the composer
        screen.types("y")
        screen.shows("proved and_swapped", "The two halves change places.")
        screen.types("/quit\r")
        assert screen.ends() == 0
        assert b"qed --resume" in screen.written
    assert PROOF in (project / "Logic.lean").read_text(encoding="utf-8")
    assert "and_swapped" not in qed(project, "goals", "Logic.lean").out.split("sorry")[0]
