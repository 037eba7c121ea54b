"""Budgets."""

import pytest

from tools.search.limits import Budget, SearchLimits


@pytest.mark.parametrize(
    ("limits", "tokens", "cost", "may_ask"),
    [
        (SearchLimits(), 10**9, 10.0**6, True),
        (SearchLimits(tokens=100), 99, 0.0, True),
        (SearchLimits(tokens=100), 100, 0.0, False),
        (SearchLimits(cost=0.5), 10**9, 0.4, True),
        (SearchLimits(cost=0.5), 1, 0.5, False),
    ],
)
def test_when_models_are_not_asked_again(limits: SearchLimits, tokens: int, cost: float, may_ask: bool) -> None:
    budget = Budget(limits)
    budget.spend(tokens, cost)
    assert budget.may_ask() == may_ask
    assert not budget.spent()


def test_a_paused_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("tools.search.limits.time.monotonic", lambda: now)
    budget = Budget(SearchLimits(seconds=10.0), started=now)
    now = 104.0
    budget.pause()
    budget.pause()
    now = 200.0
    assert (budget.elapsed, budget.seconds_left, budget.spent()) == (4.0, 6.0, False)
    budget.resume()
    budget.resume()
    assert budget.elapsed == 4.0
    now = 206.0
    assert budget.spent()
