"""One model that can be asked: a single request, with its time limits, made into a reply or a failure."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent.llm.assemble import CHARACTERS_PER_TOKEN, Assembler
from agent.llm.catalogue import ModelFacts, look_up
from agent.llm.chat import FinishReason, Message, ReplyFinished, ReplyPart, ToolSpec, Usage
from agent.llm.chunks import Chunk, write_messages
from agent.llm.engine import Engine
from agent.llm.errors import ModelError
from agent.llm.failures import Asked, Failure, RequestError, empty, failure_of, filtered, no_key, timed_out
from agent.llm.keys import find_key
from agent.llm.reach import reach
from agent.llm.settings import ModelSettings
from agent.llm.text_tools import Rules, as_text

_UNSTREAMED = 5
"""A reply that is not streamed shows no sign of life: it may take so many times `first_token_seconds`."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a reply is asked for. A `temperature` of None is that of the settings, or the provider's."""

    temperature: float | None = None
    log_probabilities: bool = False


class Target:
    """A model by its settings. What it learns (facts, that tools, `n` or log-probabilities are refused) it keeps."""

    def __init__(self, name: str, settings: ModelSettings, engine: Engine, rules: Rules) -> None:
        self.name = name
        self.settings = settings
        self.facts: ModelFacts | None = None
        self._engine = engine
        self._rules = rules

    async def prepare(self) -> ModelFacts:
        """What is known of the model; loads litellm the first time. Raises `RequestError`."""
        if self.facts is None:
            environment = dict(os.environ)
            try:
                facts = await self._engine.call(lambda litellm: look_up(litellm, self.settings, environment))
            except ModelError as error:
                raise RequestError(Failure(error.kind, error.message, error.hint)) from None
            self.facts = facts
        return self.facts

    async def check(self) -> None:
        """Looks whether a request can succeed, without making one: the name, the key, and the person's own server.

        Raises `RequestError`.
        """
        asked = await self._asked(await self.prepare())
        if asked.base_url is not None:
            await reach(asked)

    async def ask(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], manner: Manner
    ) -> AsyncGenerator[ReplyPart]:
        """One streamed request. Raises `RequestError`."""
        facts = await self.prepare()
        asked, request = await self._request(facts, messages, tools, manner)
        reply = Assembler(self._most_tokens(facts), text_tools=bool(tools) and not facts.native_tools)
        try:
            async with contextlib.aclosing(self._timed(request, asked)) as chunks:
                async for chunk in chunks:
                    for delta in reply.feed(chunk):
                        yield delta
                    if reply.over is not None:
                        break
        except RequestError as error:
            without = self._without_extras(request, error.failure)
            if not without and not self._without_native_tools(facts, tools, error.failure):
                raise
        else:
            for delta in reply.end():
                yield delta
            yield await self._finished(reply, messages, asked)
            return
        async with contextlib.aclosing(self.ask(messages, tools, replace(manner, log_probabilities=False))) as parts:
            async for part in parts:
                if without and isinstance(part, ReplyFinished):
                    self._no_more_log_probabilities()
                yield part

    async def ask_many(self, messages: Sequence[Message], n: int, manner: Manner) -> AsyncGenerator[ReplyPart]:
        """One request for `n` replies at once; as many `ReplyFinished` as came. Raises `RequestError`."""
        facts = await self.prepare()
        asked, request = await self._request(facts, messages, (), manner)
        request["n"] = n
        try:
            choices = await self._whole(request, asked)
        except RequestError as error:
            if not self._without_extras(request, error.failure):
                raise
            choices = await self._whole({k: v for k, v in request.items() if k != "logprobs"}, asked)
            self._no_more_log_probabilities()
        for choice in choices:
            reply = Assembler(self._most_tokens(facts))
            reply.feed(choice)
            reply.end()
            with contextlib.suppress(RequestError):  # an empty choice among others is no failure of the request
                yield await self._finished(reply, messages, asked)

    def no_more_n(self) -> None:
        """The provider does not do `n`: it refused, or gave fewer."""
        if self.facts is not None:
            self.facts = replace(self.facts, takes_n=False)

    def _no_more_log_probabilities(self) -> None:
        """The provider answers as soon as it is not asked for them."""
        if self.facts is not None:
            self.facts = replace(self.facts, gives_log_probabilities=False)

    def _without_extras(self, request: Mapping[str, Any], failure: Failure) -> bool:
        """Whether to ask again without log-probabilities: they may be what was refused."""
        return "logprobs" in request and failure.extras_refused

    def _without_native_tools(self, facts: ModelFacts, tools: Sequence[ToolSpec], failure: Failure) -> bool:
        """Whether to ask again with tools as text: the provider said that this model cannot call any."""
        refused = failure.tools_refused and facts.native_tools and bool(tools)
        if not refused or self.settings.tool_calling == "native":
            return False
        self.facts = replace(facts, native_tools=False)
        return True

    async def _asked(self, facts: ModelFacts) -> Asked:
        """Whom requests go to, with the key. Raises `RequestError` where a key is wanted and there is none."""
        key = await asyncio.to_thread(find_key, facts.key_names)
        secret = key.value.get_secret_value() if key is not None else ""
        asked = Asked(self.name, facts.address, facts.base_url, facts.key_names, key and key.name, secret)
        if key is None and facts.key_required:
            raise RequestError(no_key(asked))
        return asked

    async def _request(
        self, facts: ModelFacts, messages: Sequence[Message], tools: Sequence[ToolSpec], manner: Manner
    ) -> tuple[Asked, dict[str, Any]]:
        settings, asked = self.settings, await self._asked(facts)
        told = messages if facts.native_tools else as_text(messages, tools, self._rules)
        request: dict[str, Any] = {"model": settings.model, "messages": write_messages(told), "max_retries": 0}
        optional = {
            # Clients insist on a key even for a server of one's own that wants none.
            "api_key": asked.secret or ("none" if facts.base_url else None),
            "api_base": facts.base_url,
            "temperature": settings.temperature if manner.temperature is None else manner.temperature,
            "logprobs": True if manner.log_probabilities and facts.gives_log_probabilities else None,
            "max_tokens": facts.max_output_tokens,
            "tools": [_described(tool) for tool in tools] if facts.native_tools and tools else None,
        }
        request |= {name: value for name, value in optional.items() if value is not None}
        if "tools" in request:
            # The second keeps litellm from importing its optional support for MCP servers, which it does for any tool.
            request |= {"allowed_openai_params": ["tools"], "_skip_mcp_handler": True}
        return asked, request

    async def _whole(self, request: Mapping[str, Any], asked: Asked) -> list[Chunk]:
        """The choices of a request that is not streamed."""
        longest = _UNSTREAMED * self.settings.first_token_seconds
        try:
            async with asyncio.timeout(longest):
                return await self._engine.complete(request)
        except TimeoutError:
            raise RequestError(timed_out(asked, "an answer", longest)) from None
        except Exception as error:
            raise RequestError(failure_of(error, asked)) from error

    async def _timed(self, request: dict[str, Any], asked: Asked) -> AsyncGenerator[Chunk]:
        loop = asyncio.get_running_loop()
        first, between = self.settings.first_token_seconds, self.settings.between_tokens_seconds
        deadline, begun = loop.time() + first, False
        async with contextlib.aclosing(self._engine.stream(request)) as chunks:
            while True:
                try:
                    async with asyncio.timeout_at(loop.time() + between if begun else deadline):
                        chunk = await anext(chunks, None)
                except TimeoutError:
                    what = ("more of its answer", between) if begun else ("a first token", first)
                    raise RequestError(timed_out(asked, *what)) from None
                except Exception as error:
                    raise RequestError(failure_of(error, asked)) from error
                if chunk is None:
                    return
                begun = begun or chunk.is_token
                yield chunk

    async def _finished(self, reply: Assembler, messages: Sequence[Message], asked: Asked) -> ReplyFinished:
        if reply.finish == "content_filter":
            raise RequestError(filtered(asked))
        message = reply.message()
        finish = reply.reason(message)
        if finish is FinishReason.STOP and not message.content.strip():
            raise RequestError(empty(asked))
        usage = reply.usage
        if usage is None:
            usage = await self._estimated(messages, reply.characters)
        likely = reply.log_probability(message)
        return ReplyFinished(message=message, usage=usage, finish=finish, model=self.name, log_probability=likely)

    async def _estimated(self, messages: Sequence[Message], characters: int) -> Usage:
        """For a reply that was cut off before the provider said what it counted."""
        said = sum(len(message.content) for message in messages)
        usage = Usage(
            prompt_tokens=said // CHARACTERS_PER_TOKEN, completion_tokens=-(-characters // CHARACTERS_PER_TOKEN)
        )
        return usage.model_copy(update={"cost": await self._engine.cost(self.settings.model, usage)})

    def _most_tokens(self, facts: ModelFacts) -> int:
        return facts.max_output_tokens or facts.context_tokens


def _described(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
