"""Scores tactics at a hole: what Lean says of each, and how many steps LeanProgress predicts after it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field

from tools.environment.protocol import TacticState
from tools.lean.document import Hole
from tools.progress.scorer import Query
from tools.progress.script import split_script, steps_before_hole
from tools.progress.trajectory import STEP_SEPARATOR, state_text
from tools.search.context import context_of
from tools.search.generator import SearchContext
from tools.search.structural import StructuralGenerator
from tools.toolbox.holes import HoleArguments, describe_hole, find_hole
from tools.toolbox.tool import Tool, ToolContext, ToolResult
from tools.toolbox.trials import MAX_TRIALS, Trial, Trials, together
from tools.toolbox.trimming import fit
from tools.toolbox.workspace import Workspace

_MAX_OWN = 12
"""How many structural steps a state is judged by: enough to see which way it leads, and done in a second."""


class ScoreTacticsArguments(HoleArguments):
    """A hole and what to score at it."""

    tactics: list[str] = Field(
        default_factory=list[str],
        description="What to score: each entry is one tactic or a short tactic block. None: the state at the hole "
        "itself is scored, through simple steps.",
    )
    after: str = Field(
        default="", description="A tactic block that is run before each of them: the proof as far as it is."
    )
    seconds: int = Field(default=10, description="Seconds for each entry, at most 60.")


class ScoreTacticsTool(Tool[ScoreTacticsArguments]):
    """Several tactics at one hole, each with its verdict and the steps that a proof is predicted to have left after it.

    The prediction is LeanProgress': it is asked about the last step of an entry in the state before that step, with
    the steps of the declaration before the hole, of `after`, and of the entry, as its prefix. What closes the goal has
    0 without being asked, and what Lean refuses has none. Without tactics the entries are structural steps; a state is
    estimated to need one step more than what is left after the best of them.
    """

    name: ClassVar[str] = "score_tactics"
    description: ClassVar[str] = (
        "Run tactics at one hole and rank them by how many proof steps a trained model (LeanProgress) predicts to "
        "remain after each: fewer is more promising, 0 means that Lean closed the goal; what Lean refused has none. "
        "A prediction is a guess about length, no proof and no promise. Use it to choose between several ways that "
        "all make progress. Without tactics the state itself is estimated. Nothing is written."
    )
    deadline: ClassVar[float] = 300.0
    arguments = ScoreTacticsArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: ScoreTacticsArguments, context: ToolContext) -> ToolResult:
        """Runs and scores the entries. Raises `QedError`: Lean shows no goal, or the model cannot be used."""
        file = self._workspace.read(arguments.file)
        hole = find_hole(file.document, arguments)
        place = {"path": str(file.path), "declaration": hole.declaration, "hole": hole.index + 1}
        after = arguments.after.strip("\n")
        notes: list[str] = []
        async with self._workspace.environment(file, hole, notes.append) as environment:
            running = Trials(environment, arguments.seconds, context, place)
            state = await running.begin(after)
            if isinstance(state, Trial):
                return _result(hole, arguments, [state], place, notes)
            tactics = arguments.tactics[:MAX_TRIALS] or await _own(context_of(file.document, hole), state)
            trials = await running.each(state, tactics)
            prefix = (*steps_before_hole(file.document, hole), *(split_script(after) if after else ()))
            questions = {trial: await _question(running, state, trial, prefix) for trial in trials if trial.goals}
        if questions:
            context.report("asking LeanProgress")
        answers = await self._workspace.scorer().predict_many(questions.values())
        known = dict(zip(questions, answers, strict=True))
        return _result(hole, arguments, [_scored(trial, known.get(trial)) for trial in trials], place, notes)


async def _own(context: SearchContext, state: TacticState) -> list[str]:
    """The steps by which a state is judged when nobody names any: the cheapest that its shape asks for."""
    found = await StructuralGenerator().candidates(context, state)
    return [each.tactic for each in sorted(found, key=lambda each: each.cost)[:_MAX_OWN]]


async def _question(running: Trials, state: TacticState, trial: Trial, prefix: tuple[str, ...]) -> Query:
    """What LeanProgress is asked of an entry that leads on; a script that cannot be followed is asked about whole."""
    *before, last = split_script(trial.tactic)
    reached = await running.run(state, "\n".join(before)) if before else state
    if not isinstance(reached, TacticState):
        reached, before, last = state, [], trial.tactic.strip("\n")
    return Query(state_text(reached.goals), last, STEP_SEPARATOR.join((*prefix, *before)))


def _scored(trial: Trial, answer: float | None) -> Trial:
    return replace(trial, steps_remaining=0.0 if trial.verdict == "closes" else answer)


def _by_promise(trial: Trial) -> tuple[bool, bool, float]:
    """What closes the goal before what is predicted to be as good; what has no prediction comes last."""
    steps = trial.steps_remaining
    return (steps is None, trial.verdict != "closes", steps or 0.0)


def _result(
    hole: Hole,
    arguments: ScoreTacticsArguments,
    trials: Sequence[Trial],
    place: dict[str, Any],
    notes: Sequence[str],
) -> ToolResult:
    ranked = sorted(trials, key=_by_promise)
    if not arguments.tactics:  # a state is asked about, and what its steps lead to would hide the answer
        ranked = [replace(trial, detail="", goals=()) for trial in ranked]
    best = ranked[0].steps_remaining
    head = [f"At {describe_hole(hole)}, the most promising first (predictions, no proofs):"]
    data = {**place, "trials": [trial.plain() for trial in ranked]}
    if not arguments.tactics and best is not None:
        head.insert(
            0, f"The state itself: about {best + 1:.1f} steps to a proof, judged by {len(trials)} simple steps."
        )
        data["estimate"] = round(best + 1, 3)
    lines = [trial.describe(number) for number, trial in enumerate(ranked, 1)]
    if len(arguments.tactics) > MAX_TRIALS:
        lines.append(f"[{len(arguments.tactics) - MAX_TRIALS} more were not scored: {MAX_TRIALS} at most]")
    return ToolResult(together(trials), fit([*head, *notes, *lines], []), data)
