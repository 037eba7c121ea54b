"""What is run in both trees, and which rows come of it. All use the embedded Lean, unless they say native."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.compared_rows import Bound, Row
from tests.benchmarks.compared_trees import SCENARIOS, Run
from tests.tools.lean.batch import native_programs

Values = Mapping[str, float]
_MIB = 1 << 20


@dataclass(frozen=True)
class Size:
    """How large a scenario is, for a tree."""

    holes: int = 200
    fewer_holes: int = 50
    declarations: int = 200
    saves: int = 10
    timeout: float = 3600.0


FULL = Size()
BEFORE = Size(holes=20, fewer_holes=10)
"""731484b needs n² of time for n holes: what it does to 20 says enough."""
SMALL = Size(holes=6, fewer_holes=3, declarations=10, saves=1, timeout=900.0)


@dataclass(frozen=True)
class Scenario:
    """`measure` runs it in one tree and gives a value for each row's key, as far as there is one.

    What is `only_now` has nothing to be compared with in the commit.
    """

    name: str
    rows: Sequence[Row]
    measure: Callable[[Run, Size], Values]
    note: str = ""
    only_now: bool = False


# -- files


def open_statements(count: int) -> str:
    """A file of statements that `rfl` or `omega` closes, in turn, all open."""
    return "\n".join(f"{_statement(number)}\n  sorry\n" for number in range(count))


def proved_but_one(count: int) -> str:
    """The same file with its proofs, but for one in the middle."""
    proofs = ("rfl", "omega")
    middle = count // 2 // 2 * 2
    return "\n".join(
        f"{_statement(number)}\n  {'sorry' if number == middle else proofs[number % 2]}\n" for number in range(count)
    )


def _statement(number: int) -> str:
    if number % 2:
        return f"theorem t{number} (a b : Nat) (h : a < b) : a + {number} < b + {number} := by"
    return f"theorem t{number} : {number} + {number} = {2 * number} := by"


def native_statements(count: int) -> str:
    """A file for a Lean without its library, all statements open."""
    statements = (f"theorem t{number} (p q : Prop) (h : p) (k : q) : p := by\n  sorry\n" for number in range(count))
    return "\n".join([native_programs.PRELUDE, *statements])


# -- the demo


def _demo(run: Run, size: Size) -> Values:
    return _demo_with(run, size)


def _patient_demo(run: Run, size: Size) -> Values:
    return _demo_with(run, size, "--timeout", "30")


def _demo_with(run: Run, size: Size, *options: str) -> Values:
    cost, seen = run.qed(["demo", str(run.folder / "demo"), *options], timeout=size.timeout)
    holes = holes_of(seen)
    proved = [each[0] for each in seen["events"] if each[1] == "HoleFinished" and each[3] == "proved"]
    values = {"processor": cost.processor, "seconds": cost.seconds, "first": min(proved, default=float("nan"))}
    return {**values, "proofs": sum(each["status"] == "proved" for each in holes)}


DEMO = Scenario(
    "demo",
    (
        Row("processor", "qed demo, processor time", "s", 0.25),
        Row("seconds", "qed demo, wall", "s", 0.25),
        Row("proofs", "qed demo, proofs", "", 54, Bound.AT_LEAST),
        Row("first", "qed demo, start to the first proof", "s", 10, Bound.AT_MOST),
    ),
    _demo,
)

PATIENT_DEMO = Scenario(
    "demo30",
    (
        Row("processor", "qed demo with the 30 s for a hole that 731484b gives it, processor time", "s"),
        Row("seconds", "qed demo with these 30 s, wall", "s"),
        Row("proofs", "qed demo with these 30 s, proofs", "", 54, Bound.AT_LEAST),
    ),
    _patient_demo,
    "to be held against the demo's before",
    only_now=True,
)


_PROVED_FILES = ("Options.lean", "Steps.lean")


def _proved_files(run: Run, size: Size) -> Values:
    """Two files of the demo whose holes are all proved within seconds: no timeout has a say in it."""
    for name in _PROVED_FILES:
        shutil.copyfile(run.tree.root / "lean" / "examples" / name, run.folder / name)
    cost, seen = run.qed(["prove", *_PROVED_FILES, "--json"], timeout=size.timeout)
    proofs = sum(each["status"] == "proved" for each in holes_of(seen))
    return {"processor": cost.processor, "seconds": cost.seconds, "proofs": proofs}


PROVED_FILES = Scenario(
    "proved",
    (
        Row("processor", "two files of the demo, processor time", "s", 0.25),
        Row("seconds", "two files of the demo, wall", "s", 0.25),
        Row("proofs", "two files of the demo, proofs", "", 12, Bound.AT_LEAST),
    ),
    _proved_files,
)


# -- many holes


def _many_holes(run: Run, size: Size) -> Values:
    most, fewer = _one_after_the_other(run, size.holes, size), _one_after_the_other(run, size.fewer_holes, size)
    growth = {"growth": most["on_top"] / fewer["on_top"]} if fewer["on_top"] > 0 else {}
    processor = (most["processor"] - fewer["processor"]) / (size.holes - size.fewer_holes)
    return {"on_top": most["on_top"], "fewer_on_top": fewer["on_top"], **growth, "processor": processor}


def _one_after_the_other(run: Run, count: int, size: Size) -> Values:
    run = run.below(f"{count}-holes")
    file = run.folder / "Many.lean"
    file.write_text(open_statements(count), encoding="utf-8")
    cost, seen = run.qed(["prove", file.name, "--json", "--jobs", "1"], timeout=size.timeout)
    if left := sum(each["status"] != "proved" for each in holes_of(seen)):
        raise RuntimeError(f"{left} of {count} holes are open")
    return {"on_top": on_top_of_trials(seen["events"]), "processor": cost.processor}


def on_top_of_trials(events: Sequence[tuple[float, str, int | None, str | None]]) -> float:
    """Seconds a hole after the first, without those in which a strategy was at work; for one job at a time."""
    ends = [at for at, kind, _, _ in events if kind == "HoleFinished"]
    first, last = min(ends), max(ends)
    trials, began, at_work = 0.0, 0.0, None
    for at, kind, number, _ in events:
        if kind == "StrategyStarted":
            began, at_work = at, number
        elif kind in ("Checking", "HoleFinished", "HoleSetAside") and at_work is not None and number == at_work:
            trials += max(0.0, at - max(first, began))
            at_work = None
    return (last - first - trials) / (len(ends) - 1)


MANY_HOLES = Scenario(
    "holes",
    (
        Row("on_top", "200 holes in a file: a hole after the first, on top of its trial", "s", 0.5, Bound.AT_MOST),
        Row("fewer_on_top", "50 holes in a file: the same", "s", 0.5, Bound.AT_MOST),
        Row("growth", "the same, 200 holes against 50", "×", 1.1, Bound.AT_MOST),
        Row("processor", "a further hole, processor time (trial and check)", "s"),
    ),
    _many_holes,
    "before: 20 and 10 holes",
)


# -- what is started


def _twenty_holes(run: Run, size: Size) -> Values:
    file = run.folder / "Twenty.lean"
    file.write_text(open_statements(min(size.holes, 20)), encoding="utf-8")
    variables = {"NODE_OPTIONS": f"--require {SCENARIOS / 'note_start.cjs'}"}
    _, seen = run.qed(["prove", file.name, "--json"], timeout=size.timeout, variables=variables)
    starts = [json.loads(line) for line in (run.folder / "starts").read_text(encoding="utf-8").splitlines()]
    programs = Counter(Path(arguments[0]).name for arguments in starts)
    documents = sum(count for module, count in seen["opened"].items() if not module.startswith("tools.environment"))
    return {"workers": programs["worker.cjs"], "servers": programs["server.cjs"], "full": documents + seen["batch"]}


def _counted(where: str) -> Sequence[Row]:
    return (
        Row("workers", f"20 holes, {where}: Lean processes that can elaborate", "", 4, Bound.AT_MOST),
        Row("servers", f"20 holes, {where}: language servers above them", ""),
        Row("full", f"20 holes, {where}: full elaborations", "", 4, Bound.AT_MOST),
    )


TWENTY_HOLES = Scenario("starts", _counted("embedded"), _twenty_holes)


def _twenty_native(run: Run, size: Size) -> Values:
    root = run.folder / "project"
    root.mkdir()
    (root / "lakefile.toml").touch()
    file = root / "Twenty.lean"
    file.write_text(native_statements(min(size.holes, 20)), encoding="utf-8")
    lake = native_programs.install(run.folder / "programs")
    log = run.folder / "native-starts"
    arguments = ["prove", file.name, "--json", "--toolchain", str(lake)]
    _, seen = run.qed(arguments, timeout=size.timeout, cwd=root, variables={native_programs.STARTS: str(log)})
    kinds = Counter(kind for kind, _, _ in native_programs.starts(log))
    if left := sum(each["status"] != "proved" for each in holes_of(seen)):
        raise RuntimeError(f"{left} holes are open: {holes_of(seen)[-1]['detail']}")
    workers = kinds["lean --worker"] + kinds["lean -o"]
    documents = sum(count for module, count in seen["opened"].items() if not module.startswith("tools.environment"))
    return {"workers": workers, "servers": kinds["lake serve"], "full": documents + kinds["lean -o"]}


TWENTY_NATIVE = Scenario("native", _counted("native"), _twenty_native, "a scripted `lake`, Lean 4.35 without library")


# -- one check


def _one_check(run: Run, size: Size) -> Values:
    file, result = run.folder / "Check.lean", run.folder / "result.json"
    file.write_text(proved_but_one(size.declarations), encoding="utf-8")
    run.python([str(SCENARIOS / "gate_check.py"), str(result), str(file)], timeout=size.timeout)
    if not result.exists():
        raise RuntimeError(run.last_words())
    seen = json.loads(result.read_text(encoding="utf-8"))
    if seen["status"] != "proved":
        raise RuntimeError(seen["status"])
    return {
        "check": seen["check"],
        "freeze": seen["freeze"],
        "plain": seen["plain"],
        "times": seen["check"] / seen["plain"],
    }


ONE_CHECK = Scenario(
    "check",
    (
        Row(
            "times",
            "check of a file of 200 declarations, against one `lean FILE`, processor time",
            "×",
            1.2,
            Bound.AT_MOST,
        ),
        Row("check", "that check, processor time", "s"),
        Row("freeze", "the first look at that file, processor time", "s"),
        Row("plain", "plain `lean FILE`, processor time", "s"),
    ),
    _one_check,
)


# -- watching


def _watch(run: Run, size: Size) -> Values:
    arguments = ["-m", "tests.benchmarks.watch_speed", "--idle-seconds", "1", "--saves", str(size.saves), "--json"]
    run.python(arguments, timeout=size.timeout, cwd=run.tree.root)
    said = (run.folder / "log.out").read_text(encoding="utf-8")
    if not said.strip():
        raise RuntimeError(run.last_words())
    figures = {each["name"]: each["value"] for each in json.loads(said)}
    closes, accepted = figures["save to Lean's verdict, median"], figures["save to the acceptance check, median"]
    return {"accepted": accepted, "closes": closes}


WATCH = Scenario(
    "watch",
    (
        Row("accepted", "qed watch: save to accepted, for a hole that `simp` closes, median", "s", 0.4),
        Row("closes", "qed watch: save to Lean's first verdict, median", "s"),
    ),
    _watch,
)


# -- memory


def _memory(run: Run, size: Size) -> Values:
    file = run.folder / "Twenty.lean"
    file.write_text(open_statements(min(size.holes, 20)), encoding="utf-8")
    cost, _ = run.qed(["prove", file.name, "--json"], timeout=size.timeout, memory=True)
    return {"memory": cost.memory / _MIB}


MEMORY = Scenario(
    "memory", (Row("memory", "20 holes: memory of the process tree at its largest (PSS)", "MiB", 1.1),), _memory
)

ALL_SCENARIOS = (TWENTY_HOLES, TWENTY_NATIVE, ONE_CHECK, MEMORY, WATCH, PROVED_FILES, MANY_HOLES, DEMO, PATIENT_DEMO)


def holes_of(seen: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The holes of a report."""
    return [hole for file in seen["report"]["files"] for hole in file["holes"]]
