"""The benchmark runs and measures something; how fast is for its table to say."""

import pytest

from tests.benchmarks.lean_speed import measure

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]


def test_every_figure_is_there() -> None:
    figures = measure(trials=6, spawns=1, long_run=100, helps=1)
    assert len(figures) == 13
    assert all(figure.value > 0 for figure in figures if figure.unit in ("s", "ms") or figure.name.startswith("res"))
    assert next(f for f in figures if f.name.startswith("processes")).value == 0
    assert {figure.verdict for figure in figures} <= {"", "reached", "not reached"}
