"""A proof search without a model at a hole; nothing is written."""

from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field

from tools.lean.document import Hole
from tools.search.context import context_of
from tools.search.engine import SearchEnd
from tools.search.limits import SearchLimits
from tools.search.prove import asks_for_data, prove_goal
from tools.search.result import SearchResult
from tools.search.watched import OnProgress, SearchProgress
from tools.toolbox.holes import HoleArguments, describe_hole, find_hole
from tools.toolbox.messages import indented
from tools.toolbox.tool import Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import cut, fit
from tools.toolbox.workspace import Workspace

_MAX_SECONDS = 300
_SHOWN_ATTEMPTS = 25


class SearchProofArguments(HoleArguments):
    """A hole and a budget."""

    seconds: int = Field(default=30, description="Seconds to search, at most 300.")


class SearchProofTool(Tool[SearchProofArguments]):
    """The search of `qed prove` at one hole."""

    name: ClassVar[str] = "search_proof"
    description: ClassVar[str] = (
        "Search for a proof of one hole automatically: simp, omega, decide, grind, exact?, induction, lemmas of the "
        "file, and refutation by small counterexamples. Gives the proof found (write it with write_proof), a "
        "counterexample, or what was tried in vain."
    )
    deadline: ClassVar[float] = 480.0
    arguments = SearchProofArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: SearchProofArguments, context: ToolContext) -> ToolResult:
        """Searches. Raises `QedError` where Lean shows no goal."""
        file = self._workspace.read(arguments.file)
        hole = find_hole(file.document, arguments)
        limits = SearchLimits(seconds=float(min(max(arguments.seconds, 1), _MAX_SECONDS)))
        place = {"path": str(file.path), "declaration": hole.declaration, "hole": hole.index + 1}
        notes: list[str] = []
        async with self._workspace.environment(file, hole, notes.append) as environment:
            if await asks_for_data(environment):
                text = f"{describe_hole(hole)} asks for data, not for a proof: any value would do. Ask the person."
                return ToolResult(ToolVerdict.LEAN_REFUSED, text, place)
            searched = context_of(file.document, hole)
            settings = (await self._workspace.searches()).settings(file.document, hole, environment)
            result = await prove_goal(environment, searched, limits, _reporting(context, place), settings)
        found = _result(hole, result, place)
        return replace(found, text="\n".join([*notes, found.text]))


def _reporting(context: ToolContext, place: dict[str, Any]) -> OnProgress:
    """Passes on how far the search is: a line for people, the tree for their screens."""

    def report(progress: SearchProgress) -> None:
        line = f"{progress.tactics} tactics, {progress.nodes} states: {progress.tactic}"
        context.report(line, {"kind": "search", **place, **progress.plain()})

    return report


def _result(hole: Hole, result: SearchResult, place: dict[str, Any]) -> ToolResult:
    data: dict[str, Any] = {**place, "tactics": result.tactics, "states": result.nodes}
    where = describe_hole(hole)
    if result.refutation is not None:
        text = f"{where}: the goal is {result.refutation.describe()}. It cannot be proved as it stands."
        return ToolResult(ToolVerdict.LEAN_REFUSED, text, {**data, "refutation": result.refutation.describe()})
    if result.proofs:
        text = f"{where}: a proof was found (not written):\n{indented(cut(result.proofs[0], 4000))}"
        return ToolResult(ToolVerdict.OK, text, {**data, "proof": result.proofs[0]})
    out_of_time = result.end is SearchEnd.BUDGET
    how = "the time was over" if out_of_time else "nothing was left to try"
    head = f"{where}: no proof found; {how} after {result.tactics} tactics in {result.nodes} states. The last ones:"
    tried = [f"  {cut(attempt.tactic, 200)}: {attempt.verdict}" for attempt in result.attempts[-_SHOWN_ATTEMPTS:]]
    verdict = ToolVerdict.TIMED_OUT if out_of_time else ToolVerdict.LEAN_REFUSED
    return ToolResult(verdict, fit([head], tried), data)
