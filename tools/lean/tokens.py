"""A lexer for Lean 4.

It follows `Lean.Parser.tokenFn` of Lean's own source: identifiers with their hierarchical components and `«…»`,
strings (escaped, raw, interpolated), characters, numerals, nested comments, doc comments and symbols by longest match.
Lean's table of tokens grows with every `notation`; the symbols of a library that are not known here come out as
several tokens, which changes no boundary of an identifier, a string or a comment that follows white space.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from tools.lean.text import Span


class TokenKind(Enum):
    """What a token is."""

    IDENTIFIER = auto()
    """A name with its components, `Nat.succ`, `«odd name».x`."""
    DOT_IDENTIFIER = auto()
    """A name after a dot that follows no name: `.inl`, the `.foo` of `(f x).foo`."""
    KEYWORD = auto()
    """A word that Lean's core reserves, `theorem`, `by`, `sorry`; also `#eval`."""
    SYMBOL = auto()
    NUMBER = auto()
    STRING = auto()
    """A string, or the part of an interpolated string up to `{`, from `}` on, or between."""
    CHARACTER = auto()
    NAME_LITERAL = auto()
    """A quoted name, `` `Nat`` or ` ``Nat`."""
    LINE_COMMENT = auto()
    BLOCK_COMMENT = auto()
    DOC_COMMENT = auto()
    """`/-- … -/`."""
    MODULE_COMMENT = auto()
    """`/-! … -/`."""
    UNTERMINATED = auto()
    """A comment, string or `«` that never ends: the rest of the text."""


COMMENTS = frozenset({TokenKind.LINE_COMMENT, TokenKind.BLOCK_COMMENT})
PROSE = COMMENTS | {TokenKind.DOC_COMMENT, TokenKind.MODULE_COMMENT}
"""What is written for people: comments and documentation."""
_NAMES = frozenset({TokenKind.IDENTIFIER, TokenKind.DOT_IDENTIFIER})


def words(text: str) -> frozenset[str]:
    """The words of a text, for tables that are read more often than written."""
    return frozenset(text.split())


# Words that cannot be identifiers in core Lean. Words that only tactics reserve (`simp`, `exact`) are left out: Lean
# takes most of them as identifiers too, and whoever needs them asks for their text.
KEYWORDS = words("""
    abbrev assume at attribute axiom binder_predicate builtin_dsimproc builtin_initialize builtin_simproc by calc
    catch class declare_syntax_cat decreasing_by def deriving do dsimproc dsimproc_decl elab elab_rules else end
    example export extends finally for forall from fun have if import in include inductive infix infixl infixr
    initialize instance irreducible_def lemma let local macro macro_rules match meta module mut mutual namespace nofun
    nomatch nonrec noncomputable notation omit opaque open partial postfix prefix prelude private protected public
    register_option register_simp_attr repeat return run_cmd run_elab run_meta scoped section set_option show simproc
    simproc_decl sorry structure suffices syntax termination_by then theorem throw try universe unif_hint unless
    unsafe variable where while with Prop Type Sort λ
    """)

_FIRST = (
    "A-Za-z_\u03b1-\u03ba\u03bc-\u03c9\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9\u03ca-\u03fb\u1f00-\u1ffe"
    "\u2100-\u214f\U0001d49c-\U0001d59f\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f"
)
_REST = _FIRST + "0-9'!?\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c"
_COMPONENT = f"(?:[{_FIRST}][{_REST}]*|«[^»]*»)"
_IDENTIFIER = rf"{_COMPONENT}(?:\.{_COMPONENT})*"

# Longest match: a symbol stands before its own prefixes.
_SYMBOLS = words(
    "<...= <... ...= ...< ... ..< ..= .. .{ <;> <|> <$> <*> <| <- <* <=< <= <<< << <: >>= >=> >>> >> >= := => =<< == = "
    "-> |>. |> ||| || |- *> &&& && ^^^ ^^ ~~~ !!%[ !![ ![ != ++ +++ :: // /\\ \\/ %[ #[ @[ $> ¬ "
    "⁻¹ ∃! `( ``( `["
)
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))

_TOKEN = re.compile(
    rf"""
      (?P<BLANK>[\s]+)
    | (?P<LINE_COMMENT>--[^\n]*)
    | (?P<OPEN_COMMENT>/-)
    | (?P<RAW_STRING>r"[^"]*"|r(?P<hashes>\#+)"(?:[^"]|"(?!(?P=hashes)))*"(?P=hashes))
    | (?P<OPEN_RAW_STRING>r\#*")
    | (?P<OPEN_STRING>")
    | (?P<IDENTIFIER>{_IDENTIFIER})
    | (?P<UNTERMINATED>«[\s\S]*)
    | (?P<NUMBER>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<CHARACTER>'(?:\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|[\\'"nrt])|[^'\\])')
    | (?P<NAME_LITERAL>``?{_IDENTIFIER})
    | (?P<DOT_IDENTIFIER>\.{_IDENTIFIER})
    | (?P<COMMAND>\#[A-Za-z_][A-Za-z_0-9?!']*)
    | (?P<SYMBOL>{_SYMBOL}|[\s\S])
    """,
    re.VERBOSE,
)
_FIELD_NUMBER = re.compile(r"[0-9]+")
_COMMENT_EDGE = re.compile(r"/-|-/")
_STRING_CHUNK = re.compile(r'(?:[^"\\{]|\\[\s\S])*')
_PLAIN_CHUNK = re.compile(r'(?:[^"\\]|\\[\s\S])*')
_COMPONENT_RE = re.compile(_COMPONENT)
# What takes an interpolated string beside the `…!` prefixes, whose tokens all end in `!`.
_INTERPOLATING = frozenset({"throwError", "logInfo", "logWarning", "logError", "dbg_trace"})


class Token(NamedTuple):
    """A token: its kind, its text, and where it stands (code-point offsets)."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return Span(self.start, self.end)

    @property
    def components(self) -> tuple[str, ...]:
        """The components of a name without `«»`; empty for what is no name."""
        if self.kind not in _NAMES and self.kind is not TokenKind.NAME_LITERAL:
            return ()
        return name_components(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the words, written plainly (neither `«…»` nor a part of a longer name)."""
        return self.text in words and self.kind in (TokenKind.KEYWORD, TokenKind.IDENTIFIER)

    def is_symbol(self, *symbols: str) -> bool:
        """Whether this is one of the symbols."""
        return self.kind is TokenKind.SYMBOL and self.text in symbols


def name_components(name: str) -> tuple[str, ...]:
    """The components of a written name without `«»`: `A.«b c»` gives `("A", "b c")`."""
    return tuple(part[1:-1] if part.startswith("«") else part for part in _COMPONENT_RE.findall(name))


def escaped_name(components: tuple[str, ...]) -> str:
    """A name as Lean prints it: components that are no plain identifiers stand in `«»`."""
    return ".".join(
        part if _COMPONENT_RE.fullmatch(part) and not part.startswith("«") and part not in KEYWORDS else f"«{part}»"
        for part in components
    )


def tokenize(text: str) -> list[Token]:
    """All tokens of the text in order, comments included, white space left out.

    Never fails: what does not end becomes one `UNTERMINATED` token, and unknown characters become symbols.
    """
    return list(_scan(text))


def _scan(text: str) -> Iterator[Token]:
    at, previous = 0, ""
    # One entry for each interpolated string that is open: the braces open within its `{`.
    braces: list[int] = []
    kinds = TokenKind.__members__
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None  # the last alternative takes any character
        group, word, end = match.lastgroup, match.group(), match.end()
        if group == "hashes":
            group = "RAW_STRING"
        if group == "BLANK":
            at = end
            continue
        kind = kinds.get(group or "", TokenKind.SYMBOL)
        if group == "IDENTIFIER":
            kind = TokenKind.KEYWORD if word in KEYWORDS else TokenKind.IDENTIFIER
        elif group == "SYMBOL" and braces and word in "{}":
            braces[-1] += 1 if word == "{" else -1
            if braces[-1] == 0:
                kind, end, opened = _string(text, at + 1, interpolated=True)
                braces[-1] = 1
                if not opened:
                    braces.pop()
        elif group == "OPEN_STRING":
            interpolated = previous in _INTERPOLATING or previous.endswith("!")
            kind, end, opened = _string(text, end, interpolated=interpolated)
            if opened:
                braces.append(1)
        elif group == "OPEN_COMMENT":
            kind, end = _comment(text, at)
        elif group == "NUMBER" and previous == "." and text[at - 1] == ".":
            # The `1` of `x.1.2` is a field, no decimal fraction.
            field = _FIELD_NUMBER.match(text, at)
            end = field.end() if field else end
        elif group == "RAW_STRING":
            kind = TokenKind.STRING
        elif group == "OPEN_RAW_STRING":
            kind, end = TokenKind.UNTERMINATED, len(text)
        elif group == "COMMAND":
            kind = TokenKind.KEYWORD
        previous = text[at:end]
        yield Token(kind, previous, at, end)
        at = end


def _string(text: str, at: int, *, interpolated: bool) -> tuple[TokenKind, int, bool]:
    """Reads a string from behind its `"` (or `}`): the kind, the end, and whether an interpolation opens there."""
    chunk = (_STRING_CHUNK if interpolated else _PLAIN_CHUNK).match(text, at)
    end = chunk.end() if chunk else at
    if end >= len(text):
        return TokenKind.UNTERMINATED, len(text), False
    return TokenKind.STRING, end + 1, text[end] == "{"


def _comment(text: str, at: int) -> tuple[TokenKind, int]:
    """Reads a block comment, with those nested in it: the kind and the end."""
    mark = text[at + 2 : at + 3]
    kind = {"-": TokenKind.DOC_COMMENT, "!": TokenKind.MODULE_COMMENT}.get(mark, TokenKind.BLOCK_COMMENT)
    depth, position = 1, at + (2 if kind is TokenKind.BLOCK_COMMENT else 3)
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge.group() == "/-" else -1
        if depth == 0:
            return kind, edge.end()
    return TokenKind.UNTERMINATED, len(text)
