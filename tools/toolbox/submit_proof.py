"""Hands in the proof of the hole that a conversation is about; nothing is written."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

from pydantic import Field

from tools.environment.protocol import ProofEnvironment
from tools.lean.document import HoleKind
from tools.lean.layout import ProofLines
from tools.lean.screening import screen
from tools.search.generator import SearchContext
from tools.search.whole_proof import ProofTrial, try_proof
from tools.toolbox.suggesting import unresolved
from tools.toolbox.tool import Arguments, Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import fit

_TRIAL_SECONDS = 60.0


class SubmitProofArguments(Arguments):
    """A proof."""

    proof: str = Field(description="The proof: a tactic block, its lines relative to column 0, without the leading by.")


class SubmitProofTool(Tool[SubmitProofArguments]):
    """The way in which a conversation about one hole ends well.

    `opened` opens the environment at that hole, `context` is what the text around it offers, `place` names it for
    people's screens. `on_trial` is told what came of each proof that Lean has seen.
    """

    name: ClassVar[str] = "submit_proof"
    description: ClassVar[str] = (
        "Hand in the whole proof of the hole that the task is about. Lean tries it in the place of the hole: it is "
        "taken, and the task is done, or Lean's errors are the answer, with lines counted from the first line of the "
        "proof. sorry, new axioms and code that runs are refused."
    )
    deadline: ClassVar[float] = 180.0
    arguments = SubmitProofArguments

    def __init__(
        self,
        opened: Callable[[], AbstractAsyncContextManager[ProofEnvironment]],
        context: SearchContext,
        place: Mapping[str, Any],
        on_trial: Callable[[ProofTrial], None],
    ) -> None:
        self._opened = opened
        self._search_context = context
        self._place = place
        self._on_trial = on_trial

    async def run(self, arguments: SubmitProofArguments, context: ToolContext) -> ToolResult:
        """Screens, then tries it. Raises `QedError` where Lean shows no goal."""
        given = ProofLines.parse(arguments.proof)
        lines = given.without_by()
        if refused := _refusals(arguments.proof, lines.text):
            text = fit(["This is not shown to Lean:", *refused], [])
            return ToolResult(ToolVerdict.NOT_ALLOWED, text, {**self._place, "reasons": refused})
        context.report("trying the proof")
        first_line = 1 + len(given.lines) - len(lines.lines)
        async with self._opened() as environment:
            trial = await try_proof(
                environment, self._search_context, lines.text, seconds=_TRIAL_SECONDS, first_line=first_line
            )
        self._on_trial(trial)
        data = {**self._place, "proof": trial.block, "taken": trial.passes}
        if trial.passes:
            return ToolResult(ToolVerdict.OK, "Lean accepts it, and it is taken: the task is done.", data)
        text = fit([*trial.refusals, "So this is no proof of the hole."], [])
        return ToolResult(ToolVerdict.LEAN_REFUSED, text, data)


def _refusals(proof: str, block: str) -> list[str]:
    if "```" in proof:
        return ["leave out the fences (```)"]
    refused = [violation.message for violation in screen(block, HoleKind.TACTIC)]
    return [*refused, searching] if (searching := unresolved(block)) else refused
