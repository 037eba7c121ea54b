from textual.content import Content
from textual.style import Style

from agent.tui.transcript.rows import Line, Painter, breaks, clean, literal

PLAIN = Painter(10, Style(), lambda text: Style())


def rows_of(text: str, width: int) -> list[str]:
    parts = Content(text).divide(breaks(text, width)) or [Content(text)]
    return [part.plain for part in parts]


def test_lines_break_at_blanks():
    assert rows_of("one two three four", 9) == ["one two ", "three ", "four"]


def test_a_word_that_just_fits_is_not_broken():
    assert rows_of("abcde fghij", 5) == ["abcde ", "fghij"]
    assert rows_of("abcdefghij", 10) == ["abcdefghij"]


def test_a_long_word_is_cut():
    assert rows_of("ab abcdefghijkl z", 5) == ["ab ", "abcde", "fghij", "kl z"]


def test_wide_characters_count_twice():
    assert rows_of("証明証明証", 4) == ["証明", "証明", "証"]


def test_indentation_is_kept():
    assert rows_of("    simp at h", 9) == ["    simp ", "at h"]


def test_no_row_is_wider_than_the_width():
    text = "a bb   ccc 証明 dddddddddddd  e\u0301 ffff" * 5
    for width in range(2, 40):
        parts = rows_of(text, width)
        assert "".join(parts) == text
        assert all(Content(part.rstrip()).cell_length <= width for part in parts)


def test_a_row_knows_its_decoration_and_whether_its_line_goes_on():
    rows = PLAIN.paint([Line(literal("one two three"), "• ", "  "), Line(literal("end"))])
    assert [row.text for row in rows] == ["• one two ", "  three", "end"]
    assert [row.text[row.lead :] for row in rows] == ["one two ", "three", "end"]
    assert [row.soft for row in rows] == [True, False, False]


def test_every_row_is_as_wide_as_the_painter():
    rows = PLAIN.paint([Line(literal("one two three 証明証明証明"), "> ", "> "), Line(literal("x" * 50), wrap=False)])
    assert {row.strip.cell_length for row in rows} == {10}
    assert rows[-1].text == "xxxxxxxxx…"


def test_decoration_gives_way_where_there_is_no_room():
    rows = PLAIN.paint([Line(literal("abcdefghijkl"), " " * 9, " " * 9)])
    assert [row.text for row in rows] == ["abcdefghij", "kl"]


def test_what_could_harm_a_terminal_becomes_visible():
    assert clean("\x1b[31m\ttab \ud800") == "\\x1b[31m    tab \\ud800"
    assert "\x1b" not in clean("\x1b]52;c;x\x07")
