import pytest

from agent.tui.transcript.markdown import markdown_lines
from tests.agent.tui.transcript.sample import MARKDOWN


def text_of(markdown: str, width: int = 60) -> list[str]:
    return [f"{line.lead}{line.content.plain}".rstrip() for line in markdown_lines(markdown, width)]


def styles_at(markdown: str, word: str) -> str:
    for line in markdown_lines(markdown, 60):
        start = line.content.plain.find(word)
        if start >= 0:
            return " ".join(str(span.style) for span in line.content.spans if span.start <= start < span.end)
    raise AssertionError(word)


def test_paragraphs_and_headings():
    assert text_of("# Title\n\none\ntwo  \nthree") == ["Title", "", "one two", "three"]
    assert "bold" in styles_at("## Title", "Title")
    assert "italic" in styles_at("an *important* word", "important")
    assert "strike" in styles_at("a ~~wrong~~ word", "wrong")


def test_lists_nest_and_count():
    assert text_of("9. a\n10. b\n    - c\n      d") == [" 9. a", "10. b", "    • c d"]
    assert text_of("- a\n\n- b\n\n  more") == ["• a", "", "• b", "", "  more"]


def test_quotes_keep_their_bar():
    assert text_of("> one\n>\n> - two") == ["▏ one", "▏", "▏ • two"]


def test_links_show_where_they_go():
    assert text_of("[here](https://a.b) <https://c.d> ![picture](p.png)") == [
        "here (https://a.b) https://c.d picture (p.png)"
    ]


def test_code_is_kept_as_it_is():
    assert text_of("```lean4\n  a\n\n    | b\n```") == ["    a", "", "      | b"]
    assert text_of("```\nnot closed *yet*") == ["  not closed *yet*"]
    assert text_of("- a\n  ```\n  b\n  ```") == ["• a", "    b"]


def test_lean_is_coloured_and_an_unknown_language_does_no_harm():
    assert styles_at("```lean\ntheorem x : 1 = 1 := rfl\n```", "theorem")
    assert text_of("```no-such-language\nx\n```") == ["  x"]


def test_tables_are_aligned():
    assert text_of("| a | b |\n|---|--:|\n| one | 2 |") == ["a   │ b", "────┼──", "one │ 2"]


@pytest.mark.parametrize("width", [10, 20, 33, 80])
def test_tables_fit(width: int):
    table = "| tactic | verdict |\n|---|---|\n| simp only [foo, bar] | error: a long text of many words |"
    lines = markdown_lines(table, width)
    assert max(line.content.cell_length for line in lines) <= max(width, 11)
    words = "".join(line.content.plain for line in lines)
    assert all(letter in words for letter in "simp")


def test_markup_and_escapes_are_text():
    shown = text_of(MARKDOWN)
    assert shown[-1] == "[bold]no markup[/bold] \\x1b[31mno escape\\x1b[0m <b>no HTML</b>"


@pytest.mark.parametrize("markdown", ["", "\n", "> " * 60 + "x", "- " * 60 + "x", "|a|\n|-|", "[](", "# ", "-", "1."])
def test_odd_texts_do_no_harm(markdown: str):
    assert isinstance(text_of(markdown, 5), list)
