"""The tool calls of one reply."""

from pathlib import Path

import pytest

from agent.conversation.events import Event, ToolFinished
from agent.conversation.permissions import Answer, Gatekeeper
from agent.conversation.toolcalls import ToolCalls
from agent.conversation.turn import TurnRecord
from agent.llm.chat import ToolCall
from tests.agent.conversation.talk import Fill
from tools.toolbox.tool import Proposal


class _Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


async def test_the_seconds_of_a_call_are_not_those_of_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _Clock()
    monkeypatch.setattr("agent.conversation.toolcalls.time", clock)

    async def approve(proposal: Proposal) -> Answer:
        clock.now += 1000
        return Answer(True)

    events: list[Event] = []
    file = tmp_path / "A.lean"
    file.write_text("sorry")
    tool = Fill(file)
    calls = ToolCalls({tool.name: tool}, Gatekeeper(approver=approve), TurnRecord(), events.append)
    await calls.run([ToolCall(id="1", name=tool.name, arguments='{"text": "x"}')], {})
    (finished,) = [event for event in events if isinstance(event, ToolFinished)]
    assert finished.verdict == "ok"
    assert clock.now == 1000
    assert finished.seconds == 0
