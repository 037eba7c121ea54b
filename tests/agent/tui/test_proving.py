"""Commands, keys and turns with a real Lean: what is tried, searched, asked about, written and taken back."""

from pathlib import Path

import pytest

from agent.conversation.permissions import Mode
from tests.agent.tui.opened import HOLES, Opened, opened
from tests.openai_server import Answer, Call, OpenAIServer

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]
SWAP = "exact ⟨h.2, h.1⟩"


def _text(project: Path, name: str = "A.lean") -> str:
    return (project / name).read_text()


def _states(app: Opened) -> str:
    return app.app.pane.board.holes.summary()


async def _does(app: Opened, line: str, *seen: str) -> None:
    """Types a command, and waits until it is done and its results stand on the screen."""
    before = len(app.text)
    await app.says(line)
    await app.until(lambda: len(app.text) > before, line)
    await app.idle()
    await app.sees(*seen)


async def test_looking_trying_and_searching_write_nothing(project: Path) -> None:
    async with opened(project) as app:
        await app.lean_is_ready()
        await _does(app, "/goals", "you: goals", "h : p ∧ q", "⊢ q ∧ p")
        assert "no goals left" not in app.screen  # what is wanted is the state at the hole, not behind it
        await _does(app, "/goals twice", "⊢ n + n = 2 * n")
        await _does(app, "/goals A.lean:2", "line 2")
        await _does(app, "/goals A.lean:99", "A.lean has 6 lines, not 99")
        await _does(app, f"/try @swap simp ;; {SWAP} ;; constructor ;; foo ;; sorry")
        await app.sees("✗ error", "✓ closes", "→ progress", "unknown tactic", "⊘ not allowed", "case left")
        await _does(app, "/holes", "A.lean: 2 open", "2: swap#1")
        await _does(app, "/search twice", "a proof was found", "it is not written")
        await _does(app, "/check", "no errors")
        assert _states(app) == "2 open"
        assert "proved" not in app.screen
        assert not app.is_asking
    assert _text(project) == HOLES


async def test_nothing_is_written_before_it_is_allowed(project: Path) -> None:
    async with opened(project) as app:
        await app.lean_is_ready()
        await app.says("/prove swap")
        await app.sees("may this be written?", "nothing is written yet")
        assert _text(project) == HOLES
        assert "1 proved" not in _states(app)
        await app.answers("n")
        await app.idle()
        await app.sees("not allowed")
        await app.says("/prove swap")
        await app.answers("r", *"too short", "enter")
        await app.idle()
        await app.sees("too short")
        assert _text(project) == HOLES
        assert _states(app) == "2 open"

        await app.says("/prove swap")
        await app.answers("y")
        await app.idle()
        await app.sees("proved swap", "1 open · 1 proved")
        written = _text(project)
        assert written != HOLES
        assert written.count("sorry") == 1

        await app.says("/prove all")
        await app.answers("a")
        await app.idle()
        await app.sees("proved twice", "2 proved")
        assert "sorry" not in _text(project)

        await _does(app, "/diff", "Written in this session")
        await _does(app, "/undo", "Taken back: A.lean (twice)", "1 open · 1 proved")
        assert _text(project) == written
        await app.says("/prove twice")  # allowed for the session by `a`
        await app.until(lambda: "sorry" not in _text(project), "written without a question")
        await app.idle()
        await _does(app, "/undo")
        await _does(app, "/undo")
        await app.sees("2 open")
        assert _text(project) == HOLES
        await _does(app, "/undo", "there is nothing to undo")


async def test_the_keys_of_the_pane(project: Path) -> None:
    async with opened(project, mode=Mode.READ_ONLY) as app:
        await app.lean_is_ready()
        await app.pilot.press("f6", "f6", "down", "down", "enter")
        await app.sees("⊢ n + n = 2 * n")
        await app.pilot.press("p")
        await app.shows("this is a read-only session")
        await app.pilot.press("t", *"rfl")
        assert app.app.composer.text == "/try rfl"
        await app.pilot.press("enter")
        await app.sees("you: try_tactics")
        await app.idle()
        assert "twice" in app.text.split("try_tactics")[1]
        await app.pilot.press("shift+tab")  # after read-only: ask
        assert app.bench.mode is Mode.ASK
        await app.pilot.press("f6", "f6", "p")
        await app.answers("y")
        await app.idle()
        await app.sees("proved twice")
    assert "⊢" not in _text(project)
    assert _text(project).startswith(HOLES.split("theorem twice")[0])
    assert _text(project).count("sorry") == 1


async def test_files_that_somebody_else_changes(project: Path) -> None:
    async with opened(project) as app:
        await app.lean_is_ready()
        other = "theorem other (a b : Nat) : a + b = b + a := by\n  sorry\n"
        (project / "B.lean").write_text(other)
        await app.shows("B.lean was added outside qed: 1 open")
        await app.sees("3 open")

        await app.says("/prove swap")
        await app.until(lambda: app.is_asking, "a question")
        theirs = f"-- mine\n{HOLES}"
        (project / "A.lean").write_text(theirs)
        await app.shows("A.lean was changed outside qed")
        await app.answers("y")
        await app.idle()
        await app.shows("changed")
        assert _text(project) == theirs
        assert "proved swap" not in app.text

        (project / "B.lean").unlink()
        await app.shows("B.lean was deleted outside qed")
        assert _text(project) == theirs


async def test_a_model_proves_with_tools(project: Path, openai_server: OpenAIServer) -> None:
    hole = {"file": "A.lean", "declaration": "swap"}
    openai_server.will(
        Answer("Let me look.", calls=(Call("goals", {"file": "A.lean", "line": 2}),)),
        Answer(calls=(Call("try_tactics", {**hole, "tactics": ["rfl", SWAP]}),)),
        Answer(calls=(Call("write_proof", {**hole, "proof": "simp_all"}),)),
        Answer(calls=(Call("write_proof", {**hole, "proof": SWAP}),)),
        Answer("It is done."),
    )
    async with opened(project, openai_server.url) as app:
        await app.lean_is_ready()
        await app.says("Prove swap.")
        await app.answers("r", *"No simp, please.", "enter")
        await app.until(lambda: app.is_asking, "the second question")
        assert _text(project) == HOLES
        assert "No simp, please." in str(openai_server.requests[3]["messages"][-1])
        await app.answers("y")
        await app.sees("proved swap", "It is done.")
        await app.idle()
        assert _states(app) == "1 open · 1 proved"
    assert SWAP in _text(project)


async def test_a_model_that_lies_is_corrected(project: Path, openai_server: OpenAIServer) -> None:
    hole = {"file": "A.lean", "declaration": "swap"}
    openai_server.will(
        Answer(calls=(Call("write_proof", {**hole, "proof": "rfl"}),)),
        Answer("Done: swap is complete!"),
        Answer("Yes, complete, believe me."),
        Answer("I could not prove it."),
    )
    async with opened(project, openai_server.url) as app:
        await app.lean_is_ready()
        await app.says("Prove swap.")
        await app.shows("not proved: swap", "I could not prove it.")
        await app.idle()
        assert "proved swap" not in app.screen
        assert "1 proved" not in app.screen
        assert "✓ swap" not in app.screen
        assert "proved" not in _states(app)
    assert _text(project) == HOLES
    assert openai_server.left == 0
