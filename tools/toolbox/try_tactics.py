"""Tries tactics at a hole; nothing is written."""

import time
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pydantic import Field

from tools.environment.guards import screen_tactic
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.protocol import (
    Crashed,
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticOutcome,
    TacticState,
    TimedOut,
)
from tools.errors import ExitCode, QedError
from tools.toolbox.holes import HoleArguments, describe_hole, find_hole
from tools.toolbox.messages import indented
from tools.toolbox.suggesting import suggesting_tactics
from tools.toolbox.tool import Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import cut, fit
from tools.toolbox.workspace import Workspace

_MAX_TACTICS = 24
_MAX_SECONDS = 60
_TOTAL_SECONDS = 150.0
_DETAIL_SIZE = 1500

_WHOLE = {
    "error": ToolVerdict.LEAN_REFUSED,
    "not allowed": ToolVerdict.NOT_ALLOWED,
    "timed out": ToolVerdict.TIMED_OUT,
    "crashed": ToolVerdict.FAILED,
}


class TryTacticsArguments(HoleArguments):
    """A hole and what to try at it."""

    tactics: list[str] = Field(
        description="What to try: each entry is one tactic or a whole tactic block of several lines, and is run at the "
        "hole on its own."
    )
    after: str = Field(
        default="", description="A tactic block that is run before each of them: the proof as far as it is."
    )
    seconds: int = Field(default=10, description="Seconds for each entry, at most 60.")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one entry: a word, and the goals, the error or the suggestions."""

    tactic: str
    verdict: str
    detail: str = ""
    goals: tuple[str, ...] = ()

    def describe(self, number: int) -> str:
        """The trial for the model, with its number from 1."""
        first, *more = self.tactic.strip().split("\n")
        shown = first if not more else f"{first} …"
        text = f"{number}. {cut(shown, 120)}: {self.verdict}"
        return f"{text}\n{indented(cut(self.detail, _DETAIL_SIZE))}" if self.detail else text


class TryTacticsTool(Tool[TryTacticsArguments]):
    """Several tactics at one hole, each with its verdict."""

    name: ClassVar[str] = "try_tactics"
    description: ClassVar[str] = (
        "Try several tactics, or whole tactic blocks, at one hole. For each: closes (the goal is proved), progress "
        "(with the goals that are left), error (with Lean's message), timed out, or not allowed. exact?, apply?, rw? "
        "and simp? show what they suggest. Nothing is written."
    )
    deadline: ClassVar[float] = 300.0
    arguments = TryTacticsArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: TryTacticsArguments, context: ToolContext) -> ToolResult:
        """Runs the entries one after the other: Lean elaborates one text at a time."""
        tactics = arguments.tactics[:_MAX_TACTICS]
        if not tactics:
            raise QedError("tactics is empty: give at least one", exit_code=ExitCode.USAGE)
        file = self._workspace.read(arguments.file)
        hole = find_hole(file.document, arguments)
        async with self._workspace.environment(file, hole) as environment:
            seconds = float(min(max(arguments.seconds, 1), _MAX_SECONDS))
            place = {"path": str(file.path), "declaration": hole.declaration, "hole": hole.index + 1}
            trials = await _Trials(environment, seconds, context, place).run(arguments.after.strip("\n"), tactics)
        verdicts = [trial.verdict for trial in trials]
        lines = [trial.describe(number) for number, trial in enumerate(trials, 1)]
        if len(arguments.tactics) > _MAX_TACTICS:
            lines.append(f"[{len(arguments.tactics) - _MAX_TACTICS} more were not tried: {_MAX_TACTICS} at most]")
        data = {**place, "trials": [_plain(trial) for trial in trials]}
        return ToolResult(_together(verdicts), fit([f"At {describe_hole(hole)}:", *lines], []), data)


class _Trials:
    """The trials of one call at a place, within a time for all of them; each is told when it is done."""

    def __init__(
        self, environment: LanguageServerEnvironment, seconds: float, context: ToolContext, place: dict[str, Any]
    ) -> None:
        self._environment, self._seconds, self._context, self._place = environment, seconds, context, place

    async def run(self, after: str, tactics: list[str]) -> list[Trial]:
        state = self._environment.initial_state
        if after:
            outcome = await self._try(state, after)
            if not isinstance(outcome, TacticState):
                begun = _trial(after, outcome)
                return [Trial(after, begun.verdict, f"`after` itself: {begun.detail or 'nothing is left to try'}")]
            state = outcome
        ends = time.monotonic() + _TOTAL_SECONDS
        trials: list[Trial] = []
        for number, tactic in enumerate(tactics, 1):
            self._context.report(f"trying {number} of {len(tactics)}")
            if time.monotonic() < ends:
                trials.append(await self._one(state, tactic))
            else:
                trials.append(Trial(tactic, "not tried", f"the call had {_TOTAL_SECONDS:g} seconds"))
            line = f"{number} of {len(tactics)}: {trials[-1].verdict}"
            self._context.report(line, {"kind": "trial", **self._place, "trial": _plain(trials[-1])})
        return trials

    async def _one(self, state: TacticState, tactic: str) -> Trial:
        refused = screen_tactic(tactic)
        if refused is not None:
            why = refused.error if isinstance(refused, LeanError) else "it gives the goal up"
            return Trial(tactic, "not allowed", why)
        trial = _trial(tactic, await self._try(state, tactic))
        if not suggesting_tactics(tactic) or trial.verdict not in ("closes", "progress", "error"):
            return trial
        found = await self._environment.suggest(state, tactic, timeout=self._seconds)
        said = [trial.detail] if trial.detail else []
        detail = "\n".join([*said, "Try this:", *found]) if found else trial.detail
        return replace(trial, detail=detail)

    async def _try(self, state: TacticState, tactic: str) -> TacticOutcome:
        return await self._environment.run_tac(state, tactic.strip("\n"), timeout=self._seconds)


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


def _together(verdicts: list[str]) -> ToolVerdict:
    """The verdict of the call: good if any trial was, else what became of most."""
    if {"closes", "progress"} & set(verdicts):
        return ToolVerdict.OK
    most = max(_WHOLE, key=lambda word: (verdicts.count(word), word == "error"))
    return _WHOLE[most]


def _plain(trial: Trial) -> dict[str, Any]:
    return {"tactic": trial.tactic, "verdict": trial.verdict, "detail": trial.detail, "goals": list(trial.goals)}
