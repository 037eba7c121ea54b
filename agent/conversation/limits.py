"""What a turn may spend."""

import time
from dataclasses import dataclass, field

from agent.conversation.events import TurnEnd
from agent.llm.chat import Usage


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """Limits of one turn: replies of the model, tokens, US dollars, seconds; None: no limit."""

    replies: int | None = 50
    tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None


@dataclass
class Spending:
    """What a turn has spent so far."""

    limits: TurnLimits
    replies: int = 0
    usage: Usage = field(default_factory=Usage)
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the start of the turn."""
        return time.monotonic() - self.started

    def add(self, usage: Usage) -> None:
        """Counts one reply."""
        self.replies += 1
        self.usage += usage

    def exceeded(self) -> TurnEnd | None:
        """The limit that is reached, if any: the model is then not asked again."""
        limits = self.limits
        if limits.replies is not None and self.replies >= limits.replies:
            return TurnEnd.MAX_TURNS
        if limits.tokens is not None and self.usage.total_tokens >= limits.tokens:
            return TurnEnd.MAX_TOKENS
        if limits.cost is not None and (self.usage.cost or 0.0) >= limits.cost:
            return TurnEnd.MAX_COST
        if limits.seconds is not None and self.seconds >= limits.seconds:
            return TurnEnd.MAX_SECONDS
        return None
