"""The embedded Lean against that of another commit: `python -m tests.benchmarks.embedded_speed --against DIR [--json]`.

DIR is a checkout of the other commit (`git worktree add /tmp/base 731484b`). The same program measures both in turn
(`embedded_measure.py`), and the medians are divided. Without `--against`, only this checkout is measured. The code
cache of this checkout's installation is made first, unless `--without-code-cache`.

Nothing is asserted. Processor time is what to look at; wall time depends on what else the machine does.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.figures import Figure, show, yardstick
from tools.lean.embedded import code_cache
from tools.lean.embedded.install import ensure_installed

HERE = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("embedded_measure.py")
# What is measured, what it is called, and how much of the other commit's it may be.
ROWS = {
    "start_cpu": ("processor time to the first result, Init only", 0.4),
    "start_wall": ("the same, wall", None),
    "six_cpu": ("six small proofs, processor time", 0.6),
    "six_wall": ("the same, wall", None),
    "light_median_wall": ("one-tactic edit to verdict, median", 0.8),
    "light_p95_wall": ("the same, 95th percentile", 0.8),
    "light_cpu": ("the same, processor time", None),
    "mixed_median_wall": ("a mix of simp, grind, omega, induction, median", 0.8),
    "mixed_p95_wall": ("the same, 95th percentile", 0.8),
    "mixed_cpu": ("the same, processor time", None),
    "pss": ("memory of the process tree (PSS)", 1.1),
    "uss": ("memory of the process tree (USS)", 1.1),
    "second_document_wall": ("a second document with the same imports, wall", None),
}


def measure(checkout: Path, edits: int) -> dict[str, float]:
    """One run of the measuring program on a checkout."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        code_cache.VARIABLE: os.environ.get(code_cache.VARIABLE, "use"),
    }
    command = [sys.executable, str(SCRIPT), str(edits)]
    done = subprocess.run(command, cwd=checkout, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: statistics.median(run[name] for run in runs) for name in ROWS}


def main() -> None:
    """Parses the command line, measures in turn and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="a checkout of the commit to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--without-code-cache", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.without_code_cache:
        os.environ[code_cache.VARIABLE] = "off"
    elif reason := code_cache.build(ensure_installed()):
        print(f"no code cache: {reason}", file=sys.stderr)
    ours: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    for _ in range(given.rounds):
        if given.against:
            theirs.append(measure(given.against.resolve(), given.edits))
        ours.append(measure(HERE, given.edits))
    here = medians(ours)
    figures = [yardstick()]
    if theirs:
        there = medians(theirs)
        for name, (title, target) in ROWS.items():
            note = f"{_readable(name, here[name])} against {_readable(name, there[name])}"
            figures.append(Figure(title, here[name] / there[name], "", target, note))
    else:
        figures.extend(
            Figure(title, here[name], "B" if name in ("pss", "uss") else "s") for name, (title, _) in ROWS.items()
        )
    show(figures, as_json=given.json)


def _readable(name: str, value: float) -> str:
    if name in ("pss", "uss"):
        return f"{value / 2**20:.0f} MiB"
    return f"{value:.2f} s" if value >= 1 else f"{1e3 * value:.1f} ms"


if __name__ == "__main__":
    main()
