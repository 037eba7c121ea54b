"""Premises of the library as tactics: `exact`, `apply`, `rw`, `simp`, `grind` with what the index finds."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tools.environment.protocol import TacticState
from tools.errors import QedError
from tools.lean.goals import Goal
from tools.premises.library import PremiseLibrary
from tools.premises.notations import COMMUTED
from tools.premises.patterns import Pattern, sides
from tools.premises.premise import LibraryPremise
from tools.premises.ranking import GoalView
from tools.search.generator import Candidate, SearchContext

_ORIGIN = "premise"
_RETRIEVED = 16
_TOGETHER = 5  # lemmas in one `simp` or `grind`
_EXACT, _APPLY, _REWRITE, _SIMP, _GRIND = 0.5, 1.4, 1.2, 1.4, 1.0
_STEP_BY_RANK = 0.05


class PremiseSource(Protocol):
    """What finds premises for a goal: `PremiseIndex` does. It is asked in a thread."""

    def for_goal(self, goal: Goal, limit: int) -> Sequence[LibraryPremise]:
        """Premises that may help, the best first."""
        ...


class PremiseGenerator:
    """Proposes tactics that use premises of the library; implements `TacticGenerator`.

    `limit` bounds the candidates for a state.
    """

    def __init__(self, source: PremiseSource, *, limit: int = 16) -> None:
        self._source = source
        self._limit = limit

    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        """Candidates for the main goal, each tactic once, the cheapest first."""
        return await asyncio.to_thread(self._found, state.main_goal)

    def _found(self, goal: Goal) -> list[Candidate]:
        premises = self._source.for_goal(goal, _RETRIEVED)
        view = GoalView.of(goal)
        usable = [use for rank, premise in enumerate(premises) if (use := _use(premise, view, rank))]
        found = [candidate for use in usable for candidate in use.alone()] + _together(usable)
        found.sort(key=lambda candidate: candidate.cost)
        return list({candidate.tactic: candidate for candidate in reversed(found)}.values())[::-1][: self._limit]


@dataclass(frozen=True, slots=True)
class _Use:
    """How a premise may serve: it concludes the goal, rewrites it, or rewrites it from right to left."""

    name: str
    extra: float
    is_determined: bool
    concludes: bool
    rewrites: bool
    rewrites_back: bool
    is_rule: bool

    def alone(self) -> list[Candidate]:
        """What the premise is tried as by itself."""
        found: list[Candidate] = []
        if self.concludes and self.is_determined:
            found.append(Candidate(f"exact {self.name} ..", _EXACT + self.extra, origin=_ORIGIN, closing=True))
        elif self.concludes:
            found.append(Candidate(f"apply {self.name}", _APPLY + self.extra, origin=_ORIGIN))
        if self.rewrites:
            found.append(Candidate(f"rw [{self.name}]", _REWRITE + self.extra, origin=_ORIGIN))
            found.append(Candidate(f"simp [{self.name}]", _SIMP + self.extra, origin=_ORIGIN))
        if self.rewrites_back:
            found.append(Candidate(f"rw [← {self.name}]", _REWRITE + self.extra, origin=_ORIGIN))
        return found


def _use(premise: LibraryPremise, view: GoalView, rank: int) -> _Use | None:
    """How a premise may serve a goal; None if it is no fact, or one that the library is leaving behind."""
    is_introduction = premise.kind == "constructor" and premise.head == view.head != ""
    if premise.is_deprecated or _is_internal(premise.name) or not (premise.is_proposition or is_introduction):
        return None
    if view.strange(premise.types) == 1.0:  # about other types altogether
        return None
    conclusion = Pattern.of(premise.conclusion, premise.variables)
    same_head = premise.head != "" and premise.head in (view.head, COMMUTED.get(view.head))
    fits = conclusion.fits(view.tokens)
    two = sides(premise.conclusion) if premise.head in ("Eq", "Iff") else None
    left, right = (_rewrites(side, premise.variables, view) for side in two or ("", ""))
    return _Use(
        name=premise.written,
        extra=rank * _STEP_BY_RANK,
        is_determined=premise.is_determined,
        # An equation of another shape is as good as never the goal up to what `apply` sees through.
        concludes=fits or (same_head and premise.head not in ("Eq", "Iff")),
        rewrites=left,
        rewrites_back=right and not left,
        is_rule=two is not None,
    )


def _rewrites(side: str, variables: Sequence[str], view: GoalView) -> bool:
    """Whether a side of an equation is in the goal, and more than a mere word (`true`): that says nothing."""
    pattern = Pattern.of(side, variables)
    return len(pattern.tokens) > 1 and pattern.occurs(view.tokens)


def _is_internal(name: str) -> bool:
    """Whether a premise is there for Lean's own tactics."""
    return name.startswith("Lean.") or ".Simproc." in name


def _together(usable: Sequence[_Use]) -> list[Candidate]:
    """Several premises in one tactic: equations and equivalences for `simp`, anything for `grind`."""
    found: list[Candidate] = []
    rules = [use.name for use in usable if use.is_rule and use.rewrites][:_TOGETHER]
    if len(rules) > 1:
        found.append(Candidate(f"simp [{', '.join(rules)}]", _SIMP, origin=_ORIGIN))
    names = [use.name for use in usable][:_TOGETHER]
    if names:
        found.append(Candidate(f"grind [{', '.join(names)}]", _GRIND, origin=_ORIGIN, closing=True))
    return found


class LibraryPremiseGenerator:
    """Premises from the index of what a file imports, which is looked for, and made, when it is first asked.

    Where there is no index it proposes nothing, and `note` says why.
    """

    def __init__(self, library: PremiseLibrary, imports: Sequence[str]) -> None:
        self._library = library
        self._imports = imports
        self._generator: PremiseGenerator | None = None
        self.note = ""

    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        """Candidates for the main goal; the first time this may take as long as an index takes to be made."""
        if self.note:
            return []
        try:
            if self._generator is None:
                self._generator = PremiseGenerator(await self._library.index_for(self._imports))
            return await self._generator.candidates(context, state)
        except (QedError, sqlite3.Error) as error:
            self.note = f"premises: {error}"
            return []
