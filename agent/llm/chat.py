"""The vocabulary of a conversation with a model: messages, tool calls, usage, and what a streamed reply consists of.

Messages have the shape of OpenAI's chat protocol, which is also what litellm takes for every provider.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["system", "user", "assistant", "tool"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class ToolCall(_Value):
    """A call that a model wants made; `arguments` is JSON text exactly as the model wrote it, valid or not."""

    id: str
    name: str
    arguments: str


class Message(_Value):
    """One message. `reasoning` is kept for people to read; it is never sent back and never parsed.

    `tool_calls` belong to the role `assistant`, `tool_call_id` to the role `tool`: it names the call that is answered.
    """

    role: Role
    content: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class ToolSpec(_Value):
    """A tool as a model is told about it; `parameters` is a flat JSON schema of type `object`."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class Usage(_Value):
    """Tokens and money. `cached_tokens` are those of `prompt_tokens` that the provider had cached; `reasoning_tokens`
    those of `completion_tokens` that were reasoning. `cost` is in US dollars, None where the price is not known.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = None

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        """The sum; a price that is known for one part only counts as what is known."""
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            cost=sum(costs) if costs else None,
        )


class LogProbability(_Value):
    """How likely a model held a text of its own: the sum of the natural log-probabilities of its tokens."""

    total: float
    tokens: Annotated[int, Field(ge=1)]

    @property
    def mean(self) -> float:
        """By token, so that texts of different length can be compared; at most 0."""
        return self.total / self.tokens


class FinishReason(Enum):
    """Why a reply ended."""

    STOP = "stop"
    TOOL_CALLS = "tool_calls"
    LENGTH = "length"
    """The limit on tokens was reached."""
    RUNAWAY = "runaway"
    """The same text came over and over; the rest was cut off."""


class TextDelta(_Value):
    """A piece of the answer."""

    text: str


class ReasoningDelta(_Value):
    """A piece of the model's reasoning."""

    text: str


class Retrying(_Value):
    """The provider refused for now; the request is repeated after `seconds`, or goes to `model` instead.

    What was streamed of the reply so far is void.
    """

    reason: str
    seconds: float
    attempt: int
    model: str


class ReplyFinished(_Value):
    """The whole reply; the last of every stream. `model` is the one that answered.

    `log_probability` is that of the answer's text, without the reasoning where that can be told apart; None where it
    was not asked for, or the provider does not tell it.
    """

    message: Message
    usage: Usage
    finish: FinishReason
    model: str
    log_probability: LogProbability | None = None


ReplyPart = TextDelta | ReasoningDelta | Retrying | ReplyFinished


class ChatModel(Protocol):
    """A model that can be talked to."""

    @property
    def name(self) -> str:
        """The name under which the person chose it."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens a request and its reply may have together."""
        ...

    async def check(self) -> None:
        """Looks whether it can be asked, without asking. Raises `ModelError`."""
        ...

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ReplyPart]:
        """Streams one reply; the last part is `ReplyFinished`. Raises `ModelError`.

        Closing the generator ends the request.
        """
        ...

    async def sample(
        self, messages: Sequence[Message], *, n: int, temperature: float, log_probabilities: bool = False
    ) -> Sequence[ReplyFinished]:
        """Up to `n` independent replies, without tools. Raises `ModelError` when there is none at all.

        `log_probabilities` asks for them where the provider has them; where it has none, the replies come without.
        """
        ...
