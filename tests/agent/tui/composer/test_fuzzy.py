"""Names by a few of their letters."""

import pytest

from agent.tui.composer.fuzzy import Names, places

NAMES = ["Nat.succ_add", "add_comm", "Nat.add_comm", "List.padding", "Nat.add_left_comm"]


def best(query: str, limit: int = 10) -> list[str]:
    return [NAMES[place] for place in Names(NAMES).best(query, limit)]


def test_a_beginning_is_better_than_a_word_and_a_word_better_than_a_middle() -> None:
    assert best("add") == ["add_comm", "Nat.succ_add", "Nat.add_comm", "Nat.add_left_comm", "List.padding"]


def test_letters_apart_come_after_letters_together() -> None:
    assert best("addcomm") == ["add_comm", "Nat.add_comm", "Nat.add_left_comm"]
    assert best("nalc") == ["Nat.add_left_comm"]


def test_case_does_not_count_and_nothing_is_found_for_nonsense() -> None:
    assert best("NAT.SUCC") == ["Nat.succ_add"]
    assert best("xyz") == []


def test_no_more_than_asked_for_and_all_for_nothing_typed() -> None:
    assert len(best("a", 2)) == 2
    assert best("", 3) == NAMES[:3]


@pytest.mark.parametrize("query", [".*", "[a", "\\", "^$", "a" * 5000])
def test_signs_of_patterns_are_only_signs(query: str) -> None:
    assert best(query) == []


def test_twenty_thousand_names_are_no_more_work_than_reading_them_once() -> None:
    names = Names([f"{'a' * 40}.{number}" for number in range(20_000)])
    assert names.best("aaaaaaaab", 50) == []  # a pattern that went back would not come to an end here


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        ("add", "Nat.add", (4, 5, 6)),
        ("add", "padd.add", (5, 6, 7)),
        ("nd", "Nat.add", (0, 5)),
        ("x", "Nat", ()),
        ("", "Nat", ()),
    ],
)
def test_where_the_letters_stand(query: str, name: str, expected: tuple[int, ...]) -> None:
    assert places(query, name) == expected
