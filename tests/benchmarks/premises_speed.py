"""What the index of premises costs: `python -m tests.benchmarks.premises_speed [--imports M …] [--rounds N] [--json]`.

The index of the embedded toolchain's library is made from nothing in a folder of its own, opened again as a later run
of qed opens it, and asked for goals and for words.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figures import Figure, show, yardstick
from tools.lean.embedded.install import ensure_installed
from tools.lean.goals import Goal
from tools.premises.build import IndexBuilder
from tools.premises.index import PremiseIndex
from tools.premises.modules import LibraryRoots

GOALS = (
    "a b : Nat\n⊢ a + b = b + a",
    "α : Type u_1\nxs : List α\n⊢ xs.reverse.reverse = xs",
    "n m : Nat\nh : n ∣ m\nhm : 0 < m\n⊢ n ≤ m",
    "a b c : Nat\n⊢ a * (b + c) = a * b + a * c",
    "α : Type\nxs ys : List α\n⊢ (xs ++ ys).length = xs.length + ys.length",
    "p q : Prop\n⊢ ¬(p ∨ q) ↔ ¬p ∧ ¬q",
    "α : Type\na b : α\nh : a = b\n⊢ b = a",
    "α : Type\na : α\ns t : List α\nh : a ∈ s\n⊢ a ∈ s ++ t",
    "a b : Nat\n⊢ a = b",
)
WORDS = ("add comm", "reverse append", "commutative multiplication", "length of a filtered list", "le_antisymm")


@dataclass(frozen=True)
class _Taken:
    """Milliseconds by the clock, and those of the processor: on a busy machine the first say less."""

    clock: float
    processor: float


def _times(questions: Sequence[Callable[[], object]], rounds: int) -> list[list[_Taken]]:
    """What every question took in every round, by question; a round before them warms the caches."""
    found: list[list[_Taken]] = [[] for _ in questions]
    for number in range(rounds + 1):
        for place, question in enumerate(questions):
            began, worked = time.perf_counter(), time.process_time()
            question()
            if number:
                taken = _Taken(1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - worked))
                found[place].append(taken)
    return found


def _median(name: str, times: Sequence[Sequence[_Taken]]) -> Figure:
    every = [taken for of_one in times for taken in of_one]
    busy = statistics.median(taken.processor for taken in every)
    slowest = max(statistics.median(taken.processor for taken in of_one) for of_one in times)
    note = f"{len(times)} questions; of the processor {busy:.1f} ms, the slowest question {slowest:.1f} ms"
    return Figure(name, statistics.median(taken.clock for taken in every), "ms", 20, note)


def _queries(index: PremiseIndex, rounds: int) -> list[Figure]:
    goals = [Goal.parse(goal) for goal in GOALS]
    began = time.perf_counter()
    index.for_goal(goals[0], 10)
    first = 1e3 * (time.perf_counter() - began)
    by_goal = _times([lambda goal=goal: index.for_goal(goal, 10) for goal in goals], rounds)
    by_words = _times([lambda words=words: index.for_words(words, 10) for words in WORDS], rounds)
    return [
        Figure("the first question", first, "ms"),
        _median("10 premises for a goal, median", by_goal),
        _median("10 premises for words, median", by_words),
    ]


def measure(*, imports: Sequence[str], rounds: int) -> list[Figure]:
    """All figures, in the order of the table."""
    roots = LibraryRoots((ensure_installed().library,))
    with tempfile.TemporaryDirectory(prefix="qed-premises-") as name:
        path = Path(name) / "index.sqlite"
        began, worked = time.perf_counter(), time.process_time()
        report = IndexBuilder(roots, path=path).update(imports)
        build, busy = time.perf_counter() - began, time.process_time() - worked
        began, worked = time.perf_counter(), time.process_time()
        index = PremiseIndex(path, IndexBuilder(roots, path=path).update(imports).modules)
        load, loading = time.perf_counter() - began, time.process_time() - worked
        queries = _queries(index, rounds)
        index.close()
        size = path.stat().st_size / 1e6
    what = f"{report.read} modules, {' '.join(imports)}"
    return [
        yardstick(),
        Figure("index made from nothing", build, "s", 60, f"{what}; {busy:.1f} s of the processor"),
        Figure("index opened, all files compared", load, "s", 0.3, f"{loading:.2f} s of the processor"),
        Figure("index on the disk", size, "MB"),
        *queries,
    ]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure the index of premises.")
    parser.add_argument("--imports", nargs="+", default=["Init", "Std", "Lean"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show(measure(imports=options.imports, rounds=options.rounds), as_json=options.json)


if __name__ == "__main__":
    main()
