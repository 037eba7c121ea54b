"""What the conversation itself costs: `python -m tests.benchmarks.conversation_speed [--turns N] [--json]`.

The model here answers at once, from memory, so that what is left is the loop: events, history, and the session on
disk (every message is brought to the disk before the turn goes on, which the file system decides).
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from agent.conversation.loop import Conversation
from agent.conversation.permissions import Gatekeeper
from agent.conversation.session import Session
from agent.llm.chat import FinishReason, Message, ReplyFinished, ReplyPart, TextDelta, ToolSpec, Usage
from agent.prompts import PromptLibrary
from tests.benchmarks.figures import Figure, show, yardstick

_MESSAGES = 1000
_PIECES = 50


class Immediate:
    """A model that answers at once."""

    name = "immediate"
    context_tokens = 10_000_000

    async def check(self) -> None:
        """It can always be asked."""

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ReplyPart]:
        """Streams an answer in pieces."""
        for _ in range(_PIECES):
            yield TextDelta(text="word ")
        message = Message(role="assistant", content="word " * _PIECES)
        yield ReplyFinished(message=message, usage=Usage(), finish=FinishReason.STOP, model=self.name)

    async def sample(
        self, messages: Sequence[Message], *, n: int, temperature: float, log_probabilities: bool = False
    ) -> Sequence[ReplyFinished]:
        """Nothing here samples."""
        raise NotImplementedError


async def turn_seconds(root: Path, turns: int) -> Figure:
    """One turn with one answer in pieces."""
    prompts = PromptLibrary.load(root)
    session = Session.create(root)
    talk = Conversation(Immediate(), {}, session, Gatekeeper(), prompts, "system")
    times: list[float] = []
    for _ in range(turns):
        began = time.perf_counter()
        async for _event in talk.act("go on"):
            pass
        times.append(time.perf_counter() - began)
    session.close()
    note = f"{_PIECES} pieces; max {1e3 * max(times):.1f}"
    return Figure(f"a turn of the loop, median of {turns}", 1e3 * statistics.median(times), "ms", 20, note)


def load_seconds(root: Path, runs: int) -> Figure:
    """Reading a long session."""
    session = Session.create(root)
    for number in range(_MESSAGES // 2):
        session.say(Message(role="user", content=f"question {number} " + "x" * 200))
        session.say(Message(role="assistant", content=f"answer {number} " + "⊢ y" * 300))
    session.close()
    times: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        assert len(Session.load(session.file).said) == _MESSAGES
        times.append(time.perf_counter() - began)
    return Figure(f"loading a session of {_MESSAGES} messages, median", statistics.median(times), "s", 0.3)


def measure(*, turns: int, loads: int) -> list[Figure]:
    """All figures, in the order of the table."""
    with tempfile.TemporaryDirectory(prefix="qed-speed-") as name:
        before = os.environ.get("QED_STATE_DIR")
        os.environ["QED_STATE_DIR"] = name
        try:
            root = Path(name)
            return [yardstick(), asyncio.run(turn_seconds(root, turns)), load_seconds(root, loads)]
        finally:
            if before is None:
                del os.environ["QED_STATE_DIR"]
            else:
                os.environ["QED_STATE_DIR"] = before


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure the conversation loop and its sessions.")
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show(measure(turns=options.turns, loads=10), as_json=options.json)


if __name__ == "__main__":
    main()
