"""Kills `qed prove` at random moments: `python -m tests.benchmarks.kill_prove [--kills 500] [--jobs 2]`.

After every kill the file must be the old one or a whole new one. A third of the kills fall anywhere in a run, the
others within 30 ms after the undo journal has been touched, where the write happens. Exit code 1 if a file was broken.
"""

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.agent.command import start

HOLES = (
    "theorem a (p : Prop) (h : p) : p := by\n  sorry\n",
    "theorem b : 2 + 2 = 4 := by\n  sorry\n",
    "theorem c (n : Nat) : n + 0 = n := by\n  sorry\n",
)
TEXT = "\n".join(HOLES)
_RUN_SECONDS = 90


def one_kill(seed: int) -> str:
    """One run and its kill; says what the file was afterwards, `broken: …` if it was neither old nor new."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="qed-kill-") as name:
        folder = Path(name)
        file = folder / "A.lean"
        file.write_text(TEXT)
        journal = folder / "state" / "journal"
        with start(folder, "prove", "A.lean", "--timeout", "20") as run:
            _wait(run.poll, journal, rng)
            with contextlib.suppress(ProcessLookupError):  # it was done before its moment came
                os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        return _judge(file.read_text())


def _wait(poll: Callable[[], int | None], journal: Path, rng: random.Random) -> None:
    """Waits for the moment of the kill."""
    if rng.random() < 1 / 3:
        time.sleep(rng.uniform(0, 15))
        return
    wanted = rng.randrange(1, len(HOLES) + 1)
    end = time.monotonic() + _RUN_SECONDS
    seen, last = 0, 0
    while poll() is None and time.monotonic() < end:
        now = journal.stat().st_mtime_ns if journal.exists() else 0
        if now != last:
            seen, last = seen + 1, now
            if seen >= wanted:
                break
        time.sleep(0.0005)
    time.sleep(rng.uniform(0, 0.03))


def _judge(text: str) -> str:
    left = text.count("sorry")
    if left == len(HOLES):
        return "old" if text == TEXT else "broken: " + repr(text)
    # The proofs may be laid out on lines of their own or not; what stands around them is known.
    for hole in HOLES:
        head = hole.split(" := ")[0]
        if text.count(head) != 1:
            return "broken: " + repr(text)
    if not text.endswith("\n") or text.count("theorem") != len(HOLES):
        return "broken: " + repr(text)
    return f"new ({len(HOLES) - left} of {len(HOLES)} proved)"


def main() -> int:
    """Kills, counts and prints."""
    parser = argparse.ArgumentParser(description="Kill `qed prove` at random moments and look at the file.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seen: Counter[str] = Counter()
    seeds = range(options.seed, options.seed + options.kills)
    with ThreadPoolExecutor(options.jobs) as pool:
        for number, state in enumerate(pool.map(one_kill, seeds), 1):
            seen[state] += 1
            print(f"\r{number}/{options.kills} kills: {dict(seen)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for state, count in seen.most_common():
        print(f"{count:5d}  {state}")
    return 1 if any(state.startswith("broken") for state in seen) else 0


if __name__ == "__main__":
    sys.exit(main())
