"""A `ChatModel` over litellm: the model that was asked for, and its fallbacks."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial

from agent.llm.catalogue import DEFAULT_CONTEXT_TOKENS, ModelFacts, fallback_chain
from agent.llm.chat import Message, ReplyFinished, ReplyPart, ToolSpec
from agent.llm.engine import engine
from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.failures import Failure, RequestError
from agent.llm.retry import Attempt, Backoff, persistently
from agent.llm.settings import ModelSettings
from agent.llm.target import Manner, Target
from agent.prompts import PromptLibrary

_AT_ONCE = 16
"""So many parallel requests for samples at most."""
_MAY_BE_N = frozenset(
    {
        ModelErrorKind.REFUSED,
        ModelErrorKind.UNKNOWN_MODEL,
        ModelErrorKind.SERVER_ERROR,
        ModelErrorKind.BAD_ANSWER,
    }
)
"""Failures that `n` may be the cause of."""


class LiteLLMModel:
    """A model by its name or alias. Making one costs nothing: litellm is loaded with the first request.

    `prompts` words what models without tool calling are told of the tools; None: qed's own and the user's prompts.
    """

    def __init__(
        self,
        name: str,
        aliases: Mapping[str, ModelSettings] | None = None,
        *,
        prompts: PromptLibrary | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        chosen = fallback_chain(name, aliases or {})
        self._name = name
        self._backoff = backoff or Backoff()
        self._prompts = prompts
        self._targets = [Target(name, settings, engine(), self._tool_rules) for name, settings in chosen]

    @property
    def name(self) -> str:
        """The name under which the person chose it."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """How many tokens a request and its reply may have together.

        What litellm knows counts from `prepare` or the first reply on; before, the settings or a careful default.
        """
        first = self._targets[0]
        if first.facts is not None:
            return first.facts.context_tokens
        return first.settings.context_tokens or DEFAULT_CONTEXT_TOKENS

    async def prepare(self) -> ModelFacts:
        """Loads litellm and looks the model up, so that the first reply need not. Raises `ModelError`."""
        try:
            return await self._targets[0].prepare()
        except RequestError as error:
            raise error.failure.error() from None

    async def check(self) -> None:
        """Looks whether the model or a fallback can be asked, without asking. Raises the first one's `ModelError`.

        That tells of an unknown name, a missing key, and a server of the person's own that does not answer.
        """
        failures: list[Failure] = []
        for target in self._targets:
            try:
                return await target.check()
            except RequestError as error:
                failures.append(error.failure)
        raise failures[0].error()

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ReplyPart]:
        """Streams one reply; the last part is `ReplyFinished`. Raises `ModelError`.

        Closing the iterator ends the request.
        """
        attempts = [
            Attempt(target.name, target.settings.retries, partial(target.ask, messages, tools, Manner()))
            for target in self._targets
        ]
        async with contextlib.aclosing(persistently(attempts, self._backoff)) as parts:
            async for part in parts:
                yield part

    async def sample(
        self, messages: Sequence[Message], *, n: int, temperature: float, log_probabilities: bool = False
    ) -> Sequence[ReplyFinished]:
        """Up to `n` independent replies, without tools. Raises `ModelError` when there is none at all.

        One request with `n` where the provider takes it; what it does not give comes from parallel requests. The
        usage of a request with `n` stands with the first of its replies. A provider that refuses `log_probabilities` is
        asked again without them, and from then on not for them.
        """
        if n < 1:
            raise ValueError("n must be at least 1")
        manner = Manner(temperature, log_probabilities)
        first = self._targets[0]
        replies: list[ReplyFinished] = []
        if n > 1 and await self._takes_n(first):
            replies = await self._sample_at_once(first, messages, n, manner)
            if len(replies) < n:
                first.no_more_n()
        missing = n - len(replies)
        return [*replies, *await self._sample_in_parallel(messages, missing, manner, bool(replies))]

    def _tool_rules(self, tools: str) -> str:
        self._prompts = self._prompts or PromptLibrary.load()
        return self._prompts.render("text_tools", tools=tools)

    async def _takes_n(self, target: Target) -> bool:
        try:
            return (await target.prepare()).takes_n
        except RequestError:
            return False  # the single requests will say what is wrong, or ask the fallback

    async def _sample_at_once(
        self, target: Target, messages: Sequence[Message], n: int, manner: Manner
    ) -> list[ReplyFinished]:
        """What a request with `n` gives. A failure means none: single requests may still work, or say why not."""
        attempt = Attempt(target.name, target.settings.retries, partial(target.ask_many, messages, n, manner))
        try:
            return [part async for part in persistently([attempt], self._backoff) if isinstance(part, ReplyFinished)]
        except ModelError as error:
            if error.kind in _MAY_BE_N or len(self._targets) > 1:
                return []
            raise

    async def _sample_in_parallel(
        self, messages: Sequence[Message], n: int, manner: Manner, some: bool
    ) -> list[ReplyFinished]:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one() -> ReplyFinished | ModelError:
            attempts = [
                Attempt(target.name, target.settings.retries, partial(target.ask, messages, (), manner))
                for target in self._targets
            ]
            async with limit:
                try:
                    return await _last(persistently(attempts, self._backoff))
                except ModelError as error:
                    return error

        results = await asyncio.gather(*(one() for _ in range(n)))
        replies = [result for result in results if isinstance(result, ReplyFinished)]
        errors = [result for result in results if isinstance(result, ModelError)]
        if errors and not replies and not some:
            raise errors[0]
        return replies


async def _last(parts: AsyncGenerator[ReplyPart]) -> ReplyFinished:
    async with contextlib.aclosing(parts):
        async for part in parts:
            if isinstance(part, ReplyFinished):
                return part
    raise ModelError(ModelErrorKind.BAD_ANSWER, "the reply ended without an end", hint="Try again.")
