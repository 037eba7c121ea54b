"""Compares the working tree with a commit: `python -m tests.benchmarks.against_commit [--rows NAME,…] [--json]`.

The commit is checked out in the cache; each scenario runs in both trees in turn, as a process with folders of its own.
What is printed is what each took, the ratio, and whether the target was reached. Ctrl+C prints what there is.
README.md in this folder tells what the rows mean.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.compared_rows import Compared, Row, markdown, show, yardstick_line
from tests.benchmarks.compared_scenarios import ALL_SCENARIOS, BEFORE, FULL, SMALL, Scenario, Size
from tests.benchmarks.compared_trees import REPOSITORY, Run, Tree, tree_of
from tests.benchmarks.figures import yardstick

COMMIT = "731484b"
_EMBEDDED = "embedded"
_EMBEDDED_MODULE = "tests.benchmarks.embedded_speed"
_TOLD_SECONDS = 30.0

OnLine = Callable[[str], None]


@dataclass
class Comparison:
    """Two trees, and what was measured so far. `say` is told how it goes on, a line at a time."""

    before: Tree | None
    now: Tree
    folder: Path
    say: OnLine
    small: bool = False
    rows: list[Compared] = field(default_factory=list[Compared])
    loads: list[float] = field(default_factory=list[float])
    yardsticks: list[float] = field(default_factory=list[float])

    def compare(self, scenario: Scenario, runs: int) -> None:
        """Runs a scenario in both trees, in turn. What fails is noted in its rows."""
        rows = {row.key: Compared(row, note=scenario.note) for row in scenario.rows}
        self.rows += rows.values()
        for number in range(1, runs + 1):
            self.yardsticks.append(yardstick().value)
            for tree in (None if scenario.only_now else self.before, self.now):
                if tree is not None:
                    self._once(scenario, rows.values(), tree, f"{scenario.name}, {tree.name}, {number} of {runs}")

    def _once(self, scenario: Scenario, rows: Collection[Compared], tree: Tree, title: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix=f"{scenario.name}-{tree.name}-", dir=self.folder))
        run = Run(tree, folder, _Ticking(self.say, title))
        began = time.monotonic()
        try:
            values = scenario.measure(run, self._size(tree))
        except (RuntimeError, TimeoutError) as error:
            self.say(f"{title}: {error}")
            for each in rows:
                each.problems.append(f"{tree.name}: {error}"[:200])
            return
        finally:
            self.loads += [cost.load for cost in run.costs if cost.load]
        told = ", ".join(f"{key} {value:.4g}" for key, value in values.items())
        self.say(f"{title}: {told} ({time.monotonic() - began:.0f} s)")
        for each in rows:
            if each.row.key in values:
                (each.now if tree is self.now else each.before).append(values[each.row.key])

    def _size(self, tree: Tree) -> Size:
        if self.small:
            return SMALL
        return FULL if tree is self.now else BEFORE

    def compare_embedded(self) -> None:
        """The rows of the embedded toolchain, which have a benchmark of their own."""
        if self.before is None or not (REPOSITORY / "tests/benchmarks/embedded_speed.py").exists():
            self.say(f"{_EMBEDDED}: there is no {_EMBEDDED_MODULE}")
            return
        command = [sys.executable, "-m", _EMBEDDED_MODULE, "--against", str(self.before.root), "--json"]
        self.say(f"{_EMBEDDED}: {' '.join(command[1:])}")
        done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False)
        try:
            self.rows += embedded_rows(json.loads(done.stdout))
        except (ValueError, KeyError, TypeError) as error:
            self.say(f"{_EMBEDDED}: exit status {done.returncode}, and no table that can be read: {error}")


def embedded_rows(figures: Sequence[Mapping[str, Any]]) -> list[Compared]:
    """The rows of `embedded_speed --against … --json`, whose figures without a unit are ratios."""
    ratios = [each for each in figures if not each["unit"]]
    rows = [Row(each["name"], f"embedded: {each['name']}", "", each["target"]) for each in ratios]
    return [Compared(row, note=each["note"], known_ratio=each["value"]) for row, each in zip(rows, ratios, strict=True)]


@dataclass
class _Ticking:
    """Says every now and then that a run still goes on."""

    say: OnLine
    title: str
    last: float = 0.0

    def __call__(self, seconds: float, line: str) -> None:
        if seconds - self.last >= _TOLD_SECONDS:
            self.last = seconds
            self.say(f"{self.title}: {seconds:.0f} s … {line[:90]}")


def main() -> None:
    """The command."""
    options = _options()
    by_name = {scenario.name: scenario for scenario in ALL_SCENARIOS}
    wanted = [*by_name, _EMBEDDED] if options.rows is None else options.rows.split(",")
    if unknown := [name for name in wanted if name not in by_name and name != _EMBEDDED]:
        sys.exit(f"no such rows: {', '.join(unknown)}; there are {', '.join([*by_name, _EMBEDDED])}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `timeout` ends it as Ctrl+C does
    now = Tree("now", REPOSITORY)
    try:
        before = None if options.only_now else tree_of(options.commit)
        for tree in (before, now):
            if tree is not None:
                tree.check()
                _say(f"{tree.name}: {tree.root}, preparing its Lean")
                tree.prepare()
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
    with _folder(options.keep) as folder:
        comparison = Comparison(before, now, folder, _say, options.small)
        with contextlib.suppress(KeyboardInterrupt):
            for name in wanted:
                if name == _EMBEDDED:
                    comparison.compare_embedded()
                else:
                    comparison.compare(by_name[name], options.runs)
        if options.markdown:
            print(markdown(comparison.rows))
            print(f"\n{yardstick_line(comparison.yardsticks, comparison.loads)}")
        else:
            show(comparison.rows, comparison.yardsticks, comparison.loads, as_json=options.json)


def _folder(kept: Path | None) -> contextlib.AbstractContextManager[Path]:
    """Where the runs have their folders."""
    if kept is None:
        return _temporary()
    kept.mkdir(parents=True, exist_ok=True)
    return contextlib.nullcontext(kept.absolute())


@contextlib.contextmanager
def _temporary() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="qed-against-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join([*(scenario.name for scenario in ALL_SCENARIOS), _EMBEDDED])
    parser.add_argument("--commit", default=COMMIT, help=f"what to compare with [{COMMIT}]")
    parser.add_argument("--rows", metavar="NAME,…", help=f"some of: {names} [all]")
    parser.add_argument("--runs", type=int, default=1, help="how often each scenario runs in each tree [1]")
    parser.add_argument("--only-now", action="store_true", help="do not run the commit")
    parser.add_argument("--small", action="store_true", help="small sizes, to see whether it works at all")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what the runs leave behind, in this folder")
    parser.add_argument("--markdown", action="store_true", help="print the table for README.md")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args()


def _say(line: str) -> None:
    clock = time.strftime("%H:%M:%S")
    print(f"{clock}  {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
