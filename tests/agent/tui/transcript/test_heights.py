from agent.tui.transcript.heights import Heights


def heights_of(*values: int) -> Heights:
    heights = Heights()
    for value in values:
        heights.append(value)
    return heights


def test_rows_belong_to_blocks():
    heights = heights_of(3, 0, 2, 1)
    assert heights.total == 6
    assert [heights.find(row) for row in range(6)] == [0, 0, 0, 2, 2, 3]
    assert heights.find(99) == 3


def test_a_change_moves_what_is_below():
    heights = heights_of(3, 1, 2)
    assert heights.top(2) == 4
    heights[0] = 10
    assert (heights.top(1), heights.top(2), heights.total) == (10, 11, 13)
    heights[2] = 5
    heights.append(1)
    assert (heights.top(3), heights.total) == (16, 17)


def test_nothing_has_no_rows():
    heights = heights_of()
    assert heights.total == 0
    heights.append(2)
    heights.clear()
    assert heights.total == 0
