"""Whether a server of the person's own is there at all: a connection is made, and nothing is said."""

import asyncio
import contextlib
import urllib.request
from urllib.parse import urlsplit

from agent.llm.failures import Asked, RequestError, unreachable

_SECONDS = 10.0
_PORTS = {"http": 80, "https": 443}


async def reach(asked: Asked) -> None:
    """Connects to `base_url`. Raises `RequestError` where nobody answers within ten seconds.

    Behind a proxy only a request can tell, and nothing is tried.
    """
    parts = urlsplit(asked.base_url or "")
    host = parts.hostname or ""
    if await asyncio.to_thread(_behind_proxy, parts.scheme, host):
        return
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(host, parts.port or _PORTS[parts.scheme])
    except TimeoutError:
        raise RequestError(unreachable(asked, f"nobody answers within {_SECONDS:g} s")) from None
    except OSError as error:
        raise RequestError(unreachable(asked, error.strerror or str(error))) from None
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _behind_proxy(scheme: str, host: str) -> bool:
    return bool(urllib.request.getproxies().keys() & {scheme, "all"}) and not urllib.request.proxy_bypass(host)
