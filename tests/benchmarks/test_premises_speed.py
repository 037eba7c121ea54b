"""The benchmark runs and measures something; how fast is for its table to say."""

import pytest

from tests.benchmarks.premises_speed import measure

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]


def test_every_figure_is_there() -> None:
    figures = measure(imports=["Init.Core"], rounds=1)
    assert [figure.unit for figure in figures] == ["s", "s", "s", "MB", "ms", "ms", "ms"]
    assert all(figure.value > 0 for figure in figures)
