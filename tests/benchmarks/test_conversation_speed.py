"""The benchmark runs and measures something; how fast is for its table to say."""

from tests.benchmarks.conversation_speed import measure


def test_every_figure_is_there() -> None:
    figures = measure(turns=3, loads=1)
    assert len(figures) == 3 and all(figure.value > 0 for figure in figures)
