"""Helpers to talk to a model and look at what it said."""

from collections.abc import AsyncIterator

from agent.llm.chat import Message, ReasoningDelta, ReplyFinished, ReplyPart, Retrying, TextDelta, ToolSpec

HELLO = (Message(role="user", content="hello"),)

LOOK = ToolSpec(
    name="look",
    description="Looks at a file.",
    parameters={"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
)


async def parts_of(reply: AsyncIterator[ReplyPart]) -> list[ReplyPart]:
    return [part async for part in reply]


async def finished(reply: AsyncIterator[ReplyPart]) -> ReplyFinished:
    last = (await parts_of(reply))[-1]
    assert isinstance(last, ReplyFinished)
    return last


def shown(parts: list[ReplyPart]) -> str:
    """The text that a person has seen since the last retry."""
    text = ""
    for part in parts:
        if isinstance(part, TextDelta):
            text += part.text
        if isinstance(part, Retrying):
            text = ""
    return text


def thought(parts: list[ReplyPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, ReasoningDelta))


def retries(parts: list[ReplyPart]) -> list[Retrying]:
    return [part for part in parts if isinstance(part, Retrying)]
