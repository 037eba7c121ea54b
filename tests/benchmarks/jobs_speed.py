"""What several jobs at once do to each: `python -m tests.benchmarks.jobs_speed [--jobs N] [--rounds N] [--json]`.

`qed prove` works on a file of four holes with one job and with several, on the embedded Lean, in processes of their
own. For each hole stand the seconds that it took alone and beside the others, from its begin to Lean's acceptance.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.agent.command import qed
from tests.benchmarks.figures import Figure, show

TARGET_TIMES_SLOWER = 2.5
_CONFIG = '[lean]\ntoolchain = "embedded"\nmax_workers = {workers}\n'
_SECONDS = 600.0
# Each takes an induction, and lemmas that are in the file or to be found: seconds of search, and no luck.
_HOLES = {
    "total_append": """def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

theorem total_append (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  sorry
""",
    "length_upTo": """def upTo : Nat → List Nat
  | 0 => []
  | n + 1 => n :: upTo n

theorem length_upTo (n : Nat) : (upTo n).length = n := by
  sorry
""",
    "mirror_mirror": """inductive Tree where
  | leaf : Tree
  | node : Tree → Nat → Tree → Tree

def Tree.mirror : Tree → Tree
  | .leaf => .leaf
  | .node l n r => .node r.mirror n l.mirror

theorem mirror_mirror (t : Tree) : t.mirror.mirror = t := by
  sorry
""",
    "double_eq": """def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

theorem double_eq (n : Nat) : double n = 2 * n := by
  sorry
""",
}


@dataclass(frozen=True)
class Run:
    """The seconds of each hole, and those of the whole command."""

    holes: dict[str, float]
    whole: float


def proved(folder: Path, jobs: int) -> Run:
    """One run of the command in a folder of its own. Raises `SystemExit` where a hole stays open."""
    folder.mkdir()
    (folder / "config").mkdir()
    (folder / "config" / "config.toml").write_text(_CONFIG.format(workers=jobs + 1), encoding="utf-8")
    (folder / "Holes.lean").write_text("\n".join(_HOLES.values()), encoding="utf-8")
    began = time.perf_counter()
    done = qed(folder, "prove", "Holes.lean", "--json", "--jobs", str(jobs), seconds=_SECONDS)
    whole = time.perf_counter() - began
    (file,) = json.loads(done.out)["files"]
    if any(hole["status"] != "proved" for hole in file["holes"]):
        raise SystemExit(f"a hole stays open:\n{done.err}")
    return Run({hole["declaration"]: hole["seconds"] for hole in file["holes"]}, whole)


def measure(jobs: int, rounds: int) -> list[Figure]:
    """The figures: medians over the rounds."""
    alone, beside = list[Run](), list[Run]()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            alone.append(proved(Path(folder) / f"alone-{number}", 1))
            beside.append(proved(Path(folder) / f"beside-{number}", jobs))
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    figures = list[Figure]()
    for name in _HOLES:
        one, many = (statistics.median(run.holes[name] for run in runs) for runs in (alone, beside))
        figures.append(Figure(f"{name}: alone", one, "s"))
        figures.append(Figure(f"{name}: one of {jobs} jobs", many, "s"))
        figures.append(Figure(f"{name}: times slower", many / one, "", TARGET_TIMES_SLOWER))
    figures.append(Figure("all holes, one after the other", statistics.median(run.whole for run in alone), "s"))
    figures.append(Figure(f"all holes, {jobs} jobs", statistics.median(run.whole for run in beside), "s"))
    return figures


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    chosen = parser.parse_args()
    show(measure(chosen.jobs, chosen.rounds), as_json=chosen.json)


if __name__ == "__main__":
    main()
