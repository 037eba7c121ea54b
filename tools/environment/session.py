"""Lean for the work on files: leased workers, one server, and what opens environments in it.

Whoever works with Lean (the prover, a search, watching, the tools of a conversation) gets it here.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.environment.desks import Desks
from tools.environment.names import EnvironmentName
from tools.environment.opening import ENVIRONMENTS, HoleEnvironments, Site
from tools.lean.artifacts import artifacts_of
from tools.lean.document import Document
from tools.lean.machine import MachineLimits, lease_workers
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, require_imports


@dataclass(frozen=True)
class LeanSession:
    """A running Lean."""

    server: LeanServer
    limits: MachineLimits

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(
        cls,
        toolchain: Toolchain,
        limits: MachineLimits,
        *,
        workers: int,
        on_wait: Callable[[], None] | None = None,
    ) -> AsyncGenerator[Self]:
        """Leases workers, starts Lean, and ends it with the block; with 0 `workers` somebody else has leased them.

        `on_wait` is called once when other runs of qed have all workers. Raises `QedError` when Lean cannot be started.
        """
        async with contextlib.AsyncExitStack() as held:
            if workers:
                await held.enter_async_context(lease_workers(workers, limits, on_wait=on_wait))
            server = await held.enter_async_context(LeanServer.running(toolchain, limits))
            yield cls(server, limits)

    @property
    def toolchain(self) -> Toolchain:
        """The Lean that runs."""
        return self.server.toolchain

    def desks(self, file: Path, size: int) -> contextlib.AbstractAsyncContextManager[Desks]:
        """So many places beside a file in which tactics are tried, for the block."""
        return Desks.beside(self.server, file, size)

    async def environments(
        self,
        kind: EnvironmentName,
        path: Path,
        document: Document,
        max_heartbeats: int,
        on_note: Callable[[str], None],
    ) -> HoleEnvironments:
        """What opens environments of a kind at the holes of a file.

        `max_heartbeats` is Lean's limit of work for one tactic; `on_note` is told what to bear in mind. Raises
        `QedError` where this kind cannot be used on the file, and for imports that this Lean does not have.
        """
        await self.require_imports(path, [each.name for each in document.header.imports])
        is_artifact = artifacts_of(self.toolchain, document.text)
        return await ENVIRONMENTS[kind](Site(path, max_heartbeats, is_artifact, on_note), document)

    async def require_imports(self, path: Path, modules: Sequence[str]) -> None:
        """Raises `QedError` when this Lean does not have what a file imports."""
        if modules:
            await asyncio.to_thread(require_imports, self.toolchain, path, modules)
