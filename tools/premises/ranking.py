"""Putting found premises into order: by words, by how the statement fits, and by a model if there is one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tools.lean.goals import Goal
from tools.premises.notations import COMMUTED, INFIXES, SYMBOLS
from tools.premises.patterns import Pattern, sides, tokens
from tools.premises.premise import LibraryPremise
from tools.search.formula import shape

RERANKED: Final = 200
"""How many of the best by words the finer measures look at."""

# By how much of the best score by words each finding raises a premise.
_FITS: Final = 1.0
_REWRITES: Final = 0.5
_SAME_HEAD: Final = 0.1
_IS_FACT: Final = 0.25
_DEPRECATED: Final = -0.5
_SECONDARY: Final = -0.3
_OF_LEAN_ITSELF: Final = -0.2
_SIMILAR: Final = 1.0
_RELATION: Final = 50  # the precedence of relations
_BRACKETS: Final = frozenset("([{⟨")
_SECONDARY_NAMES: Final = ("injEq", "sizeOf_spec", "noConfusion", "inj", "ext_iff", "congr")


class Embedder(Protocol):
    """A model that makes vectors of texts; near ones mean similar things."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, all of one length. May raise; the order by words then stands."""
        ...


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal as the ranking looks at it: the tokens of its target, and the constant at its head, or empty."""

    tokens: tuple[str, ...]
    head: str

    @classmethod
    def of(cls, goal: Goal) -> "GoalView":
        """The view of a goal."""
        return cls(tokens(" ".join(goal.target.split())), head_of(goal.target))


def head_of(target: str) -> str:
    """The constant that a printed proposition applies, as far as the text tells; empty for `∀` and `→`."""
    symbol = shape(target)
    if symbol:
        return SYMBOLS.get(symbol, "")
    words = target.split()
    loosest = [name for name, infix in INFIXES.items() if infix.own <= _RELATION and infix.symbol in words]
    return loosest[0] if loosest else words[0] if words and words[0][0] not in _BRACKETS else ""


def by_goal(premises: Sequence[LibraryPremise], goal: Goal, limit: int) -> list[LibraryPremise]:
    """The best of what the words found for a goal, by what the statements say; the scores are about 0 to 3."""
    view = GoalView.of(goal)
    best = max((premise.score for premise in premises), default=0.0) or 1.0
    scored = [(premise.score / best + fit(premise, view), premise) for premise in premises]
    scored.sort(key=lambda pair: (-pair[0], len(pair[1].name), pair[1].name))
    return [replace(premise, score=score) for score, premise in scored[:limit]]


def fit(premise: LibraryPremise, view: GoalView) -> float:
    """What a premise's statement adds to its score for a goal."""
    score = common(premise)
    if not premise.conclusion:
        return score
    if premise.head and (premise.head == view.head or COMMUTED.get(view.head) == premise.head):
        score += _SAME_HEAD
    if Pattern.of(premise.conclusion, premise.variables).fits(view.tokens):
        return score + _FITS
    two = sides(premise.conclusion)
    if two is not None and Pattern.of(two[0], premise.variables).occurs(view.tokens):
        score += _REWRITES
    return score


def common(premise: LibraryPremise) -> float:
    """What speaks for or against a premise whatever is asked."""
    score = _IS_FACT if premise.is_proposition else 0.0
    if premise.is_deprecated:
        score += _DEPRECATED
    if premise.name.rpartition(".")[2] in _SECONDARY_NAMES:
        score += _SECONDARY
    if premise.name.startswith("Lean.") or ".Internal." in premise.name or "Impl." in premise.name:
        score += _OF_LEAN_ITSELF
    return score


def by_similarity(premises: Sequence[LibraryPremise], query: str, embedder: Embedder) -> list[LibraryPremise]:
    """Orders premises anew, with what a model says about them. Raises what the model raises, and `ValueError`."""
    if not premises:
        return []
    texts = [f"{premise.name} {premise.type}" for premise in premises]
    wanted, *vectors = embedder.embed([query, *texts])
    if len(vectors) != len(premises):
        raise ValueError(f"{len(premises) + 1} vectors were asked for, and {len(vectors) + 1} came")
    scored = [
        replace(premise, score=premise.score + _SIMILAR * cosine(wanted, vector))
        for premise, vector in zip(premises, vectors, strict=True)
    ]
    return sorted(scored, key=lambda premise: (-premise.score, len(premise.name), premise.name))


def cosine(first: Sequence[float], second: Sequence[float]) -> float:
    """The cosine of the angle between two vectors; 0 where one is zero. Raises `ValueError` if lengths differ."""
    lengths = math.hypot(*first) * math.hypot(*second)
    return sum(a * b for a, b in zip(first, second, strict=True)) / lengths if lengths else 0.0
