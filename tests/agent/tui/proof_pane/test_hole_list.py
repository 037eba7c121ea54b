"""Holes and their states while files change and proofs are accepted."""

import pytest

from agent.tui.proof_pane.hole_list import HoleList
from agent.tui.proof_pane.place import HoleState, Place
from agent.workbench.outline import FileOutline
from tests.agent.tui.proof_pane.scenes import LISTS, NATURALS, project


@pytest.fixture
def holes() -> HoleList:
    listed = HoleList()
    listed.show(project())
    return listed


def _names(holes: HoleList) -> list[tuple[str, int, int]]:
    return [(each.name, len(each.holes), each.proved) for file in holes.rows() for each in file.declarations]


def test_holes_stand_by_file_and_declaration_in_the_order_of_the_file(holes: HoleList) -> None:
    assert [file.name for file in holes.rows()] == ["Naturals.lean", "Data/Lists.lean"]
    assert [name for name, _, _ in _names(holes)][:3] == ["add_zero'", "add_comm'", "mul_add'"]
    assert holes.summary() == "6 open"


def test_a_file_without_holes_is_not_listed_but_one_that_cannot_be_read_is() -> None:
    holes = HoleList()
    holes.show([FileOutline(NATURALS, "Naturals.lean"), FileOutline(LISTS, "Data/Lists.lean", problem="no UTF-8")])
    assert [(file.name, file.problem) for file in holes.rows()] == [("Data/Lists.lean", "no UTF-8")]
    assert holes.summary() == ""


def test_an_accepted_proof_takes_its_hole_and_those_after_it_move_up(holes: HoleList) -> None:
    second = Place(NATURALS, "mul_add'", 2)
    holes.mark(second, HoleState.FAILED)
    holes.accept(NATURALS, "mul_add'", 1)
    assert ("mul_add'", 1, 1) in _names(holes)
    assert holes.state(Place(NATURALS, "mul_add'", 1)) is HoleState.FAILED
    assert holes.state(second) is HoleState.OPEN
    assert holes.summary() == "4 open · 1 failed · 1 proved"


def test_without_a_number_the_hole_in_work_is_the_one_that_was_proved(holes: HoleList) -> None:
    holes.mark(Place(NATURALS, "mul_add'", 2), HoleState.WORKING)
    holes.accept(NATURALS, "mul_add'", None)
    info = holes.find(Place(NATURALS, "mul_add'", 1))
    assert info is not None and info.line == 15


def test_what_was_proved_stays_when_the_file_is_read_again(holes: HoleList) -> None:
    holes.accept(NATURALS, "add_zero'", 1)
    file = project()[0]
    holes.show([FileOutline(NATURALS, file.name, file.holes[1:], file.declarations)])
    assert ("add_zero'", 0, 1) in _names(holes)


def test_a_proof_that_was_undone_is_an_open_hole_again(holes: HoleList) -> None:
    holes.accept(NATURALS, "add_zero'", 1)
    holes.show(project())
    assert ("add_zero'", 1, 0) in _names(holes)


def test_a_declaration_that_is_gone_is_not_listed_as_proved(holes: HoleList) -> None:
    holes.accept(NATURALS, "add_zero'", 1)
    holes.show([FileOutline(NATURALS, "Naturals.lean", (), ("other",))])
    assert _names(holes) == []


def test_a_proof_in_a_file_that_nobody_listed_is_listed() -> None:
    holes = HoleList()
    holes.accept(NATURALS, "add_zero'", 1)
    assert _names(holes) == [("add_zero'", 0, 1)]


def test_states_of_holes_that_are_gone_are_forgotten(holes: HoleList) -> None:
    place = Place(NATURALS, "add_zero'", 1)
    holes.mark(place, HoleState.FAILED)
    holes.show([])
    holes.show(project())
    assert holes.state(place) is HoleState.OPEN


@pytest.mark.parametrize(
    ("name", "declaration", "number", "line", "expected"),
    [
        ("Naturals.lean", "add_comm'", 0, 0, Place(NATURALS, "add_comm'", 1)),
        ("Naturals.lean", "mul_add'", 2, 0, Place(NATURALS, "mul_add'", 2)),
        ("Naturals.lean", "", 0, 17, Place(NATURALS, "mul_add'", 2)),
        (str(LISTS), "reverse_reverse'", 0, 0, Place(LISTS, "List.reverse_reverse'", 1)),
        ("Naturals.lean", "add_comm'", 2, 0, None),
        ("Other.lean", "add_comm'", 1, 0, None),
        ("Naturals.lean", "nothing", 1, 0, None),
    ],
)
def test_the_hole_that_a_call_names(
    holes: HoleList, name: str, declaration: str, number: int, line: int, expected: Place | None
) -> None:
    assert holes.place_of(name, declaration, number, line) == expected


def test_unknown_holes_take_no_state(holes: HoleList) -> None:
    holes.mark(Place(NATURALS, "nothing", 1), HoleState.WORKING)
    assert holes.summary() == "6 open"
