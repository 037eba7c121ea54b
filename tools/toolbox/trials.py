"""Tactics run at a hole, each with its verdict: what `try_tactics` and `score_tactics` share."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tools.environment.guards import screen_tactic
from tools.environment.protocol import (
    Crashed,
    LeanError,
    ProofEnvironment,
    ProofFinished,
    ProofGivenUp,
    TacticOutcome,
    TacticState,
    TimedOut,
)
from tools.toolbox.messages import indented
from tools.toolbox.suggesting import suggesting_tactics
from tools.toolbox.tool import ToolContext, ToolVerdict
from tools.toolbox.trimming import cut

MAX_TRIALS = 24
_MAX_SECONDS = 60
_TOTAL_SECONDS = 150.0
_DETAIL_SIZE = 1500

_WHOLE = {
    "error": ToolVerdict.LEAN_REFUSED,
    "not allowed": ToolVerdict.NOT_ALLOWED,
    "timed out": ToolVerdict.TIMED_OUT,
    "crashed": ToolVerdict.FAILED,
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one entry: a word, and the goals, the error or the suggestions.

    `steps_remaining` is what a model predicts of the proof after it; None where nobody asked, or nothing can be said.
    """

    tactic: str
    verdict: str
    detail: str = ""
    goals: tuple[str, ...] = ()
    steps_remaining: float | None = None

    def describe(self, number: int) -> str:
        """The trial for the model, with its number from 1."""
        first, *more = self.tactic.strip().split("\n")
        shown = first if not more else f"{first} …"
        guess = self.verdict != "closes" and self.steps_remaining is not None
        remain = f", about {self.steps_remaining:.1f} steps remain" if guess else ""
        text = f"{number}. {cut(shown, 120)}: {self.verdict}{remain}"
        return f"{text}\n{indented(cut(self.detail, _DETAIL_SIZE))}" if self.detail else text

    def plain(self) -> dict[str, Any]:
        """The trial as JSON values."""
        told = {"tactic": self.tactic, "verdict": self.verdict, "detail": self.detail, "goals": list(self.goals)}
        return told if self.steps_remaining is None else {**told, "steps_remaining": round(self.steps_remaining, 3)}


class Trials:
    """The trials of one call at a place, within a time for all of them; each is told when it is done.

    `seconds` bounds each trial, within reason.
    """

    def __init__(
        self, environment: ProofEnvironment, seconds: int, context: ToolContext, place: dict[str, Any]
    ) -> None:
        self._environment, self._context, self._place = environment, context, place
        self._seconds = float(min(max(seconds, 1), _MAX_SECONDS))

    async def begin(self, after: str) -> TacticState | Trial:
        """The state after a block of tactics (empty: that of the hole); a trial where it leads to none."""
        if not after:
            return self._environment.initial_state
        outcome = await self.run(self._environment.initial_state, after)
        if isinstance(outcome, TacticState):
            return outcome
        begun = _trial(after, outcome)
        return Trial(after, begun.verdict, f"`after` itself: {begun.detail or 'nothing is left to try'}")

    async def each(self, state: TacticState, tactics: Sequence[str]) -> list[Trial]:
        """Runs tactics in a state, one after the other: Lean elaborates one text at a time."""
        ends = time.monotonic() + _TOTAL_SECONDS
        trials: list[Trial] = []
        for number, tactic in enumerate(tactics, 1):
            self._context.report(f"trying {number} of {len(tactics)}")
            if time.monotonic() < ends:
                trials.append(await self._one(state, tactic))
            else:
                trials.append(Trial(tactic, "not tried", f"the call had {_TOTAL_SECONDS:g} seconds"))
            line = f"{number} of {len(tactics)}: {trials[-1].verdict}"
            self._context.report(line, {"kind": "trial", **self._place, "trial": trials[-1].plain()})
        return trials

    async def run(self, state: TacticState, tactic: str) -> TacticOutcome:
        """Runs one tactic."""
        return await self._environment.run_tac(state, tactic.strip("\n"), timeout=self._seconds)

    async def _one(self, state: TacticState, tactic: str) -> Trial:
        refused = screen_tactic(tactic)
        if refused is not None:
            why = refused.error if isinstance(refused, LeanError) else "it gives the goal up"
            return Trial(tactic, "not allowed", why)
        trial = _trial(tactic, await self.run(state, tactic))
        if not suggesting_tactics(tactic) or trial.verdict not in ("closes", "progress", "error"):
            return trial
        found = await self._environment.suggest(state, tactic, timeout=self._seconds)
        said = [trial.detail] if trial.detail else []
        detail = "\n".join([*said, "Try this:", *found]) if found else trial.detail
        return replace(trial, detail=detail)


def together(trials: Sequence[Trial]) -> ToolVerdict:
    """The verdict of a call: good if any trial was, else what became of most."""
    verdicts = [trial.verdict for trial in trials]
    if {"closes", "progress"} & set(verdicts):
        return ToolVerdict.OK
    most = max(_WHOLE, key=lambda word: (verdicts.count(word), word == "error"))
    return _WHOLE[most]


def _trial(tactic: str, outcome: TacticOutcome) -> Trial:
    match outcome:
        case ProofFinished():
            return Trial(tactic, "closes")
        case TacticState(goals=goals):
            return Trial(tactic, "progress", "\n\n".join(goals), goals)
        case LeanError(error=error):
            return Trial(tactic, "error", error)
        case ProofGivenUp():
            return Trial(tactic, "not allowed", "it gives the goal up")
        case TimedOut(seconds=seconds):
            return Trial(tactic, "timed out", f"after {seconds:g} seconds")
        case Crashed(reason=reason):
            return Trial(tactic, "crashed", reason)
