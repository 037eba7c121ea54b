"""What litellm streams, read into values: the only place that knows the shape of its objects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agent.llm.chat import Message, Usage
from agent.llm.likelihood import Token, read_tokens
from agent.visible import whole

Price = Callable[[Any], float | None]
"""From litellm's usage object to US dollars, None where the price is not known."""


@dataclass(frozen=True, slots=True)
class CallFragment:
    """A piece of a tool call; `index` says of which. `id` and `name` come once, `arguments` in pieces."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a stream, or one whole choice of a reply that was not streamed.

    `tokens` are what was said with their log-probabilities, where they were asked for and the provider tells them.
    """

    text: str = ""
    reasoning: str = ""
    calls: tuple[CallFragment, ...] = ()
    finish: str | None = None
    usage: Usage | None = None
    tokens: tuple[Token, ...] = ()

    @property
    def is_token(self) -> bool:
        """Whether the model has said something with it; providers open a stream before the model does."""
        return bool(self.text or self.reasoning or self.calls or self.finish)


def read_chunk(raw: Any, price: Price) -> Chunk:
    """Reads a chunk of litellm's stream."""
    usage = getattr(raw, "usage", None)
    counted = None if usage is None else read_usage(usage, price)
    if not raw.choices:
        return Chunk(usage=counted)
    choice = raw.choices[0]
    return _said(choice.delta, choice, counted)


def read_choices(raw: Any, price: Price) -> list[Chunk]:
    """Reads a reply that was not streamed. The usage is that of all choices; it stands with the first."""
    usage = getattr(raw, "usage", None)
    counted = None if usage is None else read_usage(usage, price)
    return [
        _said(choice.message, choice, Usage() if index and counted else counted)
        for index, choice in enumerate(raw.choices)
    ]


def _said(said: Any, choice: Any, usage: Usage | None) -> Chunk:
    calls = [
        CallFragment(
            index=getattr(call, "index", None) or 0 if hasattr(call, "index") else place,
            id=whole(getattr(call, "id", None) or ""),
            name=whole(call.function.name or ""),
            arguments=whole(call.function.arguments or ""),
        )
        for place, call in enumerate(getattr(said, "tool_calls", None) or ())
    ]
    reasoning = getattr(said, "reasoning_content", None) or ""
    return Chunk(
        whole(said.content or ""), whole(reasoning), tuple(calls), choice.finish_reason, usage, read_tokens(choice)
    )


def read_usage(raw: Any, price: Price) -> Usage:
    """Reads litellm's usage. What the provider itself says of the cost counts more than a table of prices."""
    told = getattr(raw, "cost", None)
    return Usage(
        prompt_tokens=raw.prompt_tokens or 0,
        completion_tokens=raw.completion_tokens or 0,
        cached_tokens=_detail(raw, "prompt_tokens_details", "cached_tokens"),
        reasoning_tokens=_detail(raw, "completion_tokens_details", "reasoning_tokens"),
        cost=float(told) if told is not None else price(raw),
    )


def _detail(raw: Any, group: str, name: str) -> int:
    return getattr(getattr(raw, group, None), name, None) or 0


def write_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages in OpenAI's shape; reasoning is not sent back."""
    return [_write(message) for message in messages]


def _write(message: Message) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        written["content"] = message.content or None
        written["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments or "{}"}}
            for call in message.tool_calls
        ]
    if message.role == "tool":
        written["tool_call_id"] = message.tool_call_id
    return written
