"""An environment with a clock: how long a search waited for Lean, and how long it was busy with itself."""

import contextlib
import time
from collections.abc import Generator, Sequence

from tools.environment.protocol import ProofEnvironment, TacticOutcome, TacticState


class TimedEnvironment:
    """Wraps a `ProofEnvironment`. Calls that overlap are counted once in `lean_seconds`."""

    def __init__(self, inner: ProofEnvironment) -> None:
        self._inner = inner
        self._began = time.perf_counter()
        self._under_way = 0
        self._since = 0.0
        self.lean_seconds = 0.0
        """Seconds during which at least one call was under way."""

    @property
    def elapsed(self) -> float:
        """Seconds since it was made."""
        return time.perf_counter() - self._began

    @property
    def initial_state(self) -> TacticState:
        """The state at the hole."""
        return self._inner.initial_state

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        """Runs one tactic; see the protocol."""
        with self._call():
            return await self._inner.run_tac(state, tactic, timeout=timeout)

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        """What Lean suggests; see the protocol."""
        with self._call():
            return await self._inner.suggest(state, tactic, timeout=timeout)

    def script(self, state: TacticState) -> tuple[str, ...]:
        """The tactics that lead to a state."""
        return self._inner.script(state)

    async def close(self) -> None:
        """The inner environment is closed by whoever opened it."""

    @contextlib.contextmanager
    def _call(self) -> Generator[None]:
        if self._under_way == 0:
            self._since = time.perf_counter()
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                self.lean_seconds += time.perf_counter() - self._since
