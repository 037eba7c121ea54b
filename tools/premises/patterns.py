"""Whether the statement of a premise is a goal's, or part of it, with something put in for its variables.

This compares printed texts token by token. It knows neither types nor precedences: it finds what is likely to fit and
ranks it first; Lean decides.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(r"[^\W\d][\w'!?]*|\d+|[()\[\]{}⟨⟩⦃⦄.,]|[^\s\w()\[\]{}⟨⟩⦃⦄.,]+")
_OPENING: Final = frozenset("([{⟨⦃")
_CLOSING: Final = frozenset(")]}⟩⦄")
_BREAKS: Final = frozenset(("=", "≠", "↔", "∧", "∨", "→", "≤", "<", "≥", ">", "∣", "∈", ","))
_MAX_STEPS: Final = 1500
_MAX_TOKENS: Final = 120


@lru_cache(maxsize=1 << 14)
def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a printed term: words without their dots, numbers, brackets, symbols."""
    return tuple(_TOKEN.findall(text))


@dataclass(frozen=True, slots=True)
class Pattern:
    """Tokens, some of which are variables; `literals` are the others."""

    tokens: tuple[str, ...]
    variables: frozenset[str]
    literals: frozenset[str]

    @classmethod
    def of(cls, text: str, variables: Collection[str]) -> "Pattern":
        """The pattern of a printed term."""
        found = tokens(text)
        names = frozenset(variables)
        return cls(found, names, frozenset(found) - names - _OPENING - _CLOSING)

    def fits(self, goal: Sequence[str]) -> bool:
        """Whether all of a goal's tokens are this pattern with something for each variable."""
        if not self._may_fit(goal):
            return False
        return _Matcher(self, goal, whole=True).match(0, 0)

    def occurs(self, goal: Sequence[str]) -> bool:
        """Whether this pattern fits somewhere within a goal."""
        if not self._may_fit(goal):
            return False
        matcher = _Matcher(self, goal, whole=False)
        return any(matcher.match(0, start) for start in range(len(goal)) if self._may_begin(goal[start]))

    def _may_begin(self, token: str) -> bool:
        return token == self.tokens[0] or (self.tokens[0] in self.variables and token not in _BREAKS | _CLOSING)

    def _may_fit(self, goal: Sequence[str]) -> bool:
        """A pattern of variables alone says nothing."""
        return bool(self.literals) and len(goal) <= _MAX_TOKENS and self.literals.issubset(goal)


class _Matcher:
    """One attempt, of so many steps at most: then it does not fit."""

    def __init__(self, pattern: Pattern, goal: Sequence[str], *, whole: bool) -> None:
        self._pattern = pattern
        self._goal = goal
        self._whole = whole
        self._steps = 0
        self._bound: dict[str, Sequence[str]] = {}

    def match(self, at: int, place: int) -> bool:
        """Whether the pattern from `at` fits the goal from `place`."""
        pattern, goal = self._pattern.tokens, self._goal
        while at < len(pattern):
            self._steps += 1
            if self._steps > _MAX_STEPS:
                return False
            token = pattern[at]
            if token in self._pattern.variables:
                bound = self._bound.get(token)
                if bound is None:
                    return self._bind(token, at, place)
                if not _same(bound, goal[place : place + len(bound)]):
                    return False
                place += len(bound)
            elif place < len(goal) and goal[place] == token:
                place += 1
            else:
                return False
            at += 1
        return place == len(goal) or not self._whole

    def _bind(self, variable: str, at: int, place: int) -> bool:
        """Tries what a variable may stand for, the shortest first: whole brackets, no relation outside of them."""
        depth = 0
        for end in range(place, len(self._goal)):
            token = self._goal[end]
            depth += (token in _OPENING) - (token in _CLOSING)
            if depth < 0 or (depth == 0 and token in _BREAKS):
                return False
            if depth == 0:
                self._bound[variable] = self._goal[place : end + 1]
                if self.match(at + 1, end + 1):
                    return True
                del self._bound[variable]
        return False


def _same(first: Sequence[str], second: Sequence[str]) -> bool:
    return len(first) == len(second) and all(a == b for a, b in zip(first, second, strict=True))


def sides(conclusion: str) -> tuple[str, str] | None:
    """The two sides of an equation or equivalence, where its top is plain to see."""
    found = _split(conclusion, " ↔ ") or _split(conclusion, " = ")
    if found is None or _binds(found[0]):
        return None
    return found


def _split(text: str, symbol: str) -> tuple[str, str] | None:
    """The text before and after the one place outside brackets where a symbol stands."""
    parts = text.split(symbol)
    balanced = [
        place
        for place in range(1, len(parts))
        if all(_open(part) == 0 for part in (symbol.join(parts[:place]), symbol.join(parts[place:])))
    ]
    if len(balanced) != 1:
        return None
    return symbol.join(parts[: balanced[0]]), symbol.join(parts[balanced[0] :])


def _open(text: str) -> int:
    """How many brackets of a text are not closed in it."""
    return sum(map(text.count, _OPENING)) - sum(map(text.count, _CLOSING))


def outside_brackets(text: str) -> list[str]:
    """The words of a printed term that stand in no brackets; those that open one are among them."""
    found: list[str] = []
    depth = 0
    for word in text.split():
        if depth == 0:
            found.append(word)
        depth += _open(word)
    return found


def _binds(text: str) -> bool:
    return text.startswith(("∀ ", "∃ ", "fun ", "¬∃ ", "¬∀ ", "if ", "let "))
