"""The shape of a printed proposition: its loosest connective, its parts, its binders.

Lean's pretty printer puts blanks around infix symbols and encloses what binds looser in brackets, so that a scan over
the text outside brackets finds the shape; precedences are those of `Init/Prelude.lean` and `Init/Core.lean`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Searches ask the same of the same texts again and again.
_REMEMBERED = 4096
# Loosest first; everything else binds tighter.
_CONNECTIVES = ("↔", "→", "∨", "∧")
_RELATIONS = ("=", "≠", "<", "≤", ">", "≥", "∈", "∉", "∣", "⊆", "==", "!=")
_OPENING, _CLOSING = "([{⟨⦃", ")]}⟩⦄"
_MARK = re.compile(
    r"(?P<open>[(\[{⟨⦃])|(?P<close>[)\]}⟩⦄])|(?<![^ \n])(?P<binder>[∀∃λ]|(?:fun|let|have|if|match)\b)|(?<=[ \n])(?:"
    + "|".join(re.escape(each) for each in (*_CONNECTIVES, *_RELATIONS))
    + r")(?!\S)"
)
_GROUP = re.compile(r"\s*(?P<open>[(\[{⦃])?\s*(?P<names>[^\s:,()\[\]{}⦃⦄]+(?: [^\s:,()\[\]{}⦃⦄]+)*)")
_NAMES = re.compile(r"(?<![\w.'!?])[^\W\d][\w'!?]*")
_IDENTIFIER = r"(?<![\w.'!?]){}(?![\w'!?])"


@dataclass(frozen=True, slots=True)
class Binder:
    """A variable that a quantifier binds; `type` is None where Lean does not print it."""

    name: str
    type: str | None


@lru_cache(maxsize=_REMEMBERED)
def shape(text: str) -> str:
    """The loosest connective of a proposition: `∀ ∃ ↔ → ∨ ∧ ¬`, a relation such as `=`, or the empty string."""
    text = text.strip()
    if text[:1] in ("∀", "∃"):
        return text[0]
    found = {symbol for _, symbol in _infix(text)}
    for symbol in (*_CONNECTIVES, *_RELATIONS):
        if symbol in _CONNECTIVES and symbol in found:
            return symbol
        if text.startswith("¬"):
            if symbol in _RELATIONS:
                return "¬"
        elif symbol in found:
            return symbol
    return ""


@lru_cache(maxsize=_REMEMBERED)
def parts(text: str) -> tuple[str, str]:
    """The two sides of a proposition whose shape is an infix symbol; raises `ValueError` for any other."""
    wanted = shape(text)
    for at, symbol in _infix(text):
        if symbol == wanted:
            return bare(text[:at]), bare(text[at + len(symbol) :])
    raise ValueError(f"no infix symbol holds this together: {text}")


def bare(text: str) -> str:
    """The text without brackets that enclose the whole of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _closes_at(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


@lru_cache(maxsize=_REMEMBERED)
def binders(text: str) -> tuple[tuple[Binder, ...], str]:
    """The variables bound by the quantifier that a proposition begins with, and what it says about them."""
    text = text.strip()
    if text[:1] not in ("∀", "∃"):
        return (), text
    found: list[Binder] = []
    at = 2 if text.startswith("∃!") else 1
    while at < len(text) and text[at] != ",":
        match = _GROUP.match(text, at)
        if match is None:
            return (), text
        end = _closes_at(text, match.start("open")) + 1 if match["open"] else _comma(text, at)
        _, colon, kind = text[match.end("names") : end - (1 if match["open"] else 0)].partition(":")
        bound = kind.strip() if colon else None
        names = match["names"].split()
        if any(name in _RELATIONS for name in names):
            return (), text  # `∀ x ∈ xs, …`
        found += [Binder(name, bound) for name in names]
        at = end
        while at < len(text) and text[at].isspace():
            at += 1
    return tuple(found), text[at + 1 :].strip()


def first_word(text: str) -> str:
    """The first word of a printed expression; the empty string where nothing is printed."""
    return next(iter(text.split()), "")


def mentions(text: str, name: str) -> bool:
    """Whether an identifier occurs in a printed expression."""
    if name.isidentifier():
        return name in _identifiers(text)
    return re.search(_IDENTIFIER.format(re.escape(name)), text) is not None


@lru_cache(maxsize=_REMEMBERED)
def _identifiers(text: str) -> frozenset[str]:
    """The names that expressions in a text begin with: of `x.succ` that is `x`."""
    return frozenset(_NAMES.findall(text))


def _infix(text: str) -> Iterator[tuple[int, str]]:
    """The infix symbols outside brackets, up to a binder: its body reaches to the end."""
    depth = 0
    for mark in _MARK.finditer(text):
        if mark["open"]:
            depth += 1
        elif mark["close"]:
            depth -= 1
        elif not depth and mark["binder"]:
            return
        elif not depth:
            yield mark.start(), mark[0]


def _closes_at(text: str, opening: int = 0) -> int:
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        if depth == 0:
            return at
    return len(text) - 1


def _comma(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        if depth == 0 and text[at] == ",":
            return at
    return len(text)
