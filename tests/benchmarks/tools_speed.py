"""What a tool costs beyond Lean: `python -m tests.benchmarks.tools_speed [--rounds N] [--json]`.

Eight tactics in one call of `try_tactics`, against the time that Lean itself takes for the same eight texts: from the
moment a text leaves until the last answer about it is there.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure, show, yardstick
from tools.environment.scratch import Scratch
from tools.lean.document import Document
from tools.lean.lean_document import LeanDocument
from tools.lean.server import LeanServer
from tools.lean.toolchain import discover
from tools.toolbox.registry import call
from tools.toolbox.tool import Decision, Proposal, ToolContext, ToolVerdict
from tools.toolbox.try_tactics import TryTacticsTool
from tools.toolbox.workspace import Workspace

SOURCE = "theorem t (p q r : Prop) (hp : p) (hq : q) (hr : r) : p ∧ q ∧ r := by\n  sorry\n"
TACTICS = [
    "exact ⟨hp, hq, hr⟩",
    "constructor",
    "exact hp",
    "simp_all",
    "refine ⟨hp, ?_⟩",
    "omega",
    "exact And.intro hp ⟨hq, hr⟩",
    "refine ⟨hp, hq, ?_⟩\nexact hr",
]
_HEARTBEATS = 100_000


class BareLean:
    """Lean with the scratch texts of the tactics, and nothing around it."""

    def __init__(self, server: LeanServer, document: LeanDocument) -> None:
        self._document = document
        parsed = Document.parse(SOURCE)
        self._scratch = Scratch.for_hole(parsed, parsed.holes[0], _HEARTBEATS)
        self._last_answer = 0.0
        protocol: Any = server.client.protocol
        handle: Callable[[Any], None] = protocol.handle_message

        def stamped(message: Any) -> None:
            self._last_answer = time.perf_counter()
            handle(message)

        protocol.handle_message = stamped

    async def seconds(self) -> float:
        """The sum over the tactics, from the text sent to the last answer read."""
        total = 0.0
        for tactic in TACTICS:
            composition = self._scratch.compose((tactic,))
            began = time.perf_counter()
            await self._document.elaborate(composition.text, timeout=60, goals_at=[composition.goals_at])
            total += self._last_answer - began
        return total


async def _yes(proposal: Proposal) -> Decision:
    return Decision(True)


async def call_seconds(tool: TryTacticsTool) -> float:
    """One call with all tactics."""
    arguments = json.dumps({"file": "Speed.lean", "tactics": TACTICS, "seconds": 60})
    began = time.perf_counter()
    result = await call(tool, arguments, ToolContext(lambda _text, _data=None: None, _yes, lambda _: None))
    seconds = time.perf_counter() - began
    if result.verdict is not ToolVerdict.OK or len(result.data["trials"]) != len(TACTICS):
        raise RuntimeError(f"the call failed: {result.text}")
    return seconds


async def figures(root: Path, rounds: int) -> list[Figure]:
    """Calls and bare Lean in turns, so that what else the machine does meets both."""
    (root / "Speed.lean").write_text(SOURCE)
    workspace = Workspace(root, "embedded", max_heartbeats=_HEARTBEATS)
    try:
        async with LeanServer.running(discover(root, "embedded")) as server:
            bare = BareLean(server, await server.open(root / "Bare.lean", SOURCE))
            tool = TryTacticsTool(workspace)
            await asyncio.gather(call_seconds(tool), bare.seconds())  # warm up
            pairs = [(await call_seconds(tool), await bare.seconds()) for _ in range(rounds)]
    finally:
        await workspace.close()
    called, lean = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(call / alone for call, alone in pairs)
    return [
        Figure("8 tactics in one call, median", 1e3 * called, "ms"),
        Figure("the same 8 in Lean alone, median", 1e3 * lean, "ms"),
        Figure("the call in units of Lean alone, median", ratio, "times", 1.3, f"{rounds} rounds"),
    ]


def measure(*, rounds: int) -> list[Figure]:
    """All figures, in the order of the table."""
    with tempfile.TemporaryDirectory(prefix="qed-speed-") as name:
        before = os.environ.get("QED_STATE_DIR")
        os.environ["QED_STATE_DIR"] = str(Path(name) / "state")
        try:
            return [yardstick(), *asyncio.run(figures(Path(name), rounds))]
        finally:
            if before is None:
                del os.environ["QED_STATE_DIR"]
            else:
                os.environ["QED_STATE_DIR"] = before


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure what the tools cost beyond Lean.")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show(measure(rounds=options.rounds), as_json=options.json)


if __name__ == "__main__":
    main()
