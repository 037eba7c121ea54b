"""What each kind of idea has cost and brought in a search so far, and how long it has to wait for that."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

SHARES: Mapping[str, float] = {
    "library": 0.35,
    "suggestion": 0.25,
    "premise": 0.35,
    "probe": 0.45,
    "thorough": 0.45,
    "model": 0.8,
}
"""Which part of Lean's time an origin may take before its ideas have to wait for those of others."""
_GRACE_SECONDS = 2.0
_OVERDRAWN = 2.0
_BONUS, _PENALTY = -0.5, 1.5


@dataclass(slots=True)
class Account:
    """The seconds that an origin's ideas have taken, and what they have gained."""

    seconds: float = 0.0
    gains: float = 0.0


@dataclass
class Payoff:
    """Learns within one search which origins pay: those that gain more for their seconds wait less.

    A gain is 1 where a goal was closed, less where a new state was reached. `shares` bound what an origin may take of
    the time; origins that are not named have no bound. `learning` is how much a price that is e times the common one
    counts; with 0 nothing is learnt.
    """

    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    learning: float = 0.5
    accounts: dict[str, Account] = field(default_factory=lambda: defaultdict[str, Account](Account))
    _all: Account = field(default_factory=Account)

    def restore(self, accounts: Mapping[str, Account]) -> None:
        """Takes over what another search has learnt."""
        for origin, account in accounts.items():
            self.tried(origin, account.seconds, account.gains)

    def tried(self, origin: str, seconds: float, gain: float) -> None:
        """An idea of this origin was tried."""
        for account in (self.accounts[origin], self._all):
            account.seconds += seconds
            account.gains += gain

    def surcharge(self, origin: str) -> float:
        """What is added to the score of this origin's ideas: below 0 where they have paid, above where not."""
        account = self.accounts[origin]
        if not self._all.seconds:
            return 0.0
        # Everybody begins with one gain at the common price, so that one failure says little.
        common = self._all.seconds / (self._all.gains + 1)
        price = (account.seconds + common) / (account.gains + 1)
        learnt = min(_PENALTY, max(_BONUS, self.learning * math.log(price / common)))
        return learnt + (_OVERDRAWN if self._overdrawn(origin, account) else 0.0)

    def _overdrawn(self, origin: str, account: Account) -> bool:
        share = self.shares.get(origin)
        return share is not None and account.seconds > _GRACE_SECONDS + share * self._all.seconds
