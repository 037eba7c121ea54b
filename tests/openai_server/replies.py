"""What the scripted server can be told to do with a request, as values."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A tool call. `arguments` is sent as JSON; a string is sent as it stands, so that it can be malformed."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict[str, Any])
    id: str | None = None

    @property
    def text(self) -> str:
        """The arguments as they are sent."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(dict(self.arguments))


@dataclass(frozen=True)
class Answer:
    """A reply with text, reasoning and tool calls, in pieces of `piece` characters when it is streamed.

    `Answer()` is an empty answer. Faults: `delay` seconds before the first byte and `gap` between pieces; after
    `drop_after` pieces the connection is torn down, after `hang_after` nothing comes any more (0: not even the head
    of the response). `usage` of None sends none. `reasoning_field` is `reasoning` with OpenRouter.

    `log_probability` is that of each token (a piece of the text or of the reasoning is one), sent to requests with
    `logprobs`; None sends none.
    """

    text: str = ""
    reasoning: str = ""
    reasoning_field: str = "reasoning_content"
    calls: tuple[Call, ...] = ()
    finish: str | None = None
    usage: Mapping[str, Any] | None = field(
        default_factory=lambda: {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    )
    piece: int = 4
    delay: float = 0.0
    gap: float = 0.0
    drop_after: int | None = None
    hang_after: int | None = None
    log_probability: float | None = None


@dataclass(frozen=True)
class Choices:
    """Several answers to a request with `n`; a plain `Answer` to such a request is one choice, fewer than asked."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Endless:
    """An answer that never ends: `piece(0)`, `piece(1)`, … until the client hangs up, `gap` seconds apart.

    `Endless(lambda number: f"line {number}\\n")` never says the same, `Endless(lambda _: "simp\\n")` always does.
    """

    piece: Callable[[int], str]
    reasoning: bool = False
    gap: float = 0.0005


@dataclass(frozen=True)
class Refusal:
    """An error response, with OpenAI's error object; `Refusal(429, headers={"Retry-After": "1"})`.

    `body` replaces the whole body, for a proxy that answers with a page of its own.
    """

    status: int
    message: str = "refused by the script"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str | None = None


Reply = Answer | Choices | Endless | Refusal
Scripted = Reply | Callable[[Json], Reply]
"""A reply, or what makes one from the body of the request."""

HANG = Answer(hang_after=0)
"""Takes the request, and nothing comes back."""
DROP = Answer(drop_after=0)
"""Takes the request, and closes the connection without a word."""


def pieces(answer: Answer) -> Iterable[Json]:
    """The deltas of a streamed answer: reasoning, then text, then the calls, whose fragments alternate."""
    yield {"role": "assistant", "content": ""}
    for text in _cut(answer.reasoning, answer.piece):
        yield {answer.reasoning_field: text}
    for text in _cut(answer.text, answer.piece):
        yield {"content": text}
    for index, call in enumerate(answer.calls):
        head = {"index": index, "id": call_id(call, index), "type": "function"}
        yield {"tool_calls": [{**head, "function": {"name": call.name, "arguments": ""}}]}
    yield from _fragments(answer)


def _fragments(answer: Answer) -> Iterable[Json]:
    waiting = [(index, _cut(call.text, answer.piece)) for index, call in enumerate(answer.calls)]
    for turn in range(max((len(parts) for _, parts in waiting), default=0)):
        for index, parts in waiting:
            if turn < len(parts):
                yield {"tool_calls": [{"index": index, "function": {"arguments": parts[turn]}}]}


def _cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def chances(answer: Answer, texts: Iterable[str]) -> Json | None:
    """The log-probabilities of tokens, in OpenAI's shape; None where the answer has none."""
    if answer.log_probability is None:
        return None
    tokens = [
        {"token": text, "bytes": list(text.encode()), "logprob": answer.log_probability, "top_logprobs": []}
        for text in texts
    ]
    return {"content": tokens, "refusal": None}


def delta_text(delta: Json) -> list[str]:
    """The tokens of a delta: one where it has text."""
    return [delta[name] for name in ("reasoning_content", "reasoning", "content") if delta.get(name)]


def tokens(answer: Answer) -> list[str]:
    """The tokens of a whole answer, the reasoning before the text, as vLLM counts them."""
    return [*_cut(answer.reasoning, answer.piece), *_cut(answer.text, answer.piece)]


def whole(answer: Answer) -> Json:
    """The message of an answer that is not streamed."""
    message: Json = {"role": "assistant", "content": answer.text or None}
    if answer.reasoning:
        message[answer.reasoning_field] = answer.reasoning
    if answer.calls:
        message["tool_calls"] = [
            {
                "id": call_id(call, index),
                "type": "function",
                "function": {"name": call.name, "arguments": call.text},
            }
            for index, call in enumerate(answer.calls)
        ]
    return message


def call_id(call: Call, index: int) -> str:
    """The call's own id, or one made from its place."""
    return call.id or f"call_{index}"


def finish(answer: Answer) -> str:
    """The finish reason that is sent."""
    return answer.finish or ("tool_calls" if answer.calls else "stop")
