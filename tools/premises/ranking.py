"""Putting found premises into order: by words, by how the statement fits, and by a model if there is one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tools.lean.goals import Goal
from tools.premises.notations import COMMUTED, INFIXES
from tools.premises.patterns import Pattern, outside_brackets, sides, tokens
from tools.premises.premise import LibraryPremise

RERANKED: Final = 200
"""How many of the best by words the finer measures look at."""
EMBEDDED: Final = 64
"""How many of the best by words and statement a model looks at: each is a text to be encoded."""

# By how much of the best score by words each finding raises a premise.
_FITS: Final = 1.0
_REWRITES: Final = 0.5
_SAME_HEAD: Final = 0.1
_STRANGE: Final = -0.8
_IS_FACT: Final = 0.25
_DEPRECATED: Final = -1.0
_SECONDARY: Final = -0.3
_OF_LEAN_ITSELF: Final = -0.2
_SIMILAR: Final = 1.0
_RELATION: Final = 50  # the precedence of relations
_BRACKETS: Final = frozenset("([{⟨")
_SECONDARY_NAMES: Final = ("injEq", "sizeOf_spec", "noConfusion", "inj", "ext_iff", "congr", "eq_def", "eq_unfold")


class Embedder(Protocol):
    """A model that makes vectors of texts; near ones mean similar things."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, all of one length. May raise; the order by words then stands."""
        ...


class RemoteEmbedder(Embedder, Protocol):
    """An embedder on another machine: it may fail, and says so."""

    @property
    def note(self) -> str:
        """Why the last texts got no vectors; empty if they did."""
        ...

    def interrupt(self) -> None:
        """Ends what another thread is asking for; it then raises there."""
        ...


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal as the ranking looks at it.

    `tokens` are those of its target, `head` the constant that it applies, or empty, and `words` the tokens of all that
    is printed, where the types of its variables are to be found.
    """

    tokens: tuple[str, ...]
    head: str
    words: frozenset[str]

    @classmethod
    def of(cls, goal: Goal) -> "GoalView":
        """The view of a goal."""
        target = tokens(" ".join(goal.target.split()))
        words = frozenset(target).union(*(tokens(hypothesis.type) for hypothesis in goal.hypotheses))
        return cls(target, head_of(goal.target), words)

    def strange(self, types: frozenset[str]) -> float:
        """How many of a premise's types, of all, the goal does not show; 0 where it has none."""
        if not types:
            return 0.0
        return sum(kind.rpartition(".")[2] not in self.words for kind in types) / len(types)


_LOOSEST_FIRST: Final = sorted(INFIXES.items(), key=lambda item: item[1].own)


def head_of(target: str) -> str:
    """The constant that a printed proposition applies, as far as the text tells; empty for `∀` and `→`."""
    words = outside_brackets(target)
    if target.startswith("∃"):
        return "Exists"
    if not words or target.startswith("∀") or "→" in words:
        return ""
    for name, infix in _LOOSEST_FIRST:
        if infix.symbol in words and not (infix.own > _RELATION and target.startswith("¬")):
            return name
    return "Not" if target.startswith("¬") else words[0] if words[0][0] not in _BRACKETS else ""


def by_goal(premises: Sequence[LibraryPremise], goal: Goal, limit: int) -> list[LibraryPremise]:
    """The best of what the words found for a goal, by what the statements say; the scores are about 0 to 3."""
    view = GoalView.of(goal)
    best = max((premise.score for premise in premises), default=0.0) or 1.0
    scored = [(premise.score / best + fit(premise, view), premise) for premise in premises]
    scored.sort(key=lambda pair: (-pair[0], len(pair[1].name), pair[1].name))
    return [replace(premise, score=score) for score, premise in scored[:limit]]


def fit(premise: LibraryPremise, view: GoalView) -> float:
    """What a premise's statement adds to its score for a goal."""
    score = common(premise) + _STRANGE * view.strange(premise.types)
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


def shown(goal: Goal) -> str:
    """A goal as Lean prints it, which is what encoders of goals are trained on."""
    hypotheses = (f"{' '.join(hypothesis.names)} : {hypothesis.type}" for hypothesis in goal.hypotheses)
    return "\n".join((*hypotheses, f"⊢ {goal.target}"))


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
