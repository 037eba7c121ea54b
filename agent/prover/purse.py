"""What may be spent: seconds, tokens and money, for a hole and for a whole run."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TypeVar

from agent.llm.chat import Usage

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Limits: seconds of work, tokens of models, US dollars; None: no limit."""

    seconds: float | None = None
    tokens: int | None = None
    cost: float | None = None


@dataclass
class Purse:
    """What is spent of an allowance, and of the purse `above` it (the run's, for a hole).

    Seconds count while `working`; several holes at work at once use up a run's seconds together, as a clock does.
    `unpriced` says that something was used whose price is not known. `on_spent` is told of all usage so far whenever
    something is spent.
    """

    allowance: Allowance = field(default_factory=Allowance)
    above: "Purse | None" = None
    usage: Usage = field(default_factory=Usage)
    unpriced: bool = False
    on_spent: Callable[[Usage], None] | None = None
    _seconds: float = 0.0
    _at_work: int = 0
    _since: float = 0.0

    @contextlib.contextmanager
    def working(self) -> Generator[None]:
        """The clock runs."""
        if not self._at_work:
            self._since = time.monotonic()
        self._at_work += 1
        try:
            with self.above.working() if self.above else contextlib.nullcontext():
                yield
        finally:
            self._at_work -= 1
            if not self._at_work:
                self._seconds += time.monotonic() - self._since

    @property
    def seconds(self) -> float:
        """Seconds of work so far."""
        return self._seconds + (time.monotonic() - self._since if self._at_work else 0.0)

    @property
    def seconds_left(self) -> float:
        """Seconds that are left, here and above; infinite without a limit."""
        own = float("inf") if self.allowance.seconds is None else max(0.0, self.allowance.seconds - self.seconds)
        return min(own, self.above.seconds_left) if self.above else own

    def timeout(self) -> asyncio.Timeout:
        """Ends a block by `TimeoutError` when the seconds that are left now are over."""
        left = self.seconds_left
        return asyncio.timeout(None if left == float("inf") else left)

    @property
    def tokens_left(self) -> int | None:
        """Tokens that are left, here and above; None without a limit."""
        own = None if self.allowance.tokens is None else max(0, self.allowance.tokens - self.usage.total_tokens)
        return _least(own, self.above.tokens_left if self.above else None)

    @property
    def cost_left(self) -> float | None:
        """US dollars that are left, here and above; None without a limit."""
        own = None if self.allowance.cost is None else max(0.0, self.allowance.cost - (self.usage.cost or 0.0))
        return _least(own, self.above.cost_left if self.above else None)

    def may_ask(self) -> bool:
        """Whether a model may be asked."""
        return self.seconds_left > 0 and self.tokens_left != 0 and self.cost_left != 0.0

    def spend(self, usage: Usage) -> None:
        """Accounts for answers of a model, here and above."""
        self.count(usage)
        if self.on_spent is not None:
            self.on_spent(self.usage)
        if self.above is not None:
            self.above.spend(usage)

    def count(self, usage: Usage) -> None:
        """Accounts here alone for answers of a model for which the purse above has been told already."""
        self.usage += usage
        self.unpriced = self.unpriced or (usage.cost is None and usage.total_tokens > 0)

    def share(self, parts: int, turns: int) -> "Purse":
        """A purse within this one: one of `parts` of the tokens and the money that are left.

        Of the seconds it is one of `turns`: fewer, where several work at once.
        """
        seconds, tokens, cost = self.seconds_left, self.tokens_left, self.cost_left
        allowance = Allowance(
            None if seconds == float("inf") else seconds / turns,
            None if tokens is None else tokens // parts,
            None if cost is None else cost / parts,
        )
        return Purse(allowance, above=self)

    def restore(self, usage: Usage, seconds: float) -> None:
        """What was spent before, in a run that is gone on with; the purse above has its own account."""
        self.usage += usage
        self._seconds += seconds


def _least(one: N | None, other: N | None) -> N | None:
    known = [each for each in (one, other) if each is not None]
    return min(known) if known else None
