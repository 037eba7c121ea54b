"""What proposes tactics: candidates, the context they are made from, and the protocol of a generator."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from tools.environment.protocol import TacticState
from tools.search.formula import first_word

_WORD = re.compile(r"[^\W\d][\w'!?]*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tactic to try in a state.

    `cost` orders the states it leads to (0: free), `seconds` bounds the trial, `origin` says who proposes it.
    `closing`: it is worth nothing unless it closes the main goal. `invertible`: what it leads to can be proved
    whenever the goal can, so that nothing else need be tried beside it. `log_probability` is a model's own: the mean
    natural logarithm over the tokens where the provider tells it, else that of the share of the samples.
    """

    tactic: str
    cost: float = 1.0
    seconds: float = 3.0
    origin: str = "structure"
    closing: bool = False
    invertible: bool = False
    log_probability: float | None = None


@dataclass(frozen=True, slots=True)
class Laws:
    """What a structure or class states: all of it, and what it states of one value (`∀ a, unit * a = a`)."""

    unary: tuple[str, ...]
    every: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What a search may use besides the goal.

    `definitions`, `types` (inductive ones) and `lemmas` are full names declared above the hole in the same file;
    lemmas with a `sorry` of their own are left out, because a proof must not rest on them. Fields of structures and
    classes that state something are lemmas, and `laws` has them by structure or class. `constructors` are those of
    each of the inductive types; `notions` are the definitions that only give a proposition a name. `tactics` are the
    names of tactics that the file's imports bring along besides Lean's own.
    """

    definitions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()
    tactics: frozenset[str] = frozenset()
    constructors: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    notions: tuple[str, ...] = ()
    laws: Mapping[str, Laws] = field(default_factory=dict[str, Laws])

    def definitions_in(self, text: str) -> tuple[str, ...]:
        """The definitions of the file whose (last) name occurs in a printed goal."""
        return _named_in(self.definitions, text)

    def notion_of(self, fact: str) -> str:
        """The notion that a fact begins with; the empty string for none."""
        return next(iter(_named_in(self.notions, first_word(fact.lstrip("¬")))), "")

    def types_in(self, text: str) -> tuple[str, ...]:
        """The inductive types of the file whose (last) name occurs in a printed goal."""
        return _named_in(self.types, text)

    def constructors_for(self, target: str) -> tuple[str, ...]:
        """The constructors of the file's type or predicate that a target begins with."""
        found = self.types_in(first_word(target))
        return tuple(name for each in found for name in self.constructors.get(each, ()))

    def lemmas_for(self, text: str, limit: int) -> tuple[str, ...]:
        """The lemmas of the file, those that share words with a goal and are near it first."""
        words = _words(text)
        near = list(reversed(self.lemmas))
        near.sort(key=lambda name: -len(words & set(re.split(r"[._]", name))))
        return tuple(near[:limit])


def _named_in(names: Sequence[str], text: str) -> tuple[str, ...]:
    if not names:
        return ()
    words = _words(text)
    return tuple(name for name in names if name.rpartition(".")[2] in words)


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


class TacticGenerator(Protocol):
    """Proposes tactics for the main goal of a state, the most promising first."""

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """The candidates for one state."""
        ...


# Tactics that modules of Mathlib and its friends declare; a file that imports the module can use them.
_TACTICS_OF_IMPORTS = {
    "Mathlib": frozenset(
        ("aesop", "tauto", "norm_num", "positivity", "linarith", "nlinarith", "ring", "field_simp", "gcongr")
    ),
    "Aesop": frozenset({"aesop"}),
    "Batteries": frozenset[str](),
}


def tactics_of_imports(modules: Sequence[str]) -> frozenset[str]:
    """The tactics that a file's imports bring along, by the first component of each module's name."""
    roots = {module.split(".")[0] for module in modules}
    return frozenset[str]().union(*(_TACTICS_OF_IMPORTS.get(root, frozenset()) for root in roots))
