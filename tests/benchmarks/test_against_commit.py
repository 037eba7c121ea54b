"""The table of the comparison: ratios, verdicts, and what is measured. The long rows are not run here."""

import json
import math
import sys
from pathlib import Path

import pytest

from tests.benchmarks.against_commit import Comparison, embedded_rows
from tests.benchmarks.compared_rows import Bound, Compared, Row, markdown, show, yardstick_line
from tests.benchmarks.compared_scenarios import (
    ALL_SCENARIOS,
    ONE_CHECK,
    TWENTY_HOLES,
    Scenario,
    Size,
    Values,
    native_statements,
    on_top_of_trials,
    open_statements,
    proved_but_one,
)
from tests.benchmarks.compared_trees import REPOSITORY, Run, Tree
from tests.benchmarks.measured import measured
from tools.lean.document import Document

RATIO = Row("a", "a ratio", "s", 0.5)
SPIN = "import time\nwhile time.process_time() < 0.4: pass"


def test_a_ratio_is_that_of_the_medians() -> None:
    row = Compared(RATIO, [10.0, 100.0, 12.0], [5.0, 6.0, 90.0])
    assert row.ratio == 0.5
    assert row.verdict == "reached"
    row.now += [90.0, 90.0]
    assert row.verdict == "not reached"


def test_what_was_not_measured_is_not_reached() -> None:
    assert Compared(RATIO, [], [1.0]).verdict == "not measured"
    assert Compared(RATIO, [0.0], [1.0]).ratio is None
    assert Compared(Row("b", "no target", "s"), [1.0], [1.0]).verdict == ""


@pytest.mark.parametrize(
    ("bound", "now", "verdict"),
    [
        (Bound.AT_MOST, 4.0, "reached"),
        (Bound.AT_MOST, 5.0, "not reached"),
        (Bound.AT_LEAST, 4.0, "reached"),
        (Bound.AT_LEAST, 3.0, "not reached"),
    ],
)
def test_a_bound_is_held_against_what_is_measured_now(bound: Bound, now: float, verdict: str) -> None:
    assert Compared(Row("c", "a bound", "", 4.0, bound), [], [now]).verdict == verdict


def test_table_and_json_hold_every_row(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    rows = [Compared(RATIO, [10.0], [4.0, 6.0]), Compared(Row("d", "broken", "s", 1.0), problems=["now: it died"])]
    show(rows, [0.2, 0.4], [2.0], as_json=False)
    table = capsys.readouterr().out
    for text in ("a ratio", "10 s", "5 s (4–6)", "0.50", "≤ 0.5 of before", "reached", "it died", "not measured"):
        assert text in table
    assert "0.20–0.40 s" in table
    show(rows, [0.2], [], as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert [each["ratio"] for each in said["rows"]] == [0.5, None]


def test_the_table_for_a_page_has_a_line_a_row() -> None:
    lines = markdown([Compared(RATIO, [10.0], [4.0]), Compared(RATIO, problems=["before: it died"])]).splitlines()
    assert lines[2] == "| a ratio | 10 s | 4 s | 0.40 | ≤ 0.5 of before | reached |"
    assert lines[3] == "| a ratio | – | – | – | ≤ 0.5 of before | not measured; before: it died |"


def test_the_yardstick_says_how_busy_it_was() -> None:
    assert "a processor: 1.0–3.0" in yardstick_line([0.25], [1.0, 3.0])


def test_both_trees_run_in_turn(tmp_path: Path) -> None:
    order: list[str] = []
    said: list[str] = []

    def measure(run: Run, _: Size) -> Values:
        order.append(run.tree.name)
        if len(order) == 4:
            raise RuntimeError("it died")
        return {"a": float(len(order))}

    trees = Tree("before", REPOSITORY), Tree("now", REPOSITORY)
    comparison = Comparison(*trees, tmp_path, said.append)
    comparison.compare(Scenario("made-up", (RATIO,), measure), 2)
    (row,) = comparison.rows
    assert order == ["before", "now", "before", "now"]
    assert (row.before, row.now, row.problems) == ([1.0, 3.0], [2.0], ["now: it died"])
    assert len(comparison.yardsticks) == 2
    assert len(said) == 4


def test_what_is_only_of_now_does_not_run_in_the_commit(tmp_path: Path) -> None:
    def measure(run: Run, _: Size) -> Values:
        return {"a": 1.0 if run.tree.name == "now" else 2.0}

    comparison = Comparison(Tree("before", REPOSITORY), Tree("now", REPOSITORY), tmp_path, lambda _: None)
    comparison.compare(Scenario("made-up", (RATIO,), measure, only_now=True), 1)
    assert (comparison.rows[0].before, comparison.rows[0].now) == ([], [1.0])


def test_a_hole_is_what_is_left_without_the_trials() -> None:
    events = [
        (0.0, "StrategyStarted", 1, None),
        (1.0, "Checking", 1, None),
        (1.5, "StrategyStarted", 2, None),  # while the first is checked
        (3.0, "HoleFinished", 1, "proved"),
        (3.5, "Checking", 2, None),
        (4.0, "StrategyStarted", 3, None),
        (4.5, "Checking", 3, None),
        (6.0, "HoleFinished", 2, "proved"),
        (6.0, "HoleFinished", 3, "proved"),
    ]
    assert on_top_of_trials(events) == (3.0 - 0.5 - 0.5) / 2


def test_files_have_the_holes_they_should() -> None:
    assert len(Document.parse(open_statements(200)).holes) == 200
    assert len(Document.parse(native_statements(20)).holes) == 20
    document = Document.parse(proved_but_one(200))
    assert (len(document.declarations), len(document.holes)) == (200, 1)


def test_rows_have_names_of_their_own() -> None:
    titles = [row.title for scenario in ALL_SCENARIOS for row in scenario.rows]
    assert len(set(titles)) == len(titles)


def test_rows_of_the_embedded_benchmark_are_taken_over() -> None:
    figures = [
        {"name": "pure Python", "value": 0.3, "unit": "s", "target": None, "note": ""},
        {"name": "edit", "value": 0.6, "unit": "", "target": 0.8, "note": "12 ms against 20 ms"},
    ]
    (row,) = embedded_rows(figures)
    assert (row.ratio, row.verdict, row.note) == (0.6, "reached", "12 ms against 20 ms")


@pytest.mark.skipif(sys.platform != "linux", reason="what outlives its parent is counted on Linux only")
def test_processes_that_outlive_their_parents_are_counted(tmp_path: Path) -> None:
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SPIN!r}])"
    cost = measured([sys.executable, "-c", code], cwd=tmp_path, env={}, log=tmp_path / "log", timeout=60)
    assert cost.exit == 0
    assert cost.processor > 0.4
    assert math.isclose(cost.memory, 0)


def test_a_command_that_does_not_end_is_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; print('alive', flush=True); time.sleep(600)"]
    with pytest.raises(TimeoutError):
        measured(command, cwd=tmp_path, env={}, log=tmp_path / "log", timeout=0.1)


@pytest.mark.lean
@pytest.mark.slow
@pytest.mark.usefixtures("toolchain")
@pytest.mark.skipif(sys.platform != "linux", reason="processor time is read from /proc")
@pytest.mark.parametrize("scenario", [TWENTY_HOLES, ONE_CHECK], ids=lambda scenario: scenario.name)
def test_what_runs_in_a_tree_works_in_this_one(scenario: Scenario, tmp_path: Path) -> None:
    run = Run(Tree("now", REPOSITORY), tmp_path, lambda _seconds, _line: None)
    values = scenario.measure(run, Size(holes=2, declarations=2, timeout=300))
    assert {row.key for row in scenario.rows} == set(values)
    assert all(value > 0 for value in values.values())
