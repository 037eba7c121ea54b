"""What the display of `qed prove` costs: `python -m tests.benchmarks.prove_display [--seconds N] [--json] [--no-lean]`.

First the events of four searches at once, which each report twenty times a second, for a minute; then a real run on a
small file with the embedded Lean. Both are shown on a terminal of 120 × 36 that writes nowhere; what is measured are
seconds of the processor, in the thread that draws and in the one that hands the events over.
"""

import argparse
import asyncio
import io
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from agent.cli.display import ProveDisplay
from agent.prover.events import FileStarted, HoleFinished, HoleStarted, ProverEvent, Searching, StrategyStarted
from agent.prover.options import ProveOptions
from agent.prover.prove_file import FileRun
from agent.prover.purse import Allowance
from agent.prover.report import HoleReport
from agent.prover.selection import Target
from tests.benchmarks.figures import Figure, show
from tools.environment.session import LeanSession
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.machine import MachineLimits
from tools.lean.toolchain import discover

TARGET_PERCENT = 2.0
_JOBS = 4
_REPORTS_A_SECOND = 20
_HOLE_SECONDS = 10
_TEXT = """theorem easy (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

theorem long (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by
  sorry
"""


class Measured:
    """A display, and the processor's seconds that it takes for itself."""

    def __init__(self) -> None:
        console = Console(
            file=io.StringIO(), force_terminal=True, width=120, height=36, highlight=False, soft_wrap=True
        )
        self.display = ProveDisplay(console)
        self.handing_over = 0.0
        self.drawing = 0.0
        self.events = 0

    def show(self, event: ProverEvent) -> None:
        """Hands an event over."""
        began = time.thread_time()
        self.display.show(event)
        self.handing_over += time.thread_time() - began
        self.events += 1

    def look(self) -> None:
        """Reads the clock of the thread that draws, which must still be there."""
        for thread in threading.enumerate():
            if thread.name == "live lines" and thread.ident is not None:
                self.drawing = max(self.drawing, time.clock_gettime(time.pthread_getcpuclockid(thread.ident)))

    def figures(self, name: str, seconds: float) -> list[Figure]:
        """The figures of a run of so many seconds."""
        share = 100 * (self.handing_over + self.drawing) / seconds
        return [
            Figure(f"{name}: drawing", self.drawing, "s"),
            Figure(f"{name}: taking {self.events} events", self.handing_over, "s"),
            Figure(f"{name}: of one processor", share, "%", TARGET_PERCENT, f"{seconds:.0f} s"),
        ]


def synthetic(seconds: float) -> list[Figure]:
    """Four searches at once, on two hundred holes."""
    measured = Measured()
    with measured.display:
        measured.show(FileStarted(Path("Synthetic.lean"), "no Lean"))
        began, reports, next_hole = time.monotonic(), 0, _JOBS
        working = list(range(_JOBS))
        for number in working:
            _start(measured.show, number)
        while (gone := time.monotonic() - began) < seconds:
            for place, number in enumerate(working):
                measured.show(_search(number, reports, gone))
                if reports % (_HOLE_SECONDS * _REPORTS_A_SECOND) == _REPORTS_A_SECOND * (place + 1):
                    measured.show(HoleFinished(number, _report(number)))
                    working[place], next_hole = next_hole, next_hole + 1
                    _start(measured.show, working[place])
            reports += 1
            measured.look()
            time.sleep(max(0.0, began + reports / _REPORTS_A_SECOND - time.monotonic()))
    return measured.figures("made up", time.monotonic() - began)


def real(seconds: float) -> list[Figure]:
    """A real run without a model: one hole that is proved at once, and one that takes all its time."""
    measured = Measured()
    with tempfile.TemporaryDirectory() as folder, measured.display:
        path = Path(folder) / "Small.lean"
        path.write_text(_TEXT, encoding="utf-8")
        axioms = ("propext", "Classical.choice", "Quot.sound")
        options = ProveOptions(Allowance(seconds), 200_000, axioms, MachineLimits.default(), dry_run=True)
        began = time.monotonic()
        asyncio.run(_worked(FileRun(path, [Target(path)], options, measured.show), path, measured.look))
        return measured.figures("real run", time.monotonic() - began)


async def _worked(work: FileRun, path: Path, look: Callable[[], None]) -> None:
    async def looking() -> None:
        while True:
            look()
            await asyncio.sleep(0.25)

    watching = asyncio.create_task(looking())
    try:
        async with LeanSession.opened(discover(path, "embedded"), MachineLimits.default(), workers=2) as session:
            await work.run(session)
    finally:
        watching.cancel()


def _start(show_event: Callable[[ProverEvent], None], number: int) -> None:
    show_event(HoleStarted(f"Some.namespace.theorem_{number}", 10 * number, number, 200))
    show_event(StrategyStarted(number, "search with the model", 30.0))


def _search(number: int, reports: int, gone: float) -> Searching:
    goal = f"a * (b + {reports}) = a * b + a * {reports} ∧ ∀ x, x ∈ xs → f x ≤ {number}"
    return Searching(number, 3 * reports, reports, f"simp [h{reports}] at *", gone % 30, 30.0, goal)


def _report(number: int) -> HoleReport:
    status = ProofStatus.PROVED
    return HoleReport(declaration=f"t{number}", line=number, column=2, status=status, proof="by simp")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="What the display of `qed prove` costs.")
    parser.add_argument("--seconds", type=float, default=60.0, help="seconds of made-up events, and for a hole")
    parser.add_argument("--no-lean", action="store_true", help="only the made-up events")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    figures = synthetic(arguments.seconds)
    if not arguments.no_lean:
        figures += real(min(arguments.seconds, 30.0))
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
