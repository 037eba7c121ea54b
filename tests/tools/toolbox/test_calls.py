"""How a call is made: arguments, deadlines, errors, cancellation. No Lean here."""

import asyncio
import json
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.toolbox.registry import call
from tools.toolbox.tool import (
    Arguments,
    Decision,
    Permission,
    Proposal,
    Tool,
    ToolContext,
    ToolResult,
    ToolVerdict,
)
from tools.toolbox.trimming import RESULT_SIZE


class EchoArguments(Arguments):
    what: str = Field(description="What to do.")
    times: int = Field(default=1, description="How often.")


class EchoTool(Tool[EchoArguments]):
    """Does what it is told, for tests of the way there."""

    name: ClassVar[str] = "echo"
    description: ClassVar[str] = "Echoes."
    deadline: ClassVar[float] = 0.2
    arguments = EchoArguments

    async def run(self, arguments: EchoArguments, context: ToolContext) -> ToolResult:
        match arguments.what:
            case "wait":
                await asyncio.sleep(60)
            case "ask":
                decision = await context.approve(Proposal(Permission.EDIT, Path("A.lean"), "", ""))
                return ToolResult(ToolVerdict.OK, decision.reason)
            case "crash":
                raise ZeroDivisionError("by zero")
            case "give up":
                raise TimeoutError("of its own")
            case "miss":
                raise QedError("no such file", hint="Look again.", exit_code=ExitCode.FILE_NOT_FOUND)
            case "break":
                raise QedError("Lean crashed", exit_code=ExitCode.LEAN_FAILED)
            case _:
                pass
        return ToolResult(ToolVerdict.OK, arguments.what * arguments.times)


async def _slow_yes(proposal: Proposal) -> Decision:
    await asyncio.sleep(0.5)
    return Decision(True, "after a while")


CONTEXT = ToolContext(lambda _text, _data=None: None, _slow_yes, lambda _: None)


async def _echo(arguments: str) -> ToolResult:
    return await call(EchoTool(), arguments, CONTEXT)


async def test_arguments_arrive() -> None:
    assert (await _echo('{"what": "a", "times": 3}')).text == "aaa"
    # Models write numbers as texts, and null for what they leave out.
    assert (await _echo('{"what": "a", "times": "2"}')).text == "aa"
    assert (await _echo('{"what": "a", "times": null}')).text == "a"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("", "what: Field required"),
        ("{", "not JSON"),
        ("[1]", "must be a JSON object, not list"),
        ('{"what": null}', "what: Input should be a valid string"),
        ('{"what": "a", "times": "often"}', "times: Input should be a valid integer"),
        ('{"what": "a", "wat": 1}', "wat: Extra inputs are not permitted"),
    ],
)
async def test_bad_arguments_tell_what_is_expected(arguments: str, problem: str) -> None:
    result = await _echo(arguments)
    assert result.verdict is ToolVerdict.BAD_ARGUMENTS and problem in result.text
    assert "times (integer, optional): How often." in result.text


@pytest.mark.parametrize(
    ("what", "verdict", "text"),
    [
        ("wait", ToolVerdict.TIMED_OUT, "was not done after 0.2 seconds"),
        ("crash", ToolVerdict.FAILED, "ZeroDivisionError: by zero"),
        ("give up", ToolVerdict.FAILED, "of its own"),
        ("miss", ToolVerdict.BAD_ARGUMENTS, "no such file\nLook again."),
        ("break", ToolVerdict.FAILED, "Lean crashed"),
    ],
)
async def test_whatever_goes_wrong_is_a_result(what: str, verdict: ToolVerdict, text: str) -> None:
    result = await _echo(json.dumps({"what": what}))
    assert result.verdict is verdict and text in result.text


async def test_a_person_may_think_longer_than_the_deadline() -> None:
    result = await _echo('{"what": "ask"}')
    assert (result.verdict, result.text) == (ToolVerdict.OK, "after a while")


async def test_a_long_result_is_cut() -> None:
    result = await _echo(json.dumps({"what": "abc", "times": RESULT_SIZE}))
    assert len(result.text) <= RESULT_SIZE and "left out" in result.text


async def test_cancelling_is_no_result() -> None:
    task = asyncio.create_task(_echo('{"what": "ask"}'))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
