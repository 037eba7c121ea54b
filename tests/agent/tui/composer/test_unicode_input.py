"""Lean's symbols by their names."""

import json
from pathlib import Path

import pytest

from agent.tui.composer import unicode_input
from agent.tui.composer.unicode_input import Abbreviations, Symbol, abbreviations, may_begin

TABLE = Path(unicode_input.__file__).with_name("abbreviations.json")


@pytest.mark.parametrize(
    ("typed", "symbol"),
    [
        ("to", "→"),
        ("alpha", "α"),
        ("a", "α"),
        ("forall", "∀"),
        ("all", "∀"),
        ("ex", "∃"),
        ("<", "⟨"),
        ("R", "ℝ"),
        ("N", "ℕ"),
        ("bbR", "ℝ"),
        ("^-1", "⁻¹"),
        ("_1", "₁"),
        ("\\", "\\"),
    ],
)
def test_names_of_the_table(typed: str, symbol: str) -> None:
    found = abbreviations().complete(typed)
    assert found is not None and found.text == symbol


def test_every_name_stands_for_its_own_symbol() -> None:
    table = abbreviations()
    for name, entry in json.loads(TABLE.read_text(encoding="utf-8")).items():
        expected = Symbol.parse(entry)
        assert table.exact(name) == expected
        assert table.complete(name) == expected
        assert table.replacement(name) == expected
        assert "$CURSOR" not in expected.text


def test_the_shortest_name_counts_and_then_the_first_of_the_table() -> None:
    table = Abbreviations({"long": "L", "lot": "1", "lob": "2", "lo-": "3"})
    assert table.complete("l") == Symbol("1", 1)
    assert [name for name, _ in table.beginning_with("lo")] == ["lot", "lob", "lo-", "long"]


def test_what_is_no_name_keeps_its_rest() -> None:
    table = Abbreviations({"to": "→", "<>": "⟨$CURSOR⟩"})
    assert table.complete("tox") is None
    assert table.replacement("tox") == Symbol("→x", 2)
    assert table.replacement("t,") == Symbol("→,", 2)
    assert table.replacement("<>b") == Symbol("⟨⟩b", 1)
    assert table.replacement("zzz") is None
    assert table.replacement("") is None and table.complete("") is None


def test_a_name_is_settled_when_no_longer_one_begins_so() -> None:
    table = abbreviations()
    assert table.settled("to") is None, "top, toa and others are longer"
    assert table.settled("alpha") == Symbol("α", 1)
    assert table.settled("alph") is None
    assert table.settled("<>") == Symbol("⟨⟩", 1)


def test_the_cursor_goes_between_brackets() -> None:
    assert Symbol.parse("‖$CURSOR‖₊") == Symbol("‖‖₊", 1)
    assert Symbol.parse("→") == Symbol("→", 1)


@pytest.mark.parametrize("before", ["", "∀ x, x ", "(", "x : ", "f(x)", "a:", "p∧"])
def test_a_backslash_begins_a_name(before: str) -> None:
    assert may_begin(before) is (before != "a:")


@pytest.mark.parametrize("before", ["C:", "see C:\\Users", "\\\\server\\share", '"D:\\x'])
def test_a_backslash_in_a_windows_path_does_not(before: str) -> None:
    assert not may_begin(before)
