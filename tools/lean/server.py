"""A Lean language server: started, watched, restarted once when it dies, and ended without leftovers."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import psutil

from tools.errors import ExitCode, QedError
from tools.lean.client import LeanClient, ServerExitedError
from tools.lean.lean_document import LeanDocument
from tools.lean.machine import MachineLimits, kill_tree, processes_below, resident_bytes
from tools.lean.toolchain import Toolchain

_START_SECONDS = 120
_SHUTDOWN_SECONDS = 5
_GUARD_INTERVAL_SECONDS = 0.5
# A Lean that nobody has told anything for so long starts no processes, and is looked at less often.
_QUIET_SECONDS = 20.0
_QUIET_INTERVAL_SECONDS = 5.0
_MAX_DEATHS_IN_A_ROW = 2


class LeanServer:
    """One server process and the documents open in it.

    Use as `async with LeanServer.running(toolchain) as server`, or `start` and `close`. A process that dies is
    started again when a document next needs it; when it dies twice without having finished anything in between, the
    error is raised.
    """

    def __init__(self, toolchain: Toolchain, limits: MachineLimits) -> None:
        self.toolchain = toolchain
        self.generation = 0
        self._limits = limits
        self._client: LeanClient | None = None
        self._documents: dict[str, LeanDocument] = {}
        self._deaths_in_a_row = 0
        self._lock = asyncio.Lock()
        self._guard: asyncio.Task[None] | None = None
        self.killed_for_memory = 0
        self.on_running: Callable[[bool], None] | None = None
        """Told when a process has started (True), and when one has ended that was not asked to (False)."""

    @classmethod
    async def start(cls, toolchain: Toolchain, limits: MachineLimits | None = None) -> Self:
        """Starts a server; raises `QedError` when it cannot be started."""
        server = cls(toolchain, limits or MachineLimits.default())
        try:
            await server.ensure_running()
        except BaseException:
            await server.close()
            raise
        server._guard = asyncio.create_task(server._guard_memory())
        return server

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, toolchain: Toolchain, limits: MachineLimits | None = None) -> AsyncGenerator[Self]:
        """Starts a server and closes it at the end of the block."""
        server = await cls.start(toolchain, limits)
        try:
            yield server
        finally:
            await server.close()

    @property
    def pid(self) -> int | None:
        """The process id of the running server."""
        return self._client.pid if self._client and self._client.running else None

    @property
    def client(self) -> LeanClient:
        """The client of the running process. Raises `ServerExitedError` when there is none."""
        if self._client is None or not self._client.running:
            raise ServerExitedError
        return self._client

    async def open(self, path: Path, text: str) -> LeanDocument:
        """Opens a document; Lean takes its text from here, never from the disk.

        The path is absolute and need not exist.
        """
        document = LeanDocument(self, path, text)
        self._documents[document.uri] = document
        await document.ensure_open()
        return document

    def forget(self, document: LeanDocument) -> None:
        """Called by a document that closes."""
        self._documents.pop(document.uri, None)

    def note_success(self) -> None:
        """Called by a document whose elaboration was completed: the process is well."""
        self._deaths_in_a_row = 0

    async def ensure_running(self) -> None:
        """Starts the process if it is not running. Raises `QedError` after two deaths in a row."""
        async with self._lock:
            if self._client is not None and self._client.running:
                return
            if self._client is not None:
                self._deaths_in_a_row += 1
                if self._deaths_in_a_row >= _MAX_DEATHS_IN_A_ROW:
                    raise self._died(self._client)
                await self._client.wait_ended()
            await self._launch()

    async def _launch(self) -> None:
        command = await asyncio.to_thread(self.toolchain.server_command)
        client = self._client = LeanClient(self._on_notification, self._on_exit)
        root = self.toolchain.root
        try:
            await client.launch(command, cwd=root, env=os.environ)
        except OSError as error:
            raise QedError(
                f"cannot start {command[0]}: {error.strerror or error}",
                hint="`qed doctor` shows which toolchains there are.",
                exit_code=ExitCode.TOOLCHAIN_NOT_FOUND,
            ) from error
        try:
            async with asyncio.timeout(_START_SECONDS):
                await client.request(
                    "initialize",
                    {
                        "processId": os.getpid(),
                        "rootUri": root.as_uri(),
                        "capabilities": {"textDocument": {"publishDiagnostics": {"versionSupport": True}}},
                        "initializationOptions": {"hasWidgets": False},
                    },
                )
        except TimeoutError as error:
            raise self._died(client) from error
        except ServerExitedError as error:
            with contextlib.suppress(TimeoutError):  # only when it has ended are its status and last words known
                async with asyncio.timeout(_SHUTDOWN_SECONDS):
                    await client.wait_ended()
            raise self._died(client) from error
        client.send("initialized", {})
        self.generation += 1
        self._tell(running=True)

    def _died(self, client: LeanClient) -> QedError:
        status = client.exit_status
        how = f"exit status {status}" if status is not None else f"no answer within {_START_SECONDS} s"
        tail = client.stderr_tail()
        return QedError(
            f"Lean ({self.toolchain.describe()}) does not stay up: {how}" + (f"\n{tail}" if tail else ""),
            hint="`qed doctor` checks the toolchain.",
            exit_code=ExitCode.LEAN_FAILED,
        )

    def _on_notification(self, method: str, params: Mapping[str, Any]) -> None:
        match method:
            case "textDocument/publishDiagnostics":
                uri = params["uri"]
            case "$/lean/fileProgress":
                uri = params["textDocument"]["uri"]
            case _:
                return
        document = self._documents.get(uri) or self._documents.get(unquote(uri))
        if document is not None:
            document.on_notification(method, params)

    def _on_exit(self) -> None:
        for document in self._documents.values():
            document.on_server_exit()
        if self._client is not None:  # None when it is being closed
            self._tell(running=False)

    def _tell(self, *, running: bool) -> None:
        if self.on_running is not None:
            self.on_running(running)

    async def _guard_memory(self) -> None:
        """Kills a worker that outgrows its limit; the server then reports it as crashed."""
        workers: Sequence[psutil.Process] = ()
        while True:
            quiet = self._client is not None and self._client.seconds_quiet > _QUIET_SECONDS
            await asyncio.sleep(_QUIET_INTERVAL_SECONDS if quiet else _GUARD_INTERVAL_SECONDS)
            if (pid := self.pid) is None:
                continue
            if not (quiet and workers):
                workers = processes_below(pid)
            for worker in workers:
                if resident_bytes(worker) > self._limits.max_worker_memory:
                    self.killed_for_memory += 1
                    kill_tree(worker.pid)

    async def close(self) -> None:
        """Ends the server: politely, and by force after a few seconds. Nothing of it is left afterwards."""
        if self._guard is not None:
            self._guard.cancel()
        client, self._client = self._client, None
        if client is None or client.pid is None:
            return
        if client.running:
            try:
                async with asyncio.timeout(_SHUTDOWN_SECONDS):
                    await client.request("shutdown", None)
                    client.send("exit", {})
                    await client.wait_ended()
            except BaseException as error:
                kill_tree(client.pid)
                if not isinstance(error, Exception):
                    raise
        await client.wait_ended()
