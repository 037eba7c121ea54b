"""Limits of a search, and the clock that watches them."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """How much a search may spend: seconds, tactics run, states visited, steps from the root.

    `tokens` and `cost` (US dollars) bound what is spent on models, None: no bound. When that is spent models are not
    asked again, and the search goes on with what there is.
    """

    seconds: float = 30.0
    tactics: int = 100_000
    nodes: int = 20_000
    depth: int = 14
    tokens: int | None = None
    cost: float | None = None


@dataclass
class Budget:
    """What is left of the limits."""

    limits: SearchLimits
    tactics: int = 0
    nodes: int = 0
    tokens: int = 0
    cost: float = 0.0
    started: float = field(default_factory=time.monotonic)
    _paused: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the start, without those in which it was paused."""
        return (self._paused if self._paused is not None else time.monotonic()) - self.started

    @property
    def seconds_left(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self.limits.seconds - self.elapsed)

    def pause(self) -> None:
        """Stops the clock."""
        if self._paused is None:
            self._paused = time.monotonic()

    def resume(self) -> None:
        """Lets the clock go on."""
        if self._paused is not None:
            self.started += time.monotonic() - self._paused
            self._paused = None

    def spend(self, tokens: int, cost: float) -> None:
        """Accounts for an answer of a model; `cost` is in US dollars."""
        self.tokens += tokens
        self.cost += cost

    def may_ask(self) -> bool:
        """Whether a model may be asked."""
        limits = self.limits
        return (limits.tokens is None or self.tokens < limits.tokens) and (
            limits.cost is None or self.cost < limits.cost
        )

    def spent(self) -> bool:
        """Whether some limit is reached that ends a search."""
        limits = self.limits
        return self.seconds_left <= 0 or self.tactics >= limits.tactics or self.nodes >= limits.nodes
