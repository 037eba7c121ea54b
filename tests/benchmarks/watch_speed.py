"""How fast `qed watch` answers a save, and what it costs while nothing happens.

    python -m tests.benchmarks.watch_speed [--idle-seconds 300] [--saves 10] [--json]

Measured are, for saves that each bring a new hole that `simp` closes, the seconds from the save to the first verdict of
Lean ("closes it") and to that of the acceptance check, with Lean awake; then the share of a processor that the idle
watcher and its sleeping children take.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import psutil

from agent.prover.options import ProveOptions
from agent.prover.purse import Allowance
from agent.watch.ears import WatchEars
from agent.watch.suggestion import Suggestion, Verdict
from agent.watch.watcher import Watcher, WatchOptions
from tests.benchmarks.figures import Figure, show
from tools.lean.acceptance.axioms import STANDARD_AXIOMS
from tools.lean.machine import MachineLimits
from tools.lean.toolchain import discover

_TARGET_SECONDS, _TARGET_PERCENT = 0.5, 1.0
_BEGIN = "def twice (n : Nat) : Nat := n + n\n"
_HOLE = "\ntheorem t{number} (xs : List Nat) : (xs ++ []).length + {number} = xs.length + {number} := by\n  sorry\n"
_PATIENCE_SECONDS = 120.0


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--idle-seconds", type=float, default=300.0)
    parser.add_argument("--saves", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measure(Path(folder), chosen.saves, chosen.idle_seconds))
    show(figures, as_json=chosen.json)


async def _measure(folder: Path, saves: int, idle_seconds: float) -> list[Figure]:
    file = folder / "A.lean"
    file.write_text(_BEGIN)
    heard: dict[tuple[str, Verdict], float] = {}
    ready = asyncio.Event()

    def change(_: object, suggestion: Suggestion | None) -> None:
        if suggestion is not None:
            heard.setdefault((suggestion.declaration, suggestion.verdict), time.monotonic())

    prove = ProveOptions(Allowance(seconds=30.0), 100_000, STANDARD_AXIOMS, MachineLimits.default())
    options = WatchOptions(prove)
    ears = WatchEars(change, lambda _: None, on_ready=ready.set)
    watcher = Watcher(folder, None, discover(folder, "embedded"), options, ears)
    watching = asyncio.create_task(watcher.run())
    await ready.wait()
    closes: list[float] = []
    accepted: list[float] = []
    for number in range(saves + 1):
        file.write_text(_BEGIN + _HOLE.format(number=number))
        saved = time.monotonic()
        name = f"t{number}"
        closed_at = await _heard(heard, name, Verdict.CLOSES)
        accepted_at = await _heard(heard, name, Verdict.ACCEPTED)
        if number:  # the first one wakes Lean up
            closes.append(closed_at - saved)
            accepted.append(accepted_at - saved)
    await asyncio.sleep(5.0)  # what is prepared for the next save
    before = _processor_seconds()
    await asyncio.sleep(idle_seconds)
    share = (_processor_seconds() - before) / idle_seconds
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return [
        Figure("save to Lean's verdict, median", statistics.median(closes), "s", _TARGET_SECONDS),
        Figure("save to Lean's verdict, worst", max(closes), "s"),
        Figure("save to the acceptance check, median", statistics.median(accepted), "s"),
        Figure("save to the acceptance check, worst", max(accepted), "s"),
        Figure("idle, Lean awake, of a processor", 100 * share, "%", _TARGET_PERCENT, f"over {idle_seconds:.0f} s"),
    ]


async def _heard(heard: dict[tuple[str, Verdict], float], name: str, verdict: Verdict) -> float:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while (name, verdict) not in heard:
            await asyncio.sleep(0.005)
    return heard[name, verdict]


def _processor_seconds() -> float:
    """Of this process and all below it, also those that have ended."""
    own = psutil.Process()
    times = [each.cpu_times() for each in (own, *own.children(recursive=True))]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


if __name__ == "__main__":
    main()
