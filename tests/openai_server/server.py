"""The server: aiohttp in a thread of its own, so that neither side can block the other."""

import asyncio
import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.openai_server.replies import (
    Answer,
    Choices,
    Endless,
    Json,
    Refusal,
    Reply,
    Scripted,
    chances,
    delta_text,
    finish,
    pieces,
    tokens,
    whole,
)

_START_SECONDS = 30
_SCRIPT_IS_OVER = Refusal(400, "the script of the test has no more replies")


@dataclass
class Exchange:
    """One request and what became of it. Times are `time.perf_counter()`."""

    body: Json
    headers: dict[str, str]
    arrived: float
    sent: list[float] = field(default_factory=list[float])
    """When each piece of the reply was handed to the socket; the first is the first byte of the body."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the server is done with it: all is sent, or the client has hung up."""
    hung_up: bool = False
    """The client closed the connection before the reply was complete."""


class OpenAIServer:
    """A context manager; `url` is the base URL for `ModelSettings` or an environment variable.

    Replies are taken from the script in the order of the requests; `otherwise` answers when the script is over
    (without it the answer is a 400 that says so).
    """

    def __init__(self, *script: Scripted, otherwise: Scripted | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self.otherwise: Scripted | None = otherwise
        self.url = ""
        self._script = deque(script)
        self._asked = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="openai-server", daemon=True)

    def will(self, *replies: Scripted) -> None:
        """Appends to the script."""
        self._script.extend(replies)

    @property
    def requests(self) -> list[Json]:
        """The bodies of all requests so far."""
        return [exchange.body for exchange in self.exchanges]

    @property
    def left(self) -> int:
        """How many scripted replies have not been asked for."""
        return len(self._script)

    def wait_for_request(self, seconds: float = 60) -> bool:
        """Waits until there has been a request; not for an event loop."""
        return self._asked.wait(seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(_START_SECONDS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(_START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> str:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/chat/completions", self._completions)
        # Without handler_cancellation a client that hangs up would be noticed at the next write only.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/v1"

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        exchange = Exchange(await request.json(), dict(request.headers), time.perf_counter())
        self.exchanges.append(exchange)
        self._asked.set()
        try:
            return await self._answer(self._next(exchange.body), request, exchange)
        except _DroppedError:
            raise asyncio.CancelledError from None  # aiohttp's way to end a request without an answer
        except (asyncio.CancelledError, ConnectionError):
            exchange.hung_up = True
            raise asyncio.CancelledError from None
        finally:
            exchange.over.set()

    def _next(self, body: Json) -> Reply:
        scripted = self._script.popleft() if self._script else self.otherwise or _SCRIPT_IS_OVER
        return scripted(body) if callable(scripted) else scripted

    async def _answer(self, reply: Reply, request: web.Request, exchange: Exchange) -> web.StreamResponse:
        if isinstance(reply, Refusal):
            return _refusal(reply)
        if isinstance(reply, Endless):
            return await _stream(request, exchange, _endless(reply, exchange.body))
        answers = reply.answers if isinstance(reply, Choices) else (reply,)
        await asyncio.sleep(answers[0].delay)
        await _fault(answers[0], 0, request)
        if exchange.body.get("stream"):
            return await _stream(request, exchange, _streamed(answers, request, exchange.body))
        exchange.sent.append(time.perf_counter())
        return web.json_response(_completion(answers, exchange.body))


class _DroppedError(Exception):
    """The script dropped the connection."""


def _refusal(reply: Refusal) -> web.Response:
    error = {"message": reply.message, "type": "error", "param": None, "code": reply.code}
    body = json.dumps({"error": error}) if reply.body is None else reply.body
    kind = "application/json" if reply.body is None else "text/html"
    return web.Response(status=reply.status, text=body, content_type=kind, headers=reply.headers)


async def _fault(answer: Answer, sent: int, request: web.Request) -> None:
    """Hangs or drops the connection when so many pieces are sent."""
    if answer.hang_after == sent:
        await asyncio.Event().wait()
    if answer.drop_after == sent and request.transport is not None:
        request.transport.abort()
        raise _DroppedError


async def _stream(request: web.Request, exchange: Exchange, events: AsyncGenerator[Json]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    async with contextlib.aclosing(events) as parts:
        async for part in parts:
            exchange.sent.append(time.perf_counter())
            await response.write(f"data: {json.dumps(part)}\n\n".encode())
    await response.write(b"data: [DONE]\n\n")
    return response


async def _streamed(answers: tuple[Answer, ...], request: web.Request, body: Json) -> AsyncGenerator[Json]:
    for index, answer in enumerate(answers):
        for sent, delta in enumerate(pieces(answer)):
            if sent:
                await _fault(answer, sent, request)
                await asyncio.sleep(answer.gap)
            likely = chances(answer, delta_text(delta)) if body.get("logprobs") else None
            yield _chunk(body, delta, index=index, likely=likely)
        yield _chunk(body, {}, index=index, finish=finish(answer))
    options: Json = body.get("stream_options") or {}
    if options.get("include_usage") and answers[0].usage is not None:
        yield {**_chunk(body, {}), "choices": [], "usage": dict(answers[0].usage)}


async def _endless(reply: Endless, body: Json) -> AsyncGenerator[Json]:
    number = 0
    while True:
        yield _chunk(body, {"reasoning_content" if reply.reasoning else "content": reply.piece(number)})
        number += 1
        await asyncio.sleep(reply.gap)


def _chunk(body: Json, delta: Json, *, index: int = 0, finish: str | None = None, likely: Json | None = None) -> Json:
    return {
        **_head(body, "chat.completion.chunk"),
        "choices": [{"index": index, "delta": delta, "finish_reason": finish, "logprobs": likely}],
    }


def _completion(answers: tuple[Answer, ...], body: Json) -> Json:
    choices = [
        {
            "index": index,
            "message": whole(answer),
            "finish_reason": finish(answer),
            "logprobs": chances(answer, tokens(answer)) if body.get("logprobs") else None,
        }
        for index, answer in enumerate(answers)
    ]
    return {**_head(body, "chat.completion"), "choices": choices, "usage": answers[0].usage and dict(answers[0].usage)}


def _head(body: Json, kind: str) -> Json:
    return {"id": "chatcmpl-test", "object": kind, "created": int(time.time()), "model": body.get("model", "")}
