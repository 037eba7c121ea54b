"""Accounts of what a search spends. The environment behind is a small one of our own: nothing here asks Lean."""

from collections.abc import Sequence

import pytest

from tools.environment.protocol import LeanError, ProofFinished, TacticOutcome, TacticState, TimedOut
from tools.search.limits import Budget, SearchLimits
from tools.search.tracked import TrackedEnvironment

STATE = TacticState(0, ("⊢ p",))


class _Recorder:
    """Answers from a table and writes down what it was asked."""

    initial_state = STATE

    def __init__(self) -> None:
        self.asked: list[tuple[str, float | None]] = []

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        self.asked.append((tactic, timeout))
        return {"done": ProofFinished(1), "step": TacticState(1, ("⊢ q", "⊢ r"))}.get(tactic, LeanError("no"))

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        self.asked.append((tactic, timeout))
        return ("exact h",)

    def script(self, state: TacticState) -> tuple[str, ...]:
        return ()

    async def close(self) -> None:
        raise AssertionError("whoever opened the environment closes it")


async def test_everything_counts_and_is_told() -> None:
    told: list[str] = []
    budget = Budget(SearchLimits(seconds=60))
    tracked = TrackedEnvironment(_Recorder(), budget, told.append)
    for tactic in ("step", "done", "bad"):
        await tracked.run_tac(STATE, tactic)
    assert await tracked.suggest(STATE, "exact?") == ("exact h",)
    assert budget.tactics == 4
    assert told == ["step", "done", "bad", "exact?"]
    assert [(a.tactic, a.verdict) for a in tracked.attempts] == [
        ("step", "2 goals"),
        ("done", "finished"),
        ("bad", "error"),
    ]
    await tracked.close()


async def test_a_trial_gets_no_more_time_than_is_left() -> None:
    recorder = _Recorder()
    tracked = TrackedEnvironment(recorder, Budget(SearchLimits(seconds=2)), lambda _: None)
    await tracked.run_tac(STATE, "done", timeout=100)
    (_, seconds), *_ = recorder.asked
    assert seconds is not None and 0 < seconds <= 2


@pytest.mark.parametrize("limits", [SearchLimits(seconds=0), SearchLimits(tactics=0), SearchLimits(nodes=0)])
async def test_a_spent_budget_asks_nothing(limits: SearchLimits) -> None:
    recorder = _Recorder()
    tracked = TrackedEnvironment(recorder, Budget(limits), lambda _: None)
    assert await tracked.run_tac(STATE, "done") == TimedOut(0.0)
    assert await tracked.suggest(STATE, "exact?") == ()
    assert recorder.asked == []
