"""The tools of a workspace, and how a call is made: arguments checked, deadline kept, errors made into results."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from tools.errors import ExitCode, QedError
from tools.premises.ranking import RemoteEmbedder
from tools.premises.sources import RemoteSource
from tools.toolbox.check import CheckTool
from tools.toolbox.edit_file import EditFileTool
from tools.toolbox.find_premises import FindPremisesTool
from tools.toolbox.goals import GoalsTool
from tools.toolbox.outline import OutlineTool
from tools.toolbox.read_file import ReadFileTool
from tools.toolbox.schema import describe_fields
from tools.toolbox.score_tactics import ScoreTacticsTool
from tools.toolbox.search_proof import SearchProofTool
from tools.toolbox.tool import (
    Arguments,
    Decision,
    Proposal,
    Tool,
    ToolContext,
    ToolResult,
    ToolVerdict,
)
from tools.toolbox.trimming import cut
from tools.toolbox.try_tactics import TryTacticsTool
from tools.toolbox.workspace import Workspace
from tools.toolbox.write_proof import WriteProofTool

A = TypeVar("A", bound=Arguments)

# What the model got wrong itself; every other code says that something around it failed.
_VERDICTS = {
    ExitCode.USAGE: ToolVerdict.BAD_ARGUMENTS,
    ExitCode.FILE_NOT_FOUND: ToolVerdict.BAD_ARGUMENTS,
    ExitCode.IS_A_DIRECTORY: ToolVerdict.BAD_ARGUMENTS,
    ExitCode.NOT_UTF8: ToolVerdict.BAD_ARGUMENTS,
    ExitCode.MISSING_IMPORT: ToolVerdict.LEAN_REFUSED,
    ExitCode.FILE_HAS_ERRORS: ToolVerdict.LEAN_REFUSED,
    ExitCode.NOT_ALLOWED: ToolVerdict.NOT_ALLOWED,
}


def toolbox(
    workspace: Workspace, *, remote: Sequence[RemoteSource] = (), embedder: RemoteEmbedder | None = None
) -> tuple[Tool[Any], ...]:
    """All tools, in the order in which a model is told about them.

    `remote` are searches on the web, `embedder` orders premises; both send what they are asked to other machines.
    """
    return (
        OutlineTool(workspace),
        ReadFileTool(workspace),
        GoalsTool(workspace),
        TryTacticsTool(workspace),
        *((ScoreTacticsTool(workspace),) if workspace.recipe.scoring else ()),
        CheckTool(workspace),
        SearchProofTool(workspace),
        FindPremisesTool(workspace, remote, embedder),
        EditFileTool(workspace),
        WriteProofTool(workspace),
    )


async def call(tool: Tool[A], arguments: str, context: ToolContext) -> ToolResult:
    """Calls a tool with arguments as the model wrote them (the text of a JSON object).

    The time that a person takes to answer does not count against the deadline. Whatever goes wrong becomes a result;
    only cancellation is raised.
    """
    parsed = _parsed(tool, arguments)
    if isinstance(parsed, ToolResult):
        return parsed
    clock = asyncio.timeout(tool.deadline)
    try:
        async with clock:
            result = await tool.run(parsed, _outside_the_clock(context, clock))
    except TimeoutError as error:
        if clock.expired():
            text = f"{tool.name} was not done after {tool.deadline:g} seconds; that says nothing about the mathematics"
            return ToolResult(ToolVerdict.TIMED_OUT, text)
        return _failed(tool, error)
    except QedError as error:
        text = f"{error.message}\n{error.hint}".strip()
        return ToolResult(_VERDICTS.get(error.exit_code, ToolVerdict.FAILED), cut(text))
    except Exception as error:
        return _failed(tool, error)
    return replace(result, text=cut(result.text))


def _failed(tool: Tool[Any], error: Exception) -> ToolResult:
    text = f"{tool.name} itself failed ({type(error).__name__}: {error}); that says nothing about the mathematics"
    return ToolResult(ToolVerdict.FAILED, cut(text))


def _outside_the_clock(context: ToolContext, clock: asyncio.Timeout) -> ToolContext:
    """The context whose questions to a person stop the clock."""

    async def approve(proposal: Proposal) -> Decision:
        with _stopped(clock):
            return await context.approve(proposal)

    return replace(context, approve=approve)


@contextlib.contextmanager
def _stopped(clock: asyncio.Timeout) -> Generator[None]:
    now: Callable[[], float] = asyncio.get_running_loop().time
    left = (clock.when() or now()) - now()
    clock.reschedule(None)
    try:
        yield
    finally:
        clock.reschedule(now() + left)


@dataclass(frozen=True)
class _Problem:
    field: str
    message: str


def _parsed(tool: Tool[A], text: str) -> A | ToolResult:
    """The arguments, or the result that tells the model what is wrong with them."""
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        return _bad(tool, [_Problem("", f"the arguments are not JSON: {error}")])
    if not isinstance(value, dict):
        return _bad(tool, [_Problem("", f"the arguments must be a JSON object, not {type(value).__name__}")])
    given = _without_nulls(tool.arguments, cast("dict[str, Any]", value))
    try:
        return tool.arguments.model_validate(given)
    except ValidationError as error:
        return _bad(tool, [_Problem(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()])


def _without_nulls(model: type[Arguments], given: Mapping[str, Any]) -> dict[str, Any]:
    """Some models write null for what they do not give."""
    optional = {name for name, field in model.model_fields.items() if not field.is_required()}
    return {name: value for name, value in given.items() if value is not None or name not in optional}


def _bad(tool: Tool[Any], problems: list[_Problem]) -> ToolResult:
    told = [f"{problem.field}: {problem.message}" if problem.field else problem.message for problem in problems]
    text = "\n".join([*told, f"The arguments of {tool.name} are:", describe_fields(tool.arguments)])
    return ToolResult(ToolVerdict.BAD_ARGUMENTS, cut(text), {"problems": told})
