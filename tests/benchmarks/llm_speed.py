"""Speed of the way from a model's server to the event: `python -m tests.benchmarks.llm_speed [--replies N] [--json]`.

Prints a table: what was measured, the figure, the target. Nothing is asserted: the figures depend on the machine and
on what else it does. The scripted server runs in this process, and both sides read the same clock.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time

from agent.llm.chat import Message, ReplyFinished, TextDelta
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.settings import ModelSettings
from tests.benchmarks.figures import Figure, show, yardstick
from tests.openai_server import Answer, OpenAIServer

QUESTION = (Message(role="user", content="hello"),)
MODELS = ("hosted_vllm/test", "openai/test")
_GAP = 0.01
"""Seconds between the pieces of an answer: a hundred tokens a second."""
_BLINK = 0.001


def import_seconds(runs: int) -> Figure:
    """Importing litellm in a new process, as the first request of a session does."""
    program = (
        "import time; b = time.perf_counter(); "
        "from agent.llm.engine import litellm_module; litellm_module(); print(time.perf_counter() - b)"
    )
    times = [
        float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)
        for _ in range(runs)
    ]
    return Figure("importing litellm, median", statistics.median(times), "s", None, f"of {runs}; in its own thread")


async def first_event_seconds(model: LiteLLMModel, server: OpenAIServer) -> float:
    """From the first byte of the answer to the first piece of text."""
    server.will(Answer("hello world, this is an answer", gap=_GAP))
    first = 0.0
    async for part in model.reply(QUESTION):
        if isinstance(part, TextDelta) and not first:
            first = time.perf_counter()
    # The first piece on the wire names the role only; the first text is the second.
    return first - server.exchanges[-1].sent[1]


async def longest_pause(model: LiteLLMModel, server: OpenAIServer) -> float:
    """How long the event loop stood still at most while a long answer came in."""
    server.will(Answer("word " * 2000, reasoning="thought " * 500, piece=8))
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_BLINK)
            longest = max(longest, time.perf_counter() - began - _BLINK)

    ticking = asyncio.create_task(tick())
    async for part in model.reply(QUESTION):
        if isinstance(part, ReplyFinished):
            ticking.cancel()
    return longest


async def model_figures(name: str, replies: int) -> list[Figure]:
    """All about one client of litellm's."""
    with OpenAIServer() as server:
        model = LiteLLMModel("m", {"m": ModelSettings(model=name, base_url=server.url)})
        began = time.perf_counter()
        await first_event_seconds(model, server)
        cold = time.perf_counter() - began
        times = [1e3 * await first_event_seconds(model, server) for _ in range(replies)]
        pause = 1e3 * await longest_pause(model, server)
    note = f"max {max(times):.1f}"
    return [
        Figure(f"{name}: first reply of the process", cold, "s"),
        Figure(f"{name}: first byte to event, median of {replies}", statistics.median(times), "ms", 5, note),
        Figure(f"{name}: longest pause of the loop in a long answer", pause, "ms"),
    ]


def measure(*, replies: int, imports: int) -> list[Figure]:
    """All figures, in the order of the table."""
    figures = [yardstick(), import_seconds(imports)]
    for name in MODELS:
        figures += asyncio.run(model_figures(name, replies))
    return figures


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure the way from a model's server to the event.")
    parser.add_argument("--replies", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show(measure(replies=options.replies, imports=3), as_json=options.json)


if __name__ == "__main__":
    main()
