"""Tries tactics at a hole; nothing is written."""

from typing import ClassVar

from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.toolbox.holes import HoleArguments, describe_hole, find_hole
from tools.toolbox.tool import Tool, ToolContext, ToolResult
from tools.toolbox.trials import MAX_TRIALS, Trial, Trials, together
from tools.toolbox.trimming import fit
from tools.toolbox.workspace import Workspace


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
        """Runs the entries one after the other. Raises `QedError` where Lean shows no goal."""
        tactics = arguments.tactics[:MAX_TRIALS]
        if not tactics:
            raise QedError("tactics is empty: give at least one", exit_code=ExitCode.USAGE)
        file = self._workspace.read(arguments.file)
        hole = find_hole(file.document, arguments)
        place = {"path": str(file.path), "declaration": hole.declaration, "hole": hole.index + 1}
        notes: list[str] = []
        async with self._workspace.environment(file, hole, notes.append) as environment:
            running = Trials(environment, arguments.seconds, context, place)
            state = await running.begin(arguments.after.strip("\n"))
            trials = [state] if isinstance(state, Trial) else await running.each(state, tactics)
        lines = [trial.describe(number) for number, trial in enumerate(trials, 1)]
        if len(arguments.tactics) > MAX_TRIALS:
            lines.append(f"[{len(arguments.tactics) - MAX_TRIALS} more were not tried: {MAX_TRIALS} at most]")
        data = {**place, "trials": [trial.plain() for trial in trials]}
        return ToolResult(together(trials), fit([f"At {describe_hole(hole)}:", *notes, *lines], []), data)
