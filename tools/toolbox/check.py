"""What Lean says about a file, or about a snippet that is written nowhere."""

from typing import Any, ClassVar

from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.lean.command_screening import screen_commands
from tools.lean.commands import read_header, significant
from tools.lean.text import SourceText
from tools.lean.tokens import tokenize
from tools.toolbox.messages import split_messages
from tools.toolbox.tool import Arguments, Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import fit
from tools.toolbox.workspace import LeanFile, Workspace

_MAX_SECONDS = 120


class CheckArguments(Arguments):
    """A file, a snippet, or a snippet in the company of a file."""

    file: str = Field(default="", description="Path of a Lean file, relative to the project.")
    code: str = Field(
        default="",
        description="Lean code to check: declarations, #check, #print. It is not written. Without it: the file.",
    )
    imports_only: bool = Field(
        default=False,
        description="With file and code: give the code the imports of the file only, not its declarations.",
    )
    seconds: int = Field(default=60, description="Seconds for Lean, at most 120.")


class CheckTool(Tool[CheckArguments]):
    """Lean's messages."""

    name: ClassVar[str] = "check"
    description: ClassVar[str] = (
        "Have Lean check a whole file, or code of your own: alone (with its own imports), or with a file given as if "
        "it stood at the end of that file. Gives Lean's errors and messages. Code that would run (#eval, macros, "
        "notation) is refused. This does not make anything proved: proofs are written with write_proof."
    )
    deadline: ClassVar[float] = 240.0
    arguments = CheckArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: CheckArguments, context: ToolContext) -> ToolResult:
        """Screens the code, then asks Lean. Raises `QedError`."""
        if not arguments.file and not arguments.code.strip():
            raise QedError("give a file, or code, or both", exit_code=ExitCode.USAGE)
        file = self._workspace.read(arguments.file) if arguments.file else None
        if not arguments.code.strip():
            assert file is not None
            return await self._check_file(file, context)
        if refused := screen_commands(arguments.code):
            reasons = [f"{SourceText(arguments.code).line_of(v.span.start) + 1}: {v.message}" for v in refused]
            text = fit(["This code was not shown to Lean:", *reasons], [])
            return ToolResult(ToolVerdict.NOT_ALLOWED, text, {"refused": reasons})
        return await self._check_code(file, arguments)

    async def _check_file(self, file: LeanFile, context: ToolContext) -> ToolResult:
        async with self._workspace.elaborated(file, context.report) as (document, elaboration):
            is_artifact = self._workspace.is_artifact(file.snapshot.text)
            errors, others = split_messages(document.source, elaboration.messages, is_artifact)
        return _result(errors, others, {"path": str(file.path)})

    async def _check_code(self, file: LeanFile | None, arguments: CheckArguments) -> ToolResult:
        above = "" if file is None else _above(file, arguments.imports_only)
        if above and _has_header(arguments.code):
            raise QedError(
                "code that stands behind a file cannot import: leave the file out, or the imports",
                exit_code=ExitCode.USAGE,
            )
        text = above + arguments.code
        seconds = float(min(max(arguments.seconds, 1), _MAX_SECONDS))
        lines = above.count("\n")
        async with self._workspace.snippet(text, file.path if file else None, seconds) as (_, elaboration):
            source = SourceText(text)
            # What the file itself says is not about the code; an error at its head (an import) is.
            seen = [m for m in elaboration.messages if m.start.line >= lines or (m.is_error and m.start.line == 0)]
            errors, others = split_messages(source, seen, self._workspace.is_artifact(text), above=lines)
        return _result(errors, others, {"path": str(file.path)} if file else {})


def _above(file: LeanFile, imports_only: bool) -> str:
    text = file.document.text
    return text[: file.document.header.span.end if imports_only else len(text)].replace("\r\n", "\n") + "\n"


def _has_header(code: str) -> bool:
    header, _ = read_header(significant(tokenize(code)))
    return bool(header.imports) or header.is_module


def _result(errors: list[str], others: list[str], data: dict[str, Any]) -> ToolResult:
    data = {**data, "errors": errors, "messages": others}
    if errors:
        return ToolResult(ToolVerdict.LEAN_REFUSED, fit(errors, others), data)
    return ToolResult(ToolVerdict.OK, fit(["no errors"], others), data)
