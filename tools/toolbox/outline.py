"""The declarations and holes of a file, or the files of the project."""

from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from tools.errors import QedError
from tools.lean.document import Declaration, Document, Hole
from tools.lean.proof_states import goals_at
from tools.lean.writeback import FileSnapshot
from tools.toolbox.messages import indented, render_goals, split_messages
from tools.toolbox.tool import Arguments, Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import cut, fit
from tools.toolbox.workspace import LeanFile, Workspace

_STATEMENT_SIZE = 300
_MAX_GOALS = 40
_MAX_FILES = 300


class OutlineArguments(Arguments):
    """A file, or none."""

    file: str = Field(
        default="", description="Path of the Lean file, relative to the project. Without it: all Lean files."
    )


class OutlineTool(Tool[OutlineArguments]):
    """What a file declares and where its holes are, with their goals."""

    name: ClassVar[str] = "outline"
    description: ClassVar[str] = (
        "List the declarations of a Lean file with kind, line and statement, its holes (each sorry) with number and "
        "goal, and Lean's errors. Without a file, list the Lean files of the project with the number of their holes."
    )
    deadline: ClassVar[float] = 180.0
    arguments = OutlineArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: OutlineArguments, context: ToolContext) -> ToolResult:
        """Reads the file, then asks Lean for the goals; what Lean cannot say is left out, and that is said."""
        if not arguments.file:
            return self._files()
        file = self._workspace.read(arguments.file)
        try:
            goals, errors, note = *await self._ask(file, context), ""
        except QedError as error:
            goals, errors, note = dict[Hole, str](), list[str](), f"The goals are not known: {error.message}"
        declarations = [_describe(file.document, each, goals) for each in file.document.declarations]
        head = f"{file.name}: {len(declarations)} declarations, {len(file.document.holes)} holes"
        problems = [f"error at {error}" for error in errors] + ([note] if note else [])
        # The head of a file matters no less than its end here, so that the whole is one text.
        text = fit([head, *problems], ["\n".join(declarations)])
        return ToolResult(
            ToolVerdict.OK, text, {"path": str(file.path), **_data(file.document, goals), "errors": errors}
        )

    async def _ask(self, file: LeanFile, context: ToolContext) -> tuple[dict[Hole, str], list[str]]:
        """The goals of the holes, and Lean's errors."""
        goals: dict[Hole, str] = {}
        async with self._workspace.elaborated(file, context.report) as (document, elaboration):
            is_artifact = self._workspace.is_artifact(file.snapshot.text)
            errors, _ = split_messages(document.source, elaboration.messages, is_artifact)
            for hole in file.document.holes[:_MAX_GOALS]:
                goals[hole] = render_goals(await goals_at(document, hole.span.start))
        return goals, errors

    def _files(self) -> ToolResult:
        files = self._workspace.lean_files()
        counts = {self._workspace.relative(path): _count_holes(path) for path in files[:_MAX_FILES]}
        lines = [f"{name}: {'cannot be read' if holes is None else f'{holes} holes'}" for name, holes in counts.items()]
        if len(files) > _MAX_FILES:
            lines.append(f"[{len(files) - _MAX_FILES} more files]")
        return ToolResult(ToolVerdict.OK, "\n".join(lines) or "there are no Lean files here", {"files": counts})


def _count_holes(path: Path) -> int | None:
    try:
        return len(Document.parse(FileSnapshot.read(path).text).holes)
    except QedError:
        return None


def statement(document: Document, declaration: Declaration) -> str:
    """The signature of a declaration, blanks evened out."""
    signature = declaration.signature
    return cut(" ".join(document.text[signature.start : signature.end].split()), _STATEMENT_SIZE)


def _describe(document: Document, declaration: Declaration, goals: dict[Hole, str]) -> str:
    lines = [f"{declaration.line}: {declaration.name}: {statement(document, declaration)}"]
    for hole in declaration.holes:
        where = " (in the statement: not to be filled)" if hole.in_statement else ""
        lines.append(f"  hole {hole.index + 1}, line {hole.line}{where}")
        if hole in goals:
            lines.append(indented(goals[hole], "    "))
    return "\n".join(lines)


def _data(document: Document, goals: dict[Hole, str]) -> dict[str, Any]:
    declarations = [{"name": d.name, "kind": d.kind, "line": d.line} for d in document.declarations]
    holes = [
        {"declaration": h.declaration, "hole": h.index + 1, "line": h.line, "goal": goals.get(h)}
        for h in document.holes
    ]
    return {"declarations": declarations, "holes": holes}
