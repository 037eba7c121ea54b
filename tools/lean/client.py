"""The protocol client: pygls' language client with Lean's own methods, and without decoding what is not looked at.

Messages that arrive for every trial (diagnostics, progress) and the answers to Lean's own requests are handed over
as plain dictionaries: turning each into typed objects would cost more than the trial itself.
"""

import asyncio
import contextlib
import itertools
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lsprotocol import converters, types
from pygls.exceptions import JsonRpcException, PyglsError
from pygls.lsp.client import LanguageClient
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
)

# Lean's watchdog answers the open requests of a document with this code when its worker has died.
WORKER_CRASHED = -32902
CONTENT_MODIFIED = -32801

_STDERR_LINES = 50
logging.getLogger("pygls").addHandler(logging.NullHandler())

NotificationHandler = Callable[[str, Mapping[str, Any]], None]


class ServerExitedError(Exception):
    """The server process ended while an answer was awaited."""


class RequestFailedError(Exception):
    """The server answered a request with an error; `code` is the JSON-RPC code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@lru_cache(maxsize=0)  # pygls caches this method, so its override must look the same; there is nothing to remember
def _untyped(_protocol: LanguageServerProtocol, _method: str) -> type[Any] | None:
    """Outgoing messages carry plain dictionaries, for which the generic envelope serves."""
    return None


class LeanProtocol(LanguageServerProtocol):
    """pygls' protocol, with messages left as dictionaries and answers to abandoned requests dropped."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Wraps a message without decoding its payload; called by pygls for every JSON object, inner ones too."""
        if "jsonrpc" not in data:
            return data
        version = data["jsonrpc"]
        if "method" in data:
            method, params = data["method"], data.get("params")
            if "id" in data:
                return JsonRPCRequestMessage(data["id"], method, version, params)
            return JsonRPCNotification(method, version, params)
        if (error := data.get("error")) is not None:
            reason = types.ResponseError(error["code"], error["message"])
            return types.ResponseErrorMessage(jsonrpc=version, id=data["id"], error=reason)
        return JsonRPCResponseMessage(data["id"], version, data.get("result"))

    get_message_type = _untyped

    def _handle_notification(self, method_name: str, params: Any) -> None:
        cast("LeanClient", self._server).on_notification(method_name, params)

    def _handle_request(self, msg_id: str | int, method_name: str, params: Any) -> None:
        # Lean asks to refresh what editors show (inlay hints, semantic tokens); there is nothing to refresh.
        self._send_response(msg_id)

    def _handle_response(
        self, msg_id: str | int, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        future = self._request_futures.pop(msg_id, None)
        if future is None or future.done():
            return
        if error is not None:
            future.set_exception(RequestFailedError(error.code, error.message))
        else:
            future.set_result(result)


class LeanClient(LanguageClient):
    """One running server process and the requests to it.

    The process gets a session of its own, so that a Ctrl+C in the terminal reaches qed alone, which then ends Lean
    in order. Its standard error is drained; the last lines are kept for error reports.
    """

    def __init__(self, on_notification: NotificationHandler, on_exit: Callable[[], None]) -> None:
        super().__init__("qed", "0", protocol_cls=LeanProtocol, converter_factory=converters.get_converter)
        self.on_notification = on_notification
        self._on_exit = on_exit
        self._ids = itertools.count(1)
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._stderr_task: asyncio.Task[None] | None = None
        self._said_at = time.monotonic()

    async def launch(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        """Starts the server process. Raises OSError when it cannot be started."""
        # pygls leaves the arguments of start_io without types
        start = cast("Callable[..., Awaitable[None]]", self.start_io)  # pyright: ignore[reportUnknownMemberType]
        await start(command[0], *command[1:], cwd=cwd, env=dict(env), start_new_session=True)
        self._stderr_task = asyncio.create_task(self._drain_stderr())

    @property
    def pid(self) -> int | None:
        """The process id of the server, once launched."""
        return self._server.pid if self._server else None

    @property
    def running(self) -> bool:
        """Whether the server process is there."""
        return self._server is not None and self._server.returncode is None

    @property
    def exit_status(self) -> int | None:
        """The exit status of a server that has ended (negative: the signal)."""
        return self._server.returncode if self._server else None

    @property
    def seconds_quiet(self) -> float:
        """For how long nothing has been said to the server."""
        return time.monotonic() - self._said_at

    def stderr_tail(self) -> str:
        """The last lines that the server wrote to standard error."""
        return "\n".join(self._stderr)

    async def _drain_stderr(self) -> None:
        stream = self._server.stderr if self._server else None
        while stream is not None:
            try:
                line = await stream.readline()
            except ValueError:  # a line beyond the reader's limit: skip it
                continue
            if not line:
                return
            self._stderr.append(line.decode("utf-8", "replace").rstrip())

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:
        """Called by pygls when the process has ended; pygls has failed the open requests by then."""
        self._on_exit()

    def report_server_error(self, error: Exception, source: type[PyglsError] | type[JsonRpcException]) -> None:
        """A message that cannot be read ends up beside the server's own standard error."""
        self._stderr.append(f"qed could not read a message of the server: {error}")

    def send(self, method: str, params: Mapping[str, Any]) -> None:
        """Sends a notification; to a server that is gone it does nothing."""
        self._said_at = time.monotonic()
        if self.running:
            with contextlib.suppress(ConnectionError):
                self.protocol.notify(method, dict(params))

    async def request(self, method: str, params: Mapping[str, Any] | None) -> Any:
        """Sends a request and waits for its result.

        Cancelling the wait cancels the request in the server. Raises `RequestFailedError` for an error answer and
        `ServerExitedError` when the process is or goes away.
        """
        if not self.running:
            raise ServerExitedError
        self._said_at = time.monotonic()
        request_id = next(self._ids)
        try:
            future: Future[Any] = self.protocol.send_request(
                method, dict(params) if params is not None else None, msg_id=request_id
            )
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            self.send("$/cancelRequest", {"id": request_id})
            raise
        except (RuntimeError, ConnectionError) as error:  # how pygls and asyncio report the end of the process
            raise ServerExitedError from error

    async def wait_ended(self) -> None:
        """Waits until the process and the tasks that serve it have ended."""
        await self.stop()
        if self._stderr_task is not None:
            await self._stderr_task
