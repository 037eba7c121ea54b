"""The benchmark runs and measures something; how fast is for its table to say."""

import pytest

from tests.benchmarks.tools_speed import measure

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]


def test_every_figure_is_there() -> None:
    figures = measure(rounds=2)
    assert [figure.unit for figure in figures] == ["s", "ms", "ms", "times"]
    assert all(figure.value > 0 for figure in figures)
