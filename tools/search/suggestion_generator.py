"""What Lean itself suggests for a state, as candidates: `apply?` and `rw?` look through the whole library."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.environment.protocol import ProofEnvironment, TacticState, UnusableEnvironmentError
from tools.errors import QedError
from tools.search.generator import Candidate, SearchContext

_ORIGIN = "suggestion"
_CLOSING, _APPLY, _REWRITE, _OTHER = 0.4, 1.1, 1.3, 1.5
_STEP_BY_RANK = 0.1
_COSTS = {"exact": _CLOSING, "refine": _APPLY, "apply": _APPLY, "rw": _REWRITE}


@dataclass
class SuggestionGenerator:
    """Asks Lean for suggestions, a few times a search; implements `TacticGenerator`. One object is for one search.

    Asking takes seconds. So every goal is asked about once, with one of `tactics` after the other until one finds what
    closes it; each asking may take `seconds` and brings at most `limit` candidates, and after `askings` of them nobody
    is asked any more. Where Lean fails to answer there is nothing from it, and `notes` say so.
    """

    environment: ProofEnvironment
    tactics: Sequence[str] = ("apply?", "rw?")
    limit: int = 8
    seconds: float = 10.0
    askings: int = 8
    notes: list[str] = field(default_factory=list[str])
    _asked: int = 0
    _known: dict[str, tuple[Candidate, ...]] = field(default_factory=dict[str, tuple[Candidate, ...]])

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """What Lean suggests for the main goal, the cheapest first; nothing once it was asked often enough.

        Raises `UnusableEnvironmentError` as the environment does.
        """
        goal = state.goals[0]
        if goal not in self._known:
            self._known[goal] = ()  # whoever comes with the same goal meanwhile need not ask
            self._known[goal] = await self._suggested(state)
        return self._known[goal]

    async def _suggested(self, state: TacticState) -> tuple[Candidate, ...]:
        found: dict[str, Candidate] = {}
        for tactic in self.tactics:
            if self._asked >= self.askings:
                break
            self._asked += 1
            for rank, text in enumerate((await self._answers(state, tactic))[: self.limit]):
                found.setdefault(text, _candidate(text, rank))
            if any(candidate.closing for candidate in found.values()):
                break
        return tuple(sorted(found.values(), key=lambda candidate: candidate.cost))

    async def _answers(self, state: TacticState, tactic: str) -> Sequence[str]:
        try:
            return await self.environment.suggest(state, tactic, timeout=self.seconds)
        except UnusableEnvironmentError:
            raise
        except QedError as error:  # Lean died or did not answer: the search has its other ideas
            note = f"{tactic}: {error.message}"
            if note not in self.notes:
                self.notes.append(note)
            return ()


def _candidate(text: str, rank: int) -> Candidate:
    """A suggestion as a candidate; `apply?` writes `exact` for what closes the goal, and `refine` for the rest."""
    head = text.split(maxsplit=1)[0] if text.strip() else ""
    cost = _COSTS.get(head, _OTHER) + rank * _STEP_BY_RANK
    return Candidate(text, cost, origin=_ORIGIN, closing=head == "exact")
