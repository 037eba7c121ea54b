"""The measurement of the search: three easy theorems for real, its file of trials, and its table."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from tests.benchmarks import search_suite
from tests.benchmarks.search_suite import Bench, Selection, measure
from tests.benchmarks.search_trials import Trial, TrialLog, table
from tests.benchmarks.timed_environment import TimedEnvironment
from tests.suites.suite import REPOSITORY, Grade, SuiteTheorem, Third, read_files, theorems_of
from tests.tools.progress.trained import Trained
from tools.environment.protocol import ProofEnvironment, TacticOutcome, TacticState
from tools.errors import ExitCode, QedError
from tools.lean.toolchain import Toolchain
from tools.progress.choice import ScoringModel
from tools.progress.search_trees import read_trees
from tools.search.engine import SearchEnd
from tools.search.generator import SearchContext
from tools.search.limits import SearchLimits
from tools.search.result import SearchResult

_EASY = ("neither_nor", "between_doubles", "factorial_five")
_SECONDS = 60.0
_WITHOUT_MODEL = ["single-shot", "breadth-first", "best-first"]


def _theorems(*names: str) -> list[SuiteTheorem]:
    return [theorem for theorem in theorems_of(read_files()) if theorem.name in names]


def _trial(**changes: object) -> Trial:
    trial = Trial(
        theorem="t", third=Third.FIRST, subject="Logic", grade=Grade.EASY, searcher="prove", limit=20.0, nodes=2
    )
    return trial.model_copy(update=changes)


def _printed(trials: Sequence[Trial]) -> str:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(table(trials))
    return capture.get()


@pytest.mark.lean
async def test_three_easy_theorems_are_proved_and_not_tried_again(toolchain: Toolchain, tmp_path: Path) -> None:
    selection = Selection(_theorems(*_EASY), _WITHOUT_MODEL, _SECONDS)
    log = TrialLog.opened(tmp_path / "trials.jsonl", resume=False)
    told: list[tuple[int, int]] = []
    bench = Bench.running(toolchain, traces=tmp_path / "traces.jsonl")
    await measure(selection, log, bench, lambda number, count, _: told.append((number, count)))
    assert told == [(number, 9) for number in range(1, 10)]
    assert all(t.solved and t.proof and not t.error and t.calls > 0 and t.seconds > 0 for t in log.trials)
    assert {(t.theorem, t.searcher) for t in log.trials} == {(n, s) for n in _EASY for s in _WITHOUT_MODEL}
    traced = {tree.theorem for tree in read_trees(tmp_path / "traces.jsonl")}
    assert traced == set(_EASY)
    again = TrialLog.opened(log.path, resume=True)
    assert again.trials == log.trials
    await measure(selection, again, Bench.running(toolchain), lambda number, count, _: told.append((number, count)))
    assert len(told) == 9


@pytest.mark.lean
async def test_leanprogress_is_asked_in_its_search(toolchain: Toolchain, trained: Trained) -> None:
    name = search_suite.WITH_PROGRESS
    async with Bench.running(toolchain, ScoringModel(str(trained.folder), device="cpu")) as bench:
        trial = await bench.trial(_theorems("reverse_stutter")[0], name, 12.0)
    assert not trial.error and trial.nodes > 0
    async with Bench.running(toolchain, ScoringModel(str(trained.folder / "missing"))) as bench:
        trial = await bench.trial(_theorems("reverse_stutter")[0], name, 12.0)
    assert "missing" in trial.error and not trial.solved


@pytest.mark.lean
async def test_a_proof_that_does_not_finish_again_does_not_count(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def boasting(_: ProofEnvironment, __: SearchContext, ___: SearchLimits) -> SearchResult:
        return SearchResult(SearchEnd.FOUND, ("exact absurd", "sorry"))

    monkeypatch.setattr(search_suite, "single_shot", boasting)
    async with Bench.running(toolchain) as bench:
        trial = await bench.trial(_theorems("neither_nor")[0], search_suite.SINGLE_SHOT, _SECONDS)
    assert (trial.solved, trial.unconfirmed, trial.proof) == (False, True, "")


async def test_what_is_missing_goes_theorem_by_theorem() -> None:
    theorems = _theorems(*_EASY)
    selection = Selection(theorems, ["single-shot", "prove"], 20.0)
    first, second, third = (theorem.name for theorem in theorems)
    done = [_trial(theorem=first), _trial(theorem=second, searcher="single-shot", limit=5.0), _trial(theorem="other")]
    missing = [(theorem.name, searcher) for theorem, searcher in selection.missing(done)]
    assert missing == [
        (first, "single-shot"),
        *((name, searcher) for name in (second, third) for searcher in ("single-shot", "prove")),
    ]
    assert selection.wanted(done) == done[:1]


def test_an_interrupted_line_is_dropped_and_the_rest_kept(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    log = TrialLog.opened(path, resume=True)
    log.append(_trial())
    with path.open("a", encoding="utf-8") as file:
        file.write('{"theorem": "half')
    again = TrialLog.opened(path, resume=True)
    again.append(_trial(theorem="u"))
    assert [trial.theorem for trial in TrialLog.opened(path, resume=True).trials] == ["t", "u"]


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    text = f"{_trial().model_dump_json()}\n{{}}\nmine"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QedError, match=r"trials\.jsonl:2 is not a trial"):
        TrialLog.opened(path, resume=True)
    with pytest.raises(QedError, match="is there already"):
        TrialLog.opened(path, resume=False)
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(QedError, match="missing"):
        TrialLog.opened(tmp_path / "missing" / "trials.jsonl", resume=False)


def test_the_table_counts_by_grade_and_says_what_is_odd() -> None:
    trials = [
        _trial(solved=True, calls=10, seconds=1.0, own_seconds=0.002),
        _trial(theorem="u", grade=Grade.HARD, calls=30, seconds=20.0, own_seconds=0.004, unconfirmed=True),
        _trial(theorem="v", grade=Grade.HARD, solved=True, calls=50, seconds=3.0),
    ]
    row = next(line for line in _printed(trials).splitlines() if "│ prove" in line)
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["prove", "1/1", "0/0", "1/2", "2/3", "2, 6", "30, 90", "60", "3.0, 24", "1.00 ms"]
    assert "proofs not confirmed: 1" in _printed(trials)
    assert "errors" not in _printed(trials)
    assert _printed([]).strip()


def test_what_all_have_solved_is_compared_by_itself() -> None:
    trials = [
        _trial(solved=True, calls=10),
        _trial(theorem="u", solved=True, calls=100),
        _trial(searcher="other", solved=True, calls=7),
        _trial(searcher="other", theorem="u", calls=500),
        _trial(searcher="apart", calls=1),
    ]
    console = Console(width=160)
    with console.capture() as capture:
        console.print(table(trials, apart=("apart",)))
    rows = {
        line.split("│")[1].strip(): line.split("│")[8].strip() for line in capture.get().splitlines() if "│" in line
    }
    assert rows == {"prove": "10", "other": "7", "apart": "0"}


class _Slow:
    """An environment whose calls last until they are let go."""

    initial_state = TacticState(0, ())

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        await self.gate.wait()
        return state

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        await self.gate.wait()
        raise RuntimeError(tactic)

    def script(self, state: TacticState) -> tuple[str, ...]:
        return ()

    async def close(self) -> None:
        self.gate.set()


async def test_only_what_happens_between_calls_is_the_search_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("tests.benchmarks.timed_environment.time.thread_time", lambda: now)
    slow = _Slow()
    timed = TimedEnvironment(slow)
    now = 1.0
    running = asyncio.create_task(timed.run_tac(timed.initial_state, "rfl"))
    failing = asyncio.create_task(timed.suggest(timed.initial_state, "exact?"))
    await asyncio.sleep(0)
    now = 5.0
    slow.gate.set()
    assert await running == timed.initial_state
    with pytest.raises(RuntimeError, match="exact"):
        await failing
    now = 7.0
    assert timed.own_seconds == 3.0


def _command(path: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.search_suite", "--json", str(path), *arguments]


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_an_interrupted_run_keeps_what_is_done_and_prints_it(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    command = _command(path, "--only", "neither_nor", "maximum_mem", "--searchers", "single-shot", "best-first")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=pipe, stderr=pipe, text=True) as run:
        assert run.stderr is not None and run.stdout is not None
        assert run.stderr.readline().startswith("[1/4] single-shot: ")
        run.send_signal(signal.SIGINT)
        shown, said = run.stdout.read(), run.stderr.read()
    assert run.returncode == ExitCode.INTERRUPTED
    assert "--resume goes on" in said and "Traceback" not in said
    done = TrialLog.opened(path, resume=True).trials
    assert 1 <= len(done) < 4
    assert "│ single-shot" in shown


def test_an_unknown_theorem_is_named(tmp_path: Path) -> None:
    command = _command(tmp_path / "t.jsonl", "--third", "first", "--only", "neither_nor")
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == ExitCode.USAGE
    assert "neither_nor" in run.stderr
    assert not (tmp_path / "t.jsonl").exists()
