"""What a type of the file brings along besides its name: constructors, and fields that state something."""

import itertools
from dataclasses import dataclass

from tools.lean.tokens import PROSE, Token, TokenKind, tokenize
from tools.search.formula import binders, parts, shape

_OPENING, _CLOSING = frozenset("([{⟨⦃"), frozenset(")]}⟩⦄")
_STATING = frozenset(("=", "≠", "<", "≤", ">", "≥", "↔", "∧", "∨", "¬", "∃", "∈", "∣"))


def constructors_in(body: str) -> tuple[str, ...]:
    """The names of the constructors in the body of an inductive type (`where | a … | b …`)."""
    names: list[str] = []
    previous: Token | None = None
    for token, depth in _outer(body):
        if previous is not None and not depth and token.kind is TokenKind.IDENTIFIER and previous.text == "|":
            names.append(token.text)
        previous = token
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Fact:
    """A field that states something; `is_unary`: of one value, whatever that is."""

    name: str
    is_unary: bool


def facts_in(body: str) -> tuple[Fact, ...]:
    """The fields in the body of a structure or class whose type states something (`assoc : ∀ a, …`)."""
    outer = [token for token, depth in _outer(body) if not depth]
    indents = {index: _indent(body, token) for index, token in enumerate(outer) if _indent(body, token)}
    # Whatever stands farther in goes on with a field.
    starts = [index for index, indent in indents.items() if indent == min(indents.values())]
    found: list[Fact] = []
    for start, end in itertools.pairwise([*starts, len(outer)]):
        colon = next((token for token in outer[start:end] if token.text == ":"), None)
        if colon is not None and outer[start].kind is TokenKind.IDENTIFIER:
            kind = _type(body[colon.end : outer[end].start if end < len(outer) else len(body)])
            if states_something(kind):
                given = body[outer[start].end : colon.start].strip("() ")
                bound, body_of = binders(kind) if kind.startswith("∀") else ((), kind)
                values = len(bound) + len(given.partition(":")[0].split())
                found.append(Fact(outer[start].text, values == 1 and shape(body_of) != "→"))
    return tuple(found)


def states_something(kind: str) -> bool:
    """Whether a type is a proposition, as far as its text tells: what it says after its binders and premises."""
    while (form := shape(kind)) in ("∀", "→"):
        rest = binders(kind)[1] if form == "∀" else parts(kind)[1]
        if rest == kind:
            return False
        kind = rest
    return form in _STATING


def _type(field: str) -> str:
    """The type of a field from what follows its colon: without comments and default value."""
    tokens = list(tokenize(field))
    end = next((token.start for token in tokens if token.text == ":="), len(field))
    spoken = [token for token in tokens if token.kind not in PROSE and token.end <= end]
    gaps = [" " if before.end < after.start else "" for before, after in itertools.pairwise(spoken)]
    return "".join(gap + token.text for gap, token in zip(["", *gaps], spoken, strict=False))


def _indent(text: str, token: Token) -> int:
    """The spaces before a token that begins a line; 0 for any other."""
    before = text[text.rfind("\n", 0, token.start) + 1 : token.start]
    return 0 if before.strip() else len(before)


def _outer(body: str) -> list[tuple[Token, int]]:
    """The tokens of a text but for comments, each with the number of brackets around it."""
    found: list[tuple[Token, int]] = []
    depth = 0
    for token in tokenize(body):
        if token.kind in PROSE:
            continue
        depth -= token.text in _CLOSING
        found.append((token, depth))
        depth += token.text in _OPENING
    return found
