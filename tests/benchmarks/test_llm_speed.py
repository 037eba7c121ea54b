"""The benchmark runs and measures something; how fast is for its table to say."""

from tests.benchmarks.llm_speed import measure


def test_every_figure_is_there() -> None:
    figures = measure(replies=3, imports=1)
    assert len(figures) == 8
    assert all(figure.value > 0 for figure in figures)
