"""Holes as jobs: which of them are at work at once. Real Lean, strategies that only take their time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.prover.case import Case
from agent.prover.events import HoleFinished, HoleSetAside, HoleStarted, ProverEvent, StrategyStarted
from agent.prover.options import ProveOptions
from agent.prover.outcome import Open, Outcome
from agent.prover.prove_file import FileRun
from agent.prover.purse import Allowance
from agent.prover.report import OpenReason
from agent.prover.selection import Target
from agent.prover.strategy import Workshop
from tools.environment.session import LeanSession
from tools.lean.acceptance.axioms import STANDARD_AXIOMS
from tools.lean.machine import MachineLimits
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
HOLES = 3
PROCESSORS = 2
TEXT = "\n".join(f"theorem t{number} : {number} = {number} := sorry\n" for number in range(HOLES))


@dataclass
class Meeting:
    """A strategy that waits until so many are at work with it."""

    name: str
    asks_model: bool
    wanted: int
    met: int = 0

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Nothing comes of it."""
        self.met += 1
        async with asyncio.timeout(60):
            while self.met < self.wanted:
                await asyncio.sleep(0.01)
        return Open(OpenReason.EXHAUSTED, "nothing")


def at_once(events: Sequence[ProverEvent]) -> int:
    """How many holes were ever at work at once."""
    at_work = most = 0
    for event in events:
        at_work += isinstance(event, HoleStarted)
        at_work -= isinstance(event, HoleSetAside | HoleFinished)
        most = max(most, at_work)
    return most


async def test_processors_are_for_those_who_keep_them_busy(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.prover.prove_file.processor_count", lambda: PROCESSORS)
    file = tmp_path / "Holes.lean"
    file.write_text(TEXT, encoding="utf-8")
    busy, asking = Meeting("busy", False, PROCESSORS), Meeting("asking", True, HOLES)
    options = ProveOptions(
        Allowance(seconds=120),
        100_000,
        STANDARD_AXIOMS,
        MachineLimits(HOLES + 1, MachineLimits.default().max_worker_memory),
        jobs=HOLES,
        ladder=(busy, asking),
    )
    events: list[ProverEvent] = []
    work = FileRun(file, (Target.parse(str(file)),), options, events.append)
    async with LeanSession.opened(Toolchain(toolchain.kind, tmp_path), options.limits, workers=HOLES) as session:
        await work.run(session)
    assert [[each.strategy for each in hole.tried] for hole in work.report().holes] == [["busy", "asking"]] * HOLES
    first = next(
        at for at, event in enumerate(events) if isinstance(event, StrategyStarted) and event.strategy == "asking"
    )
    assert (at_once(events[:first]), at_once(events)) == (PROCESSORS, HOLES)
