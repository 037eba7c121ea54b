"""`qed` with a search that is made up: reports of a growing tree, 20 a second, without a Lean that takes the processor.

`python -c "from tests.benchmarks.made_up_search import main; main()"` takes the arguments of `qed`.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any
from unittest import mock

from agent.conversation.events import Event, ToolFinished, ToolProgress, ToolStarted
from agent.tui.pace import paint_at_once
from agent.workbench.bench import Workbench

PROGRAM = "from tests.benchmarks.made_up_search import main; main()"
REPORTS_A_SECOND = 20
_CALL = "made-up"


class MadeUpSearch(Workbench):
    """A workbench whose every call is such a search."""

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> AsyncGenerator[Event]:
        """Reports until the seconds of `arguments` are over, as `tools.search.watched` does."""
        began = asyncio.get_running_loop().time()
        seconds = float(arguments.get("seconds", 20))
        place = {"path": str(self.root / arguments["file"]), "declaration": arguments["declaration"], "hole": 1}
        yield ToolStarted(call=_CALL, tool=tool, arguments=dict(arguments), by="person")
        for number in range(int(seconds * REPORTS_A_SECOND)):
            elapsed = asyncio.get_running_loop().time() - began
            yield _report(number, elapsed, seconds, place)
            await asyncio.sleep(max(0.0, (number + 1) / REPORTS_A_SECOND - elapsed))
        text = "no proof found"
        yield ToolFinished(call=_CALL, tool=tool, verdict="timed out", text=text, data=place, seconds=seconds)


def _report(number: int, elapsed: float, limit: float, place: Mapping[str, Any]) -> ToolProgress:
    tactic = f"simp [Nat.add_comm, Nat.mul_assoc, h{number}]"
    data = {
        "kind": "search",
        **place,
        "phase": "searching",
        "tactics": 3 * number,
        "states": number,
        "seconds": round(elapsed, 3),
        "limit": limit,
        "tactic": tactic,
        "nodes": [_state(6 * number + each, tactic) for each in range(6)],
    }
    return ToolProgress(call=_CALL, text=f"{3 * number} tactics, {number} states: {tactic}", data=data)


def _state(number: int, tactic: str) -> dict[str, Any]:
    """The states form a tree in which each has some three children."""
    return {
        "id": number,
        "parent": (number - 1) // 3 if number else None,
        "tactic": tactic if number else "",
        "goals": 1 + number % 3,
        "goal": f"n m : Nat\nh{number} : n + {number} ≤ m\n⊢ n * (m + {number}) = n * m + {number} * n",
        "score": round(1.0 + (number * 7919 % 100) / 10, 3),
        "depth": len(f"{number:b}"),
        "status": ("open", "expanded", "dead")[number % 3],
    }


def main() -> None:
    """Opens the terminal with it."""
    paint_at_once()  # as `qed` does; what is patched imports Textual earlier than it would
    with mock.patch("agent.tui.launch.Workbench", MadeUpSearch):
        from agent.cli.main import main as qed

        qed()
