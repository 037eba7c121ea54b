"""The benchmark runs and measures something; how fast is for its table to say."""

import pytest

from tests.benchmarks.llm_speed import measure

pytestmark = pytest.mark.slow


def test_every_figure_is_there() -> None:
    figures = measure(replies=3, imports=1)
    assert len(figures) == 8
    assert all(figure.value > 0 for figure in figures)
