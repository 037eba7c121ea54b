"""The thread in which litellm lives.

Importing litellm takes seconds, its first call imports more, and at the end of a stream it counts tokens: none of
that may stop the event loop of whoever talks to a model. So litellm has an event loop in a thread of its own, one
for the whole process; its connections outlive the callers' loops as well.
"""

import asyncio
import contextlib
import importlib
import logging
import os
import sys
import threading
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

from agent.llm.chat import Usage
from agent.llm.chunks import Chunk, Price, read_choices, read_chunk

T = TypeVar("T")

_ENVIRONMENT = {
    # The table of prices that litellm brings, instead of fetching one while it is imported.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    # Otherwise it reads the `.env` of the folder: keys never come from a project's file.
    "LITELLM_MODE": "PRODUCTION",
}
_WARNINGS: Mapping[str, type[Warning]] = {
    "Item '.*' on TypedDict class": UserWarning,
    "Pydantic serializer warnings": UserWarning,
    # litellm makes its request in another thread, and forgets it there when it is cancelled at that moment.
    r"coroutine '\w+\.a\w+' was never awaited": RuntimeWarning,
}
"""Of no use to the person: matters between litellm, pydantic and asyncio."""


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None


class Engine:
    """Runs requests in litellm's thread and hands what comes of them to the caller's loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="litellm", daemon=True)
        self._thread.start()

    async def call(self, function: Callable[[Any], T]) -> T:
        """`function(litellm)`, run in the thread."""

        async def run() -> T:
            return function(litellm_module())

        return await self._there(run())

    async def cost(self, model: str, usage: Usage) -> float | None:
        """US dollars by litellm's table of prices, None for a model that is not in it."""
        tokens = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
        return await self.call(lambda litellm: _cost(litellm, model, **tokens))

    async def complete(self, request: Mapping[str, Any]) -> list[Chunk]:
        """One request that is not streamed; its choices. Raises what litellm raises."""

        async def run() -> list[Chunk]:
            litellm = litellm_module()
            return read_choices(await litellm.acompletion(**request), _price(litellm, request))

        return await self._there(run())

    async def stream(self, request: Mapping[str, Any]) -> AsyncGenerator[Chunk]:
        """One streamed request. Raises what litellm raises; closing the generator closes the connection."""
        here = asyncio.get_running_loop()
        arrived: asyncio.Queue[Chunk | _End] = asyncio.Queue()

        def put(item: Chunk | _End) -> None:
            with contextlib.suppress(RuntimeError):  # the caller's loop is gone, and nobody waits any more
                here.call_soon_threadsafe(arrived.put_nowait, item)

        future = asyncio.run_coroutine_threadsafe(_pump(request, put), self._loop)
        try:
            while not isinstance(item := await arrived.get(), _End):
                yield item
            if item.error is not None:
                raise item.error
        finally:
            future.cancel()

    async def _there(self, work: Awaitable[T]) -> T:
        async def run() -> T:
            return await work

        future: Future[T] = asyncio.run_coroutine_threadsafe(run(), self._loop)
        return await asyncio.wrap_future(future)


@cache
def engine() -> Engine:
    """The engine of this process; the first call starts its thread."""
    return Engine()


@cache
def litellm_module() -> Any:
    """litellm, imported and made quiet. Takes seconds the first time; only for litellm's own thread."""
    for name, value in _ENVIRONMENT.items():
        os.environ[name] = value
    for message, category in _WARNINGS.items():
        warnings.filterwarnings("ignore", message=message, category=category)
    litellm = cast(Any, importlib.import_module("litellm"))
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.num_retries = 0
    # Parameters that a provider does not have (a temperature, `n`) are left out; where a provider wants messages in a
    # certain order, litellm puts them so.
    litellm.drop_params = True
    litellm.modify_params = True
    # litellm ends a stream of equal chunks with a server error; qed has a watch of its own, and keeps the text.
    litellm.REPEATED_STREAMING_CHUNK_LIMIT = sys.maxsize
    return litellm


async def _pump(request: Mapping[str, Any], put: Callable[[Chunk | _End], None]) -> None:
    error: Exception | None = None
    try:
        litellm = litellm_module()
        price = _price(litellm, request)
        response = await litellm.acompletion(**request, stream=True, stream_options={"include_usage": True})
        try:
            async for raw in response:
                put(read_chunk(raw, price))
        finally:
            await response.aclose()
    except Exception as caught:  # whatever it is, the caller decides what it means
        error = caught
    put(_End(error))


def _price(litellm: Any, request: Mapping[str, Any]) -> Price:
    return lambda usage: _cost(litellm, request["model"], usage_object=usage)


def _cost(litellm: Any, model: str, **used: Any) -> float | None:
    try:
        cost: float = sum(litellm.cost_per_token(model=model, **used))
    except Exception:  # a model that is in no table
        return None
    # Models that litellm knows without a price are in its table at zero.
    return cost or None
