"""/score and the tool behind it, with a real Lean and a real LeanProgress model."""

from pathlib import Path
from typing import Any

import pytest

from tests.agent.tui.opened import HOLES, opened
from tests.openai_server import Answer, Call, OpenAIServer
from tests.tools.progress.trained import Trained

SWAP = "exact ⟨h.2, h.1⟩"


def _offered(request: dict[str, Any]) -> list[str]:
    return [tool["function"]["name"] for tool in request["tools"]]


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
async def test_a_person_and_a_model_score_tactics(
    project: Path, openai_server: OpenAIServer, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEANPROGRESS_MODEL", str(trained.folder))
    monkeypatch.setenv("LEANPROGRESS_DEVICE", "cpu")
    hole = {"file": "A.lean", "declaration": "twice"}
    openai_server.will(
        Answer(calls=(Call("score_tactics", {**hole, "tactics": ["rfl", "rw [Nat.two_mul]", "skip"]}),)),
        Answer("skip looks longer."),
    )
    async with opened(project, openai_server.url) as app:
        await app.lean_is_ready()
        await app.says(f"/score @swap skip ;; {SWAP} ;; rfl")
        await app.shows("1. exact ⟨h.2, h.1⟩: closes", "2. skip: progress, about ", "3. rfl: error")
        await app.sees("you: score_tactics", "✓ closes", "→ progress", "✗ error", "best ≈", " to go")
        await app.idle()
        await app.says("/score")
        await app.shows("The state itself: about ")
        await app.sees("the state ≈")
        await app.idle()
        await app.says("Which is better?")
        await app.shows("skip looks longer.")
        await app.idle()
        assert app.app.pane.board.holes.summary() == "2 open"
    assert _offered(openai_server.requests[0]).count("score_tactics") == 1
    answer = openai_server.requests[1]["messages"][-1]["content"]
    assert "1. rw [Nat.two_mul]: closes\n" in answer
    assert "2. skip: progress, about " in answer
    assert "3. rfl: error\n" in answer
    assert (project / "A.lean").read_text() == HOLES


async def test_no_model_is_offered_what_cannot_be_done(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("Hello."))
    async with opened(project, openai_server.url, lean=False) as app:
        await app.says("Hello!")
        await app.shows("Hello.")
        await app.idle()
    offered = _offered(openai_server.requests[0])
    assert "try_tactics" in offered and "score_tactics" not in offered
