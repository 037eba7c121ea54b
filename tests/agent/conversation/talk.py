"""Conversations for the tests of the loop: a real model client on the scripted server, and tools of the tests' own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from agent.conversation.events import Event
from agent.conversation.limits import TurnLimits
from agent.conversation.loop import Conversation
from agent.conversation.permissions import Gatekeeper, Mode
from agent.conversation.session import Session
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.settings import ModelSettings
from agent.prompts import PromptLibrary
from tests.openai_server import OpenAIServer
from tools.toolbox.tool import (
    AcceptedProof,
    Arguments,
    Permission,
    Proposal,
    Tool,
    ToolContext,
    ToolResult,
    ToolVerdict,
)


class Text(Arguments):
    """One text."""

    text: str = Field(description="Any text.")


class Echo(Tool[Text]):
    """Says what it was told."""

    name = "echo"
    description = "Says it again."
    arguments = Text

    async def run(self, arguments: Text, context: ToolContext) -> ToolResult:
        context.report("speaking")
        return ToolResult(ToolVerdict.OK, arguments.text)


class Meet(Tool[Text]):
    """Returns only when two calls are under way at the same time."""

    name = "meet"
    description = "Waits for another call."
    arguments = Text

    def __init__(self) -> None:
        self._barrier = asyncio.Barrier(2)

    async def run(self, arguments: Text, context: ToolContext) -> ToolResult:
        await self._barrier.wait()
        return ToolResult(ToolVerdict.OK, f"met {arguments.text}")


class Forever(Tool[Text]):
    """Never returns; `started` tells that it runs."""

    name = "forever"
    description = "Takes its time."
    arguments = Text
    deadline = 600.0

    def __init__(self) -> None:
        self.started = asyncio.Event()

    async def run(self, arguments: Text, context: ToolContext) -> ToolResult:
        self.started.set()
        await asyncio.Event().wait()
        raise AssertionError


class Fill(Tool[Text]):
    """Stands for `write_proof`: replaces the first `sorry` of a file when that is allowed. Lean is not asked."""

    name = "write_proof"
    description = "Fills a hole."
    arguments = Text
    permission = Permission.WRITE_PROOF

    def __init__(self, path: Path, statements: tuple[tuple[str, str, str], ...] = ()) -> None:
        self._path = path
        self._statements = statements

    async def run(self, arguments: Text, context: ToolContext) -> ToolResult:
        data = {"path": str(self._path), "declaration": "t"}
        proposal = Proposal(self.permission, self._path, "prove t", f"+{arguments.text}", self._statements)
        decision = await context.approve(proposal)
        if not decision.allowed:
            return ToolResult(ToolVerdict.NOT_ALLOWED, f"the person said no: {decision.reason}", data)
        self._path.write_text(self._path.read_text().replace("sorry", arguments.text, 1))
        context.accepted(AcceptedProof(self._path, "t", arguments.text, ()))
        return ToolResult(ToolVerdict.OK, "written", data)


def conversation(
    server: OpenAIServer,
    root: Path,
    *tools: Tool[Any],
    gatekeeper: Gatekeeper | None = None,
    limits: TurnLimits | None = None,
    session: Session | None = None,
    context_tokens: int | None = None,
    fallback: str | None = None,
) -> Conversation:
    """A conversation with the scripted server."""
    prompts = PromptLibrary.load(root)
    chosen = ModelSettings(
        model="hosted_vllm/test",
        base_url=server.url,
        tool_calling="native",
        context_tokens=context_tokens,
        fallback=fallback,
    )
    other = chosen.model_copy(update={"fallback": None})
    return Conversation(
        model=LiteLLMModel("test", {"test": chosen, "other": other}),
        tools={tool.name: tool for tool in tools},
        session=session or Session.create(root),
        gatekeeper=gatekeeper or Gatekeeper(Mode.ASK),
        prompts=prompts,
        system="You are a test.",
        limits=limits or TurnLimits(),
    )


async def events_of(talk: Conversation, prompt: str) -> list[Event]:
    """All events of a turn."""
    return [event async for event in talk.act(prompt)]


def kinds(events: Sequence[Event]) -> list[str]:
    """The types of events, repetitions left out."""
    found: list[str] = []
    for event in events:
        if not found or found[-1] != event.type:
            found.append(event.type)
    return found
