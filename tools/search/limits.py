"""Limits of a search, and the clock that watches them."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """How much a search may spend: seconds, tactics run, states expanded, and steps from the root."""

    seconds: float = 30.0
    tactics: int = 4000
    nodes: int = 400
    depth: int = 14


@dataclass
class Budget:
    """What is left of the limits."""

    limits: SearchLimits
    tactics: int = 0
    nodes: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self.limits.seconds - self.elapsed)

    def spent(self) -> bool:
        """Whether some limit is reached."""
        limits = self.limits
        return self.seconds_left <= 0 or self.tactics >= limits.tactics or self.nodes >= limits.nodes
