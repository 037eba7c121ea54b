"""What is pasted."""

import pytest

from agent.tui.composer.pastes import MOST_CHARACTERS, MOST_LINES, Pastes, cleaned, is_long


def test_line_ends_are_one_and_control_characters_are_shown() -> None:
    assert cleaned("a\r\nb\rc\n\td") == "a\nb\nc\n\td"
    assert cleaned("\x1b[31mred\x07\x00\x9b") == "\\x1b[31mred\\x07\\x00\\x9b"


def test_long_is_by_characters_or_by_lines() -> None:
    assert not is_long("x" * MOST_CHARACTERS) and is_long("x" * (MOST_CHARACTERS + 1))
    assert not is_long("\n" * (MOST_LINES - 1)) and is_long("\n" * MOST_LINES)


def test_chips_stand_for_their_texts() -> None:
    pastes = Pastes()
    first, second = pastes.take("a\n" * 311 + "a"), pastes.take("b" * 12_345)
    assert (first, second) == ("[pasted text 1: 312 lines]", "[pasted text 2: 12,345 characters]")
    text = f"see {second} and {first}, {first}"
    assert pastes.expanded(text) == f"see {'b' * 12_345} and " + ("a\n" * 311 + "a") + ", " + "a\n" * 311 + "a"


def test_a_text_that_looks_like_a_chip_is_not_expanded_again() -> None:
    pastes = Pastes()
    chip = pastes.take("[pasted text 2: 1 lines]\n" * 60)
    pastes.take("other\n" * 60)
    assert pastes.expanded(chip) == "[pasted text 2: 1 lines]\n" * 60
    assert pastes.expanded("[pasted text 9: 3 lines]") == "[pasted text 9: 3 lines]"


def test_the_same_text_is_the_same_chip() -> None:
    pastes = Pastes()
    assert pastes.take("x\n" * 60) == pastes.take("x\n" * 60) != pastes.take("y\n" * 60)


@pytest.mark.parametrize(("column", "found"), [(26, True), (25, False), (0, False)])
def test_a_chip_ends_where_it_ends(column: int, found: bool) -> None:
    pastes = Pastes()
    chip = pastes.take("a\n" * 311 + "a")
    assert len(chip) == 26
    assert pastes.chip_before(f"{chip} x", column) == (chip if found else None)


def test_a_new_message_has_no_chips() -> None:
    pastes = Pastes()
    chip = pastes.take("a\n" * 99)
    pastes.forget()
    assert pastes.expanded(chip) == chip
    assert pastes.take("b\n" * 99).startswith("[pasted text 1:")
