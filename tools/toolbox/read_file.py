"""Reads lines of a file."""

from typing import ClassVar

from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.toolbox.tool import Arguments, Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import RESULT_SIZE
from tools.toolbox.workspace import Workspace

_ROOM = RESULT_SIZE - 200  # the note about what follows needs some


class ReadFileArguments(Arguments):
    """A file and a range of lines."""

    file: str = Field(description="Path of the file, relative to the project.")
    first_line: int = Field(default=1, description="The first line to read, from 1.")
    last_line: int = Field(default=0, description="The last line to read; to the end of the file, if not given.")


class ReadFileTool(Tool[ReadFileArguments]):
    """Lines of a file, numbered; as many as fit, and where to go on."""

    name: ClassVar[str] = "read_file"
    description: ClassVar[str] = (
        "Read lines of a file of the project (Lean, Markdown, TeX, TOML or plain text), with their numbers. "
        "Long files come in parts: the answer says where to go on."
    )
    deadline: ClassVar[float] = 20.0
    arguments = ReadFileArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: ReadFileArguments, context: ToolContext) -> ToolResult:
        """Reads; raises `QedError` for a range that is not there."""
        snapshot = self._workspace.read_text(arguments.file)
        lines = snapshot.text.splitlines()
        first, last = arguments.first_line, min(arguments.last_line or len(lines), len(lines))
        if not lines:
            return ToolResult(ToolVerdict.OK, f"{arguments.file} is empty", {"path": str(snapshot.real_path)})
        if not 1 <= first <= last:
            raise QedError(
                f"{arguments.file} has the lines 1 to {len(lines)}, not {first} to {arguments.last_line or len(lines)}",
                exit_code=ExitCode.USAGE,
            )
        shown = _that_fit(lines[first - 1 : last], first)
        end = first + len(shown) - 1
        if end < last:
            shown.append(f"[read on with first_line={end + 1}; the file has {len(lines)} lines]")
        data = {"path": str(snapshot.real_path), "first_line": first, "last_line": end, "lines": len(lines)}
        return ToolResult(ToolVerdict.OK, "\n".join(shown), data)


def _that_fit(lines: list[str], first: int) -> list[str]:
    """The lines with their numbers, as many as fit; at least one, which may be cut."""
    shown: list[str] = []
    left = _ROOM
    for number, line in enumerate(lines, first):
        text = f"{number:>5}  {line}"
        if shown and len(text) + 1 > left:
            break
        shown.append(text if len(text) <= _ROOM else f"{text[:_ROOM]} [line cut: {len(line)} characters]")
        left -= len(text) + 1
    return shown
