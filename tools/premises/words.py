"""What the full-text index counts: parts of names, constants, words of docstrings; and the same of goals and queries.

Every word becomes letters, digits and underscores of ASCII, so that SQLite's simplest tokenizer takes it apart exactly
at spaces, and `Or` and `or` stay two words.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from tools.lean.goals import Goal
from tools.premises.notations import COMMUTED, SYMBOLS

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[0-9]+|[^\w\s.]")
_PROSE: Final = re.compile(r"[^\W\d_]{3,}")
_UNSAFE: Final = re.compile(r"[^a-z0-9]")
_TERM: Final = re.compile(r"[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*|\.[^\W\d][\w'!?]*|\d+|[^\s\w(){}⟨⟩,.:\[\]]+|\[\]?")
_IGNORED: Final = frozenset(("the", "and", "for", "that", "this", "with", "are", "from", "which", "not", "has", "its"))
_SMALL_WORDS: Final = frozenset(("of", "is", "on", "in", "by", "to", "an", "two"))
_INDEXING: Final = (("]?", "GetElem?.getElem?"), ("]!", "GetElem?.getElem!"))
_MAX_WORDS: Final = 40
_MAX_SIZE: Final = 4

_NAMING: Final = MappingProxyType(
    {
        "commutative": "comm", "commutativity": "comm", "commutes": "comm", "associative": "assoc",
        "associativity": "assoc", "distributive": "distrib", "distributivity": "distrib", "addition": "add",
        "plus": "add", "sum": "add", "multiplication": "mul", "times": "mul", "product": "mul", "subtraction": "sub",
        "minus": "sub", "division": "div", "modulo": "mod", "remainder": "mod", "power": "pow", "exponent": "pow",
        "negation": "neg", "negative": "neg", "inverse": "inv", "less": "lt", "equal": "eq", "equals": "eq",
        "equality": "eq", "successor": "succ", "predecessor": "pred", "transitive": "trans", "transitivity": "trans",
        "symmetric": "symm", "symmetry": "symm", "reflexive": "refl", "reflexivity": "refl",
        "antisymmetric": "antisymm", "antisymmetry": "antisymm", "injective": "inj", "injectivity": "inj",
        "divides": "dvd", "divisibility": "dvd", "divisible": "dvd", "membership": "mem", "element": "mem",
        "member": "mem", "concatenation": "append", "concatenate": "append", "length": "length", "empty": "nil",
        "maximum": "max", "minimum": "min", "identity": "id", "composition": "comp", "greater": "gt",
        "induction": "rec", "nonnegative": "nonneg", "positive": "pos", "intersection": "inter", "iff": "iff",
    }
)  # fmt: skip
"""What Lean's names abbreviate."""


@lru_cache(maxsize=1 << 16)
def encoded(word: str) -> str:
    """A word in letters that SQLite takes as one token."""
    return _UNSAFE.sub(lambda match: f"_{ord(match[0]):x}_", word)


def name_words(name: str) -> list[str]:
    """The words of a name, lower-case: `Nat.le_antisymm` has `nat`, `le`, `antisymm`."""
    return [part.lower() for part in _PARTS.findall(name)]


def document_words(doc: str) -> list[str]:
    """The words of a docstring, each once."""
    words = dict.fromkeys(word.lower() for word in _PROSE.findall(doc))
    return [word for word in words if word not in _IGNORED][:_MAX_WORDS]


def query_words(query: str) -> list[tuple[str, ...]]:
    """The words of a question, each with what Lean's names abbreviate it to; symbols become constants."""
    groups: dict[tuple[str, ...], None] = {}
    for term in query.split()[:_MAX_WORDS]:
        if term in SYMBOLS:
            groups[(SYMBOLS[term],)] = None
            continue
        for word in name_words(term)[:_MAX_WORDS]:
            if word not in _IGNORED and word not in _SMALL_WORDS:
                groups[(word, _NAMING[word]) if word in _NAMING else (word,)] = None
    return list(groups)[:_MAX_WORDS]


def constant_words(constants: Iterable[str]) -> list[str]:
    """Constants of a type: each whole, and its last part (`.reverse`), by which the dot notation knows it."""
    words: dict[str, None] = {}
    for constant in constants:
        words[constant] = None
        _, dot, last = constant.rpartition(".")
        if dot:
            words[f".{last}"] = None
    return list(words)


def size_words(smallest: int, largest: int) -> list[str]:
    """Words that stand for the number of constants in a conclusion."""
    return [f"=={size}" for size in range(smallest, min(largest, _MAX_SIZE) + 1)]


def goal_constants(goal: Goal) -> tuple[frozenset[str], frozenset[str]]:
    """The constants of a goal's target, and those of its hypotheses, as far as the printed text tells them."""
    types = {name: hypothesis.type for hypothesis in goal.hypotheses for name in hypothesis.names}
    target = term_constants(goal.target, types)
    hypotheses: set[str] = set()
    for hypothesis in goal.hypotheses:
        hypotheses |= term_constants(hypothesis.type, types)
    # The types of the variables in the target are arguments there that are not printed.
    for word in set(re.findall(r"[^\W\d][\w'!?]*", goal.target)) & types.keys():
        head = types[word].split()[:1]
        if head and head[0] not in types:
            target |= {head[0].lstrip("(")}
    return frozenset(target), frozenset(hypotheses)


def term_constants(text: str, types: dict[str, str]) -> set[str]:
    """The constants that a printed term shows; `types` are those of its variables."""
    found: set[str] = {name for mark, name in _INDEXING if mark in text}
    for term in _TERM.findall(text):
        if term in SYMBOLS:
            name = SYMBOLS[term]
            found |= {name, COMMUTED[name]} if name in COMMUTED else {name}
        elif term[0].isdigit():
            found.add(f"#{term}")
        elif term[0] == ".":
            found.add(term)
        elif term[0] == "_" or term[0].isalpha() or term[0] == "«":
            found |= _named(term, types)
        elif term == "[":
            found.add("GetElem.getElem")
    return found


def _named(term: str, types: dict[str, str]) -> set[str]:
    """What a dotted word stands for: a constant, or a function behind a variable (`xs.reverse`)."""
    head, *rest = term.split(".")
    if head not in types:
        # Where a namespace is open, Lean prints names without it.
        return {term} if rest else {term, f".{term}"}
    space = types[head].split()[:1]
    first = {f"{space[0]}.{rest[0]}"} if rest and space else set[str]()
    return first | {f".{part}" for part in rest}
