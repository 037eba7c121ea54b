import pytest

from agent.tui.transcript.pieces import LIMIT, Piece, Pieces
from tests.agent.tui.transcript.sample import MARKDOWN


def whole(text: str) -> list[Piece]:
    pieces = Pieces()
    return [*pieces.finished(text), pieces.rest(text)]


def arriving(text: str, size: int) -> list[Piece]:
    pieces, found = Pieces(), list[Piece]()
    for end in range(size, len(text) + size, size):
        found += pieces.finished(text[:end])
    return [*found, pieces.rest(text)]


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
@pytest.mark.parametrize("text", [MARKDOWN, MARKDOWN * 8, "```lean\n" + "simp\n" * 3000, "word " * 4000])
def test_pieces_are_the_same_however_the_text_arrives(text: str, size: int):
    assert arriving(text, max(size, len(text) // 2000)) == whole(text)


def test_pieces_begin_at_the_left_edge_after_a_blank_line():
    text = "one\ntwo\n\nthree\n\n  indented\n\n- item\n\n  of it\n"
    assert [piece.text for piece in whole(text)] == ["one\ntwo\n\n", "three\n\n  indented\n\n", "- item\n\n  of it\n"]


def test_a_fence_stays_together():
    text = "```lean\na\n\nb\n```\n\nend\n"
    assert [piece.text for piece in whole(text)] == ["```lean\na\n\nb\n```\n\n", "end\n"]
    assert [piece.text for piece in whole("~~~~\na\n\n~~~\n\n```\n\nb")] == ["~~~~\na\n\n~~~\n\n```\n\nb"]


def test_a_long_fence_is_cut_and_goes_on():
    first, *more = whole("```lean\n" + "simp\n" * 2000)
    assert first.text.startswith("```lean\nsimp\n")
    assert not first.joined
    assert more
    assert all(piece.joined and piece.text.startswith("```lean\n") for piece in more)
    assert all(len(piece.text) < 2 * LIMIT for piece in more)


def test_a_line_without_end_is_cut():
    pieces = whole("x" * 50_000)
    assert "".join(piece.text for piece in pieces) == "x" * 50_000
    assert max(len(piece.text) for piece in pieces) <= 2 * LIMIT
