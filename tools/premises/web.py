"""Answers over HTTP, of a bounded length."""

from typing import Any, Final

import httpx

_MAX_BYTES: Final = 2 << 20
_MAX_REASON: Final = 200

FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError)
"""What asking may raise, and reading the answer, besides `TimeoutError`."""


async def json_answer(client: httpx.AsyncClient, method: str, url: str, **request: Any) -> Any:
    """The JSON that a server answers with; `request` is what `httpx` takes (`params`, `json`).

    Raises `httpx.HTTPError`, `httpx.InvalidURL`, and `ValueError` when the answer is no JSON or longer than 2 MiB.
    """
    async with client.stream(method, url, **request) as response:
        response.raise_for_status()
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _MAX_BYTES:
                raise ValueError(f"its answer is longer than {_MAX_BYTES} bytes")
    return httpx.Response(200, content=bytes(body)).json()


def reason(error: Exception) -> str:
    """An error in one short line."""
    return " ".join(str(error).split())[:_MAX_REASON] or type(error).__name__
