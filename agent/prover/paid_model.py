"""A model whose answers are paid from a purse, and kept: what was answered once is not paid for twice."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol

from agent.llm.assemble import CHARACTERS_PER_TOKEN
from agent.llm.chat import (
    ChatModel,
    Message,
    ReasoningDelta,
    ReplyFinished,
    ReplyPart,
    Retrying,
    TextDelta,
    ToolSpec,
    Usage,
)
from agent.llm.errors import ModelError, ModelErrorKind
from agent.prover.purse import Purse
from agent.prover.under_way import UnderWay, price_of_token

_REPLY_TOKENS = 1000
"""A guess for one reply that is under way."""


class Answers(Protocol):
    """The answers that were paid for. A request is known by its fingerprint."""

    def take(self, request: str) -> Sequence[ReplyFinished] | None:
        """The next answer that an earlier part of the run kept for such a request; None where there is none left."""
        ...

    def keep(self, request: str, replies: Sequence[ReplyFinished]) -> None:
        """Keeps an answer; it is on the disk when this returns."""
        ...

    def lost(self, usage: Usage) -> None:
        """Takes down what was spent on an answer that never came to its end."""
        ...


class PaidModel:
    """Asks `model` as long as the purse allows it; implements `ChatModel`.

    What is used is spent from the purse. Requests under way hold back what they may come to: `under_way` is shared by
    all models of a run.
    """

    def __init__(
        self,
        model: ChatModel,
        purse: Purse,
        answers: Answers,
        under_way: UnderWay | None = None,
    ) -> None:
        self._model = model
        self._purse = purse
        self._answers = answers
        self._under_way = under_way or UnderWay()

    @property
    def name(self) -> str:
        """The name under which the person chose it."""
        return self._model.name

    @property
    def context_tokens(self) -> int:
        """How many tokens a request and its reply may have together."""
        return self._model.context_tokens

    async def check(self) -> None:
        """Looks whether it can be asked, without asking. Raises `ModelError`."""
        await self._model.check()

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ReplyPart]:
        """Streams one reply; one that is known comes in one piece. Raises `ModelError`, `BUDGET` if all is spent.

        Of a reply that is broken off what came is paid for by estimate.
        """
        request = fingerprint(self.name, messages, tools=tools)
        if (kept := self._answers.take(request)) is not None:
            for part in _replayed(kept[0]):
                yield part
            return
        async with self._asking(_prompt_tokens(messages) + _REPLY_TOKENS):
            stream = self._model.reply(messages, tools)
            async with contextlib.aclosing(self._paid(stream, request, messages)) as parts:
                async for part in parts:
                    yield part

    async def sample(
        self, messages: Sequence[Message], *, n: int, temperature: float, log_probabilities: bool = False
    ) -> Sequence[ReplyFinished]:
        """Up to `n` independent replies, without tools. Raises `ModelError`, of kind `BUDGET` once all is spent."""
        request = fingerprint(self.name, messages, n=n, temperature=temperature, log_probabilities=log_probabilities)
        if (kept := self._answers.take(request)) is not None:
            return kept
        async with self._asking(_prompt_tokens(messages) + n * _REPLY_TOKENS):
            try:
                replies = await self._model.sample(
                    messages, n=n, temperature=temperature, log_probabilities=log_probabilities
                )
            except asyncio.CancelledError:
                self._lose(messages, 0)  # nobody knows how far the replies came
                raise
            self._keep(request, replies)
            return replies

    @contextlib.asynccontextmanager
    async def _asking(self, tokens: int) -> AsyncGenerator[None]:
        self._require_purse()
        async with self._under_way.one(self._purse, tokens):
            self._require_purse()  # others may have spent the rest while this one waited
            yield

    def _require_purse(self) -> None:
        if not self._purse.may_ask():
            raise ModelError(
                ModelErrorKind.BUDGET,
                f"{self.name} was not asked: what may be spent is spent",
                hint="--max-tokens, --max-cost and --max-seconds allow more, --hole-tokens and --hole-cost for a hole.",
            )

    async def _paid(
        self, stream: AsyncGenerator[ReplyPart], request: str, messages: Sequence[Message]
    ) -> AsyncGenerator[ReplyPart]:
        """The parts of a reply, which is paid for at its end, whatever that is."""
        characters, finished, refused = 0, False, False
        try:
            async with contextlib.aclosing(stream) as parts:
                async for part in parts:
                    if isinstance(part, ReplyFinished):
                        finished = True
                        self._keep(request, [part])
                    elif not isinstance(part, Retrying):
                        characters += len(part.text)
                    yield part
        except ModelError:
            refused = True
            raise
        finally:
            if not finished and (characters or not refused):
                self._lose(messages, characters)

    def _keep(self, request: str, replies: Sequence[ReplyFinished]) -> None:
        for reply in replies:
            self._purse.spend(reply.usage)
        self._answers.keep(request, replies)

    def _lose(self, messages: Sequence[Message], characters: int) -> None:
        completion = -(-characters // CHARACTERS_PER_TOKEN)
        usage = Usage(prompt_tokens=_prompt_tokens(messages), completion_tokens=completion)
        price = price_of_token(self._purse)
        usage = usage.model_copy(update={"cost": None if price is None else price * usage.total_tokens})
        self._purse.spend(usage)
        self._answers.lost(usage)


def fingerprint(name: str, messages: Sequence[Message], tools: Sequence[ToolSpec] = (), **manner: Any) -> str:
    """SHA-256 (hexadecimal) of all that makes a request what it is; reasoning is never sent, and does not count."""
    said = [message.model_dump(mode="json", exclude={"reasoning"}) for message in messages]
    parts = [name, said, [tool.model_dump(mode="json") for tool in tools], manner]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _prompt_tokens(messages: Sequence[Message]) -> int:
    return sum(len(message.content) for message in messages) // CHARACTERS_PER_TOKEN


def _replayed(reply: ReplyFinished) -> Sequence[ReplyPart]:
    parts: list[ReplyPart] = []
    if reply.message.reasoning:
        parts.append(ReasoningDelta(text=reply.message.reasoning))
    if reply.message.content:
        parts.append(TextDelta(text=reply.message.content))
    return [*parts, reply]
