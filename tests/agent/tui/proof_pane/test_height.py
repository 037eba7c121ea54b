"""Sections that share the rows of the pane."""

import pytest

from agent.tui.proof_pane.height import Need, share

NEEDS = [Need(3, 10, 3, 5), Need(4, 6, 4, 4), Need(3, 101, 2, 1), Need(4, 9, 3, 2), Need(2, 4, 6, 3)]


@pytest.mark.parametrize("height", range(0, 160))
def test_never_more_rows_than_there_are_and_none_left_unused(height: int) -> None:
    rows = share(height, NEEDS)
    assert sum(rows) <= height
    assert all(given <= need.ideal for given, need in zip(rows, NEEDS, strict=True))
    if height >= 3:
        assert sum(rows) == min(height, sum(need.ideal for need in NEEDS)) or 0 in rows


def test_what_has_nothing_to_show_takes_no_space() -> None:
    assert share(30, [Need(3, 5), Need(3, 0), Need(2, 50)]) == [5, 0, 25]


def test_the_lowest_rank_goes_first() -> None:
    assert share(9, NEEDS) == [3, 4, 0, 0, 2]
    assert share(3, NEEDS) == [3, 0, 0, 0, 0]


def test_a_section_gets_what_it_can_fill_and_the_others_the_rest() -> None:
    assert share(40, [Need(3, 100, 1), Need(3, 4, 9)]) == [36, 4]
