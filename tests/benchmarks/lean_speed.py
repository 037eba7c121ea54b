"""Speed and memory of the connection to Lean: `python -m tests.benchmarks.lean_speed [--trials N] [--json]`.

Prints a table: what was measured, the figure, the target, and whether it was reached. Nothing is asserted: the
figures depend on the machine and on what else it does, and the first line, a fixed piece of pure Python, tells how
fast it was at the time (0.25 s on the two cores that the targets were set for).
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks.figures import Figure, show, yardstick
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.protocol import ProofFinished
from tools.environment.scratch import Scratch
from tools.lean.document import Document
from tools.lean.screening import screen
from tools.lean.server import LeanServer
from tools.lean.text import Span
from tools.lean.toolchain import discover

SOURCE = "theorem t (p q r : Prop) (hp : p) (hq : q) (hr : r) : p ∧ q ∧ r := by\n  sorry\n"
PATH = Path("/scratch/Speed.lean")
MIB = 1 << 20
LONG_RUN_STEP = 100


def help_seconds(runs: int) -> Figure:
    """`qed --help`, as a process."""
    times: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        command = [sys.executable, "-c", "from agent.cli.main import main; main()", "--help"]
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return Figure("qed --help, median", statistics.median(times), "s", 0.25, f"min {min(times):.2f}")


def reading_figures() -> list[Figure]:
    """Reading Lean's text without Lean: a file of 10,000 lines, and the screening of a long proof."""
    line = "theorem foo.bar (n : ℕ) : n + 1 = 1 + n := by simp [Nat.add_comm] -- fine\n"
    proof = "\n".join(["simp only [Nat.add_comm, foo.bar] at h ⊢"] * 1000)
    began = time.perf_counter()
    Document.parse(line * 10_000)
    parsed = time.perf_counter()
    screen(proof)
    return [
        Figure("parsing a file of 10,000 lines", parsed - began, "s"),
        Figure("screening a proof of 1,000 lines", time.perf_counter() - parsed, "s"),
    ]


async def spawn_seconds(runs: int) -> Figure:
    """From spawning the server to the first complete result of a file that imports Init only."""
    toolchain = discover(Path.cwd(), "embedded")
    times: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        async with LeanServer.running(toolchain) as server:
            document = await server.open(PATH, SOURCE)
            await document.settle(timeout=120)
            times.append(time.perf_counter() - began)
    note = f"min {min(times):.2f}, max {max(times):.2f}"
    return Figure("spawn to first complete result, median", statistics.median(times), "s", 2.5, note)


class Session:
    """One environment on a server of its own, with the arrival of Lean's messages on record."""

    def __init__(self, server: LeanServer, environment: LanguageServerEnvironment) -> None:
        self.server = server
        self.environment = environment
        self.last_answer = 0.0
        protocol: Any = server.client.protocol
        handle: Callable[[Any], None] = protocol.handle_message

        def stamped(message: Any) -> None:
            # pygls has read and decoded the message by now; what follows is the client's own.
            self.last_answer = time.perf_counter()
            handle(message)

        protocol.handle_message = stamped

    async def trial(self, tactic: str) -> tuple[float, float]:
        """Seconds of one trial, and those of them after Lean's last answer had been read."""
        began = time.perf_counter()
        outcome = await self.environment.run_tac(self.environment.initial_state, tactic)
        ended = time.perf_counter()
        if not isinstance(outcome, ProofFinished):
            raise RuntimeError(f"Lean refused {tactic}: {outcome}")
        return ended - began, ended - self.last_answer

    def compose_seconds(self, runs: int = 200) -> float:
        """What the client does before the first byte of a trial leaves: composing and encoding the text."""
        scratch = Scratch(SOURCE, _hole(), True, 0, len(SOURCE), 100_000)
        began = time.perf_counter()
        for _ in range(runs):
            json.dumps({"text": scratch.compose(("exact ⟨hp, hq, hr⟩",)).text})
        return (time.perf_counter() - began) / runs

    def resident(self) -> int:
        """Resident bytes of the server and its workers."""
        assert self.server.pid is not None
        root = psutil.Process(self.server.pid)
        return sum(process.memory_info().rss for process in [root, *root.children(recursive=True)])


def _hole() -> Span:
    at = SOURCE.index("sorry")
    return Span(at, at + len("sorry"))


def _tactic(number: int) -> str:
    return ("exact ⟨hp, hq, hr⟩", "exact And.intro hp ⟨hq, hr⟩", "refine ⟨hp, hq, ?_⟩; exact hr")[number % 3]


async def trial_figures(trials: int, long_run: int) -> list[Figure]:
    """Edit to verdict, the client's part in it, memory, and a long session."""
    scratch = Scratch(SOURCE, _hole(), True, 0, len(SOURCE), 100_000)
    async with LeanServer.running(discover(Path.cwd(), "embedded")) as server:
        environment = await LanguageServerEnvironment.open(server, PATH, scratch, screen=lambda _: None)
        session = Session(server, environment)
        for number in range(20):  # warm up
            await session.trial(_tactic(number))
        measured = [await session.trial(_tactic(number)) for number in range(trials)]
        totals = sorted(total for total, _ in measured)
        before = session.compose_seconds()
        own = statistics.median(after + before for _, after in measured)
        figures = [
            Figure(f"one-tactic edit to verdict, median of {trials}", 1e3 * statistics.median(totals), "ms", 15),
            Figure("the same, 95th percentile", 1e3 * totals[int(0.95 * (len(totals) - 1))], "ms", 40),
            Figure("the client's own part of a trial, median", 1e3 * own, "ms", 3),
            Figure(f"resident memory of Lean after {trials} edits", session.resident() / MIB, "MiB", 1.1 * 1024),
            Figure("resident memory of Python", psutil.Process().memory_info().rss / MIB, "MiB"),
        ]
        figures += await _long_run(session, long_run)
        await environment.close()
    return figures


async def _long_run(session: Session, trials: int) -> list[Figure]:
    """Memory along a long session, and whether it leaves processes behind."""
    processes = len(psutil.Process().children(recursive=True))
    sizes: list[float] = []
    for number in range(trials):
        await session.trial(_tactic(number))
        if (number + 1) % LONG_RUN_STEP == 0:
            sizes.append(session.resident() / MIB)
    if not sizes:
        return []
    half = sizes[len(sizes) // 2]
    note = " ".join(f"{size:.0f}" for size in sizes)
    left = len(psutil.Process().children(recursive=True)) - processes
    return [
        Figure(f"resident memory after {trials} more trials", sizes[-1], "MiB", None, note),
        Figure("its growth over the second half", sizes[-1] - half, "MiB", 30),
        Figure("processes more than before", left, "", 0),
    ]


def measure(*, trials: int, spawns: int, long_run: int, helps: int) -> list[Figure]:
    """All figures, in the order of the table."""
    figures = [yardstick(), help_seconds(helps), *reading_figures()]
    figures.append(asyncio.run(spawn_seconds(spawns)))
    figures += asyncio.run(trial_figures(trials, long_run))
    return figures


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure the connection to the embedded Lean.")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--spawns", type=int, default=5)
    parser.add_argument("--long-run", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(trials=options.trials, spawns=options.spawns, long_run=options.long_run, helps=10)
    show(figures, as_json=options.json)


if __name__ == "__main__":
    main()
