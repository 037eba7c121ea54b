"""Words spelled letter by letter: an environment for the tests of the engine that needs no Lean."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.environment.protocol import LeanError, ProofFinished, TacticOutcome, TacticState
from tools.search.generator import Candidate, SearchContext

WORD = "dcb"
"""What is to be spelled."""


ROOT = TacticState(0, ("⊢ S",))


@dataclass
class Spelling:
    """A state is a word, a tactic adds a letter; `WORD` finishes. Repeats what it is asked, and how many at once."""

    slow: float = 0.0
    initial_state: TacticState = ROOT
    asked: list[str] = field(default_factory=list[str])
    at_once: int = 0
    most_at_once: int = 0
    _words: dict[int, str] = field(default_factory=lambda: {0: ""})

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        if tactic not in "abcd":
            return LeanError("no letter")
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.slow)
        finally:
            self.at_once -= 1
        word = self._words[state.id] + tactic
        self.asked.append(word)
        number = len(self._words)
        self._words[number] = word
        return ProofFinished(number) if word == WORD else TacticState(number, (f"⊢ S {' '.join(word)}",))

    async def adopt(self, script: Sequence[str], goals: tuple[str, ...]) -> TacticState:
        number = len(self._words)
        self._words[number] = "".join(script)
        return TacticState(number, goals)

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        return ()

    def script(self, state: TacticState) -> tuple[str, ...]:
        return tuple(self._words[state.id])

    async def close(self) -> None:
        pass


class Letters:
    """All letters in every state, the last ones thought dear."""

    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        return [Candidate(letter, cost) for cost, letter in enumerate("abcd")]
