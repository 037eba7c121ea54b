"""Positions: code points, UTF-16 code units, lines."""

import random

import pytest

from tools.lean.text import Position, SourceText, Span

SAMPLES = ["", "\n", "abc", "abc\n", "a\n\nb", "∀ x, x ∈ 𝕜\n𝓝 x → y\r\nlast", "𝕜𝕜𝕜", "\r\n\r\n"]


@pytest.mark.parametrize("text", SAMPLES)
def test_every_offset_comes_back_from_its_position(text: str) -> None:
    source = SourceText(text)
    for offset in range(len(text) + 1):
        assert source.offset(source.position(offset)) == offset


@pytest.mark.parametrize("text", SAMPLES)
def test_positions_agree_with_utf16_encoding(text: str) -> None:
    source = SourceText(text)
    for offset in range(len(text) + 1):
        before = text[:offset]
        line = before.rsplit("\n", 1)[-1]
        assert source.position(offset) == Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def test_random_texts_round_trip() -> None:
    rng = random.Random(7)
    for _ in range(200):
        text = "".join(rng.choice("ab ∀𝕜\n\r⟨⟩😀") for _ in range(rng.randrange(60)))
        source = SourceText(text)
        offset = rng.randrange(len(text) + 1)
        assert source.offset(source.position(offset)) == offset
        assert source.column_of(offset) == offset - (text.rfind("\n", 0, offset) + 1)


def test_a_position_beyond_the_end_is_the_end() -> None:
    source = SourceText("ab\ncd")
    assert source.offset(Position(0, 99)) == 2
    assert source.offset(Position(9, 0)) == 5
    assert SourceText("𝕜b").offset(Position(0, 99)) == 2


def test_lines() -> None:
    source = SourceText("one\ntwo\n")
    assert source.line_count == 3
    assert source.line_span(1) == Span(4, 7)
    assert [source.line_of(i) for i in (0, 3, 4, 8)] == [0, 0, 1, 2]


def test_span_contains_and_encloses() -> None:
    span = Span(2, 5)
    assert 2 in span and 4 in span and 5 not in span
    assert span.encloses(Span(2, 5)) and span.encloses(Span(3, 3)) and not span.encloses(Span(1, 3))
