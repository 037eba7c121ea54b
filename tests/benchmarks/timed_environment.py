"""An environment with a clock: how much a search works while it waits for nobody."""

import contextlib
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from tools.environment.protocol import ProofEnvironment, TacticOutcome, TacticState
from tools.search.estimator import StepsEstimator
from tools.search.tree import Edge


class TimedEnvironment:
    """Wraps a `ProofEnvironment`, for one thread."""

    def __init__(self, inner: ProofEnvironment) -> None:
        self._inner = inner
        self._under_way = 0
        self._own_seconds = 0.0
        self._since = time.thread_time()

    @property
    def own_seconds(self) -> float:
        """CPU seconds of this thread, since it was made, during which no call was under way."""
        return self._own_seconds + (time.thread_time() - self._since if self._under_way == 0 else 0.0)

    @property
    def initial_state(self) -> TacticState:
        """The state at the hole."""
        return self._inner.initial_state

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        """Runs one tactic; see the protocol."""
        with self.call():
            return await self._inner.run_tac(state, tactic, timeout=timeout)

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        """What Lean suggests; see the protocol."""
        with self.call():
            return await self._inner.suggest(state, tactic, timeout=timeout)

    def script(self, state: TacticState) -> tuple[str, ...]:
        """The tactics that lead to a state."""
        return self._inner.script(state)

    async def close(self) -> None:
        """The inner environment is closed by whoever opened it."""

    def timing(self, estimator: StepsEstimator) -> StepsEstimator:
        """An estimator whose answers are waited for as Lean's are."""
        return _TimedEstimator(self, estimator)

    @contextlib.contextmanager
    def call(self) -> Generator[None]:
        """While it is entered, somebody else is at work."""
        if self._under_way == 0:
            self._own_seconds = self.own_seconds
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                self._since = time.thread_time()


@dataclass(frozen=True, slots=True)
class _TimedEstimator:
    environment: TimedEnvironment
    estimator: StepsEstimator

    async def steps_remaining(self, edges: Sequence[Edge]) -> Sequence[float | None]:
        with self.environment.call():
            return await self.estimator.steps_remaining(edges)
