"""Proof states at a position."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from tools.lean.proof_states import goals_at, states_around
from tools.toolbox.holes import HoleArguments, find_hole
from tools.toolbox.messages import plain, render_goals
from tools.toolbox.tool import Arguments, Report, Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.workspace import Workspace


class GoalsArguments(Arguments):
    """A place in a file."""

    file: str = Field(description="Path of the Lean file, relative to the project.")
    line: int = Field(description="The line, from 1.")
    column: int = Field(
        default=-1, description="The column, from 0. Without it, the states before and after the line are given."
    )


class GoalsTool(Tool[GoalsArguments]):
    """The goals at a place."""

    name: ClassVar[str] = "goals"
    description: ClassVar[str] = (
        "Show the proof state (hypotheses and goals) at a place of a file: at a column, or before and after a line. "
        "Within a term, its expected type."
    )
    deadline: ClassVar[float] = 180.0
    arguments = GoalsArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: GoalsArguments, context: ToolContext) -> ToolResult:
        """Asks Lean; raises `QedError` for a place that is not there."""
        file = self._workspace.read(arguments.file)
        column = arguments.column if arguments.column >= 0 else None
        async with self._workspace.elaborated(file, context.report) as (document, _):
            states = await states_around(document, Path(file.name), arguments.line, column)
        text = "\n\n".join(f"line {s.line}, column {s.column} ({s.what}):\n{render_goals(s.goals)}" for s in states)
        shown = [{"line": s.line, "column": s.column, "what": s.what, "goals": plain(s.goals)} for s in states]
        return ToolResult(ToolVerdict.OK, text, {"path": str(file.path), "states": shown})


async def goals_of_hole(workspace: Workspace, place: HoleArguments, report: Report | None = None) -> tuple[str, ...]:
    """The goals at a hole as Lean prints them; `report` is told how far Lean is. Raises `QedError`."""
    file = workspace.read(place.file)
    hole = find_hole(file.document, place)
    async with workspace.elaborated(file, report) as (document, _):
        return await goals_at(document, hole.span.start) or ()
