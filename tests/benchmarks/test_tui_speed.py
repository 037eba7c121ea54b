"""The benchmark runs and measures something; how fast is for its table to say."""

import pytest

from tests.benchmarks.tui_speed import measure

pytestmark = pytest.mark.slow


def test_every_figure_is_there() -> None:
    figures = measure(runs=1, seconds=2, messages=40, pages=2, lean=False)
    assert len(figures) == 11 and all(figure.value > 0 for figure in figures)
    assert {figure.verdict for figure in figures} <= {"", "reached", "not reached"}
