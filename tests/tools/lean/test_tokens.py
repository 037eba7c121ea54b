"""The lexer: boundaries of names, strings and comments as Lean sees them."""

import random

import pytest

from tools.lean.tokens import TokenKind, escaped_name, name_components, tokenize

K = TokenKind


def _shape(text: str) -> list[tuple[TokenKind, str]]:
    return [(token.kind, token.text) for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("foo", [K.IDENTIFIER]),
        ("foo.bar.«baz qux»", [K.IDENTIFIER]),
        ("α₁' x? y! 𝕜 ℕ é", [K.IDENTIFIER] * 6),
        ("λ Π Σ", [K.SYMBOL] * 3),
        ("sorry", [K.KEYWORD]),
        ("sorry' sorryAx h_sorry foo.sorry «sorry»", [K.IDENTIFIER] * 5),
        ("by_contra by", [K.IDENTIFIER, K.KEYWORD]),
        (".inl", [K.DOT_IDENTIFIER]),
        ("(f x).foo", [K.SYMBOL, K.IDENTIFIER, K.IDENTIFIER, K.SYMBOL, K.DOT_IDENTIFIER]),
        ("x.1.2", [K.IDENTIFIER, K.SYMBOL, K.NUMBER, K.SYMBOL, K.NUMBER]),
        ("1.5e-3 0xFF 0b01 1_000", [K.NUMBER] * 4),
        ("a..b", [K.IDENTIFIER, K.SYMBOL, K.IDENTIFIER]),
        ("'a' '\\n' '\\u1234' '\"'", [K.CHARACTER] * 4),
        ("h' 'a'", [K.IDENTIFIER, K.CHARACTER]),
        ("`Nat ``Nat.add", [K.NAME_LITERAL] * 2),
        ("`(x)", [K.SYMBOL, K.IDENTIFIER, K.SYMBOL]),
        ("#eval x", [K.KEYWORD, K.IDENTIFIER]),
        ("#[1]", [K.SYMBOL, K.NUMBER, K.SYMBOL]),
        ('r"\\" r#"a"b"#', [K.STRING] * 2),
        ("-- a\nb", [K.LINE_COMMENT, K.IDENTIFIER]),
        ("/- /- a -/ -/ b", [K.BLOCK_COMMENT, K.IDENTIFIER]),
        ("/-- a -/ /-! b -/", [K.DOC_COMMENT, K.MODULE_COMMENT]),
        ("/--/ a -/ b", [K.DOC_COMMENT, K.IDENTIFIER]),
        ("/-/ a -/ b", [K.BLOCK_COMMENT, K.IDENTIFIER]),
        ("/- a", [K.UNTERMINATED]),
        ('"a', [K.UNTERMINATED]),
        ("«a", [K.UNTERMINATED]),
    ],
)
def test_kinds(text: str, kinds: list[TokenKind]) -> None:
    assert [token.kind for token in tokenize(text)] == kinds


@pytest.mark.parametrize("symbol", ["<;>", ":=", "=>", "|>.", "⟨", "←", "·", "..", "<|", "∣", "⁻¹", "//", "‹", "∃!"])
def test_symbols_are_read_whole(symbol: str) -> None:
    assert _shape(f"a {symbol} b") == [(K.IDENTIFIER, "a"), (K.SYMBOL, symbol), (K.IDENTIFIER, "b")]


def test_a_left_arrow_takes_the_first_dash_of_a_would_be_comment() -> None:
    assert [token.text for token in tokenize("<-- a")] == ["<-", "-", "a"]


def test_interpolations_are_read_as_tokens() -> None:
    parts = _shape('s!"a {f "b" x} c{{y}} d" z')
    assert next(text for kind, text in parts if kind is K.STRING) == '"a {'
    assert (K.IDENTIFIER, "x") in parts
    assert parts[-1] == (K.IDENTIFIER, "z")


def test_braces_of_a_plain_string_are_text() -> None:
    assert _shape('"a {b} c"') == [(K.STRING, '"a {b} c"')]


def test_components_and_escapes() -> None:
    assert name_components("A.«b c».d'") == ("A", "b c", "d'")
    assert escaped_name(("A", "b c", "end", "d'")) == "A.«b c».«end».d'"
    (token,) = tokenize("Lean.«ofReduceBool»")
    assert token.components == ("Lean", "ofReduceBool")


_PIECES = [
    "theorem", "sorry", " ", "\n", "/-", "-/", "--", '"', "'", "«", "»", "x.y", "⟨", "𝕜", "{", "}", "s!", "\\", "`",
    "r#", "1.", ".", "#eval", "\r\n", "λ",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_tokens_cover_any_text_in_order(seed: int) -> None:
    chosen = random.Random(seed)
    text = "".join(chosen.choice(_PIECES) for _ in range(chosen.randrange(60)))
    at = 0
    for token in tokenize(text):
        assert token.text == text[token.start : token.end] != ""
        assert not text[at : token.start].strip()
        at = token.end
    assert not text[at:].strip()


def test_ten_thousand_lines() -> None:
    text = "theorem foo.bar (n : ℕ) : n + 1 = 1 + n := by simp [Nat.add_comm] -- fine\n" * 10_000
    assert len(tokenize(text)) == 220_000


def test_deep_nesting_and_long_comments() -> None:
    assert len(tokenize("/-" * 50_000 + "-/" * 50_000)) == 1
    assert len(tokenize("/-" * 50_000)) == 1
    assert len(tokenize("{" * 100_000)) == 100_000
