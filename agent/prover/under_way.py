"""Requests to a model that are under way: what they may come to is held back, so that many at once do not overspend."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from agent.prover.purse import Purse


@dataclass
class UnderWay:
    """The requests of a run that wait for their answers, and how many tokens they may come to together.

    A request waits while those before it may use up what is left; of money nobody can say that before the first answer
    tells the price. One alone always goes: so a purse is overdrawn by no more than one request, and by what the others
    cost beyond their estimates.
    """

    tokens: int = 0
    _waiting: list[asyncio.Event] = field(default_factory=list[asyncio.Event])

    @contextlib.asynccontextmanager
    async def one(self, purse: Purse, tokens: int) -> AsyncGenerator[None]:
        """Holds back `tokens` for this block; waits for room first."""
        while self.tokens and not _has(purse, self.tokens + tokens):
            ended = asyncio.Event()
            self._waiting.append(ended)
            await ended.wait()
        self.tokens += tokens
        try:
            yield
        finally:
            self.tokens -= tokens
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                each.set()


def price_of_token(purse: Purse) -> float | None:
    """US dollars for a token, as far as the run has seen; None where it has not."""
    usage = _of_the_run(purse).usage
    return usage.cost / usage.total_tokens if usage.cost is not None and usage.total_tokens else None


def _of_the_run(purse: Purse) -> Purse:
    while purse.above is not None:
        purse = purse.above
    return purse


def _has(purse: Purse, tokens: int) -> bool:
    """Whether so many tokens are left, and the money for them. An empty purse has it: nobody waits to be refused."""
    if not purse.may_ask():
        return True
    if purse.tokens_left is not None and tokens > purse.tokens_left:
        return False
    if purse.cost_left is None:
        return True
    price = price_of_token(purse)
    if price is None:
        return _of_the_run(purse).unpriced  # or else the first answer will tell
    return tokens * price <= purse.cost_left
