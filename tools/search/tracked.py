"""An environment that keeps accounts: every tactic counts against the budget, and whoever watches is told."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.environment.protocol import (
    Crashed,
    LeanError,
    ProofEnvironment,
    ProofFinished,
    ProofGivenUp,
    TacticOutcome,
    TacticState,
    TimedOut,
)
from tools.search.limits import Budget

_DEFAULT_SECONDS = 5.0
_KEPT_ATTEMPTS = 2000


@dataclass(frozen=True, slots=True)
class Attempt:
    """A tactic that was run: what came of it, in a word, and the milliseconds it took."""

    tactic: str
    verdict: str
    milliseconds: float


OnTactic = Callable[[str], None]


_VERDICTS = {
    ProofFinished: "finished",
    LeanError: "error",
    ProofGivenUp: "given up",
    TimedOut: "timed out",
    Crashed: "crashed",
}


class TrackedEnvironment:
    """Wraps a `ProofEnvironment`: the same protocol, with a budget. When it is spent, every tactic times out.

    `on_tactic` is told each tactic as it begins.
    """

    def __init__(self, inner: ProofEnvironment, budget: Budget, on_tactic: OnTactic) -> None:
        self._inner = inner
        self._budget = budget
        self._on_tactic = on_tactic
        self.attempts: deque[Attempt] = deque(maxlen=_KEPT_ATTEMPTS)

    @property
    def initial_state(self) -> TacticState:
        """The state at the hole."""
        return self._inner.initial_state

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        """Runs one tactic within what is left of the budget."""
        if self._budget.spent():
            return TimedOut(0.0)
        self._account(tactic)
        seconds = min(timeout or _DEFAULT_SECONDS, self._budget.seconds_left)
        began = time.monotonic()
        outcome = await self._inner.run_tac(state, tactic, timeout=seconds)
        verdict = f"{outcome.num_goals} goals" if isinstance(outcome, TacticState) else _VERDICTS[type(outcome)]
        self.attempts.append(Attempt(tactic, verdict, 1000 * (time.monotonic() - began)))
        return outcome

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        """What Lean suggests, within what is left of the budget."""
        if self._budget.spent():
            return ()
        self._account(tactic)
        seconds = min(timeout or _DEFAULT_SECONDS, self._budget.seconds_left)
        return await self._inner.suggest(state, tactic, timeout=seconds)

    def script(self, state: TacticState) -> tuple[str, ...]:
        """The tactics that lead to a state."""
        return self._inner.script(state)

    async def close(self) -> None:
        """The inner environment is closed by whoever opened it."""

    def _account(self, tactic: str) -> None:
        self._budget.tactics += 1
        self._on_tactic(tactic)
