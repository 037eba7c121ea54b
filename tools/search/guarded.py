"""A generator that may fail: what it raises, how long it takes and how much it proposes do the search no harm."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.environment.protocol import TacticState
from tools.errors import QedError
from tools.search.generator import Candidate, SearchContext, TacticGenerator

_FAILURES_IN_A_ROW = 3


@dataclass
class GuardedGenerator:
    """Asks `generator` for at most `seconds`, and takes at most `most` candidates a state, each tactic once.

    A generator that raises or takes too long proposes nothing for that state; one that does so three times in a row is
    not asked again. `notes` say what went wrong. A `QedError` passes: it is meant for the person, and the search cannot
    be what they asked for.
    """

    generator: TacticGenerator
    name: str
    seconds: float = 60.0
    most: int = 64
    notes: list[str] = field(default_factory=list[str])
    _failures: int = 0

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """The candidates for one state, the most promising first."""
        if self._failures >= _FAILURES_IN_A_ROW:
            return ()
        try:
            async with asyncio.timeout(self.seconds):
                proposed = await self.generator.candidates(context, state)
        except QedError:
            raise
        except TimeoutError:
            return self._failed(f"took over {self.seconds:g} s")
        except Exception as error:  # whatever a generator does wrong is its own business
            return self._failed(f"failed: {type(error).__name__}: {error}")
        self._failures = 0
        return self._bounded(proposed)

    def _bounded(self, proposed: Sequence[Candidate]) -> Sequence[Candidate]:
        unique: dict[str, Candidate] = {}
        for candidate in proposed:
            if len(unique) == self.most:
                self._note(f"proposed {len(proposed)} tactics for one state; {self.most} were taken")
                break
            if candidate.tactic.strip():
                unique.setdefault(candidate.tactic, candidate)
        return tuple(unique.values())

    def _failed(self, how: str) -> tuple[Candidate, ...]:
        self._failures += 1
        self._note(how)
        if self._failures == _FAILURES_IN_A_ROW:
            self._note("is not asked again")
        return ()

    def _note(self, what: str) -> None:
        note = f"{self.name} {what}"
        if note not in self.notes:
            self.notes.append(note)
