"""A Lean server for one command, within the limits of the machine."""

import contextlib
from collections.abc import AsyncGenerator

import click

from tools.lean.machine import MachineLimits, lease_workers
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain


@contextlib.asynccontextmanager
async def lean_server(toolchain: Toolchain, limits: MachineLimits) -> AsyncGenerator[LeanServer]:
    """A running server with one worker; waits, and says so, while other runs of qed use all workers."""

    def waiting() -> None:
        click.echo(f"waiting: other runs of qed use all {limits.max_workers} Lean workers", err=True)

    async with lease_workers(1, limits, on_wait=waiting), LeanServer.running(toolchain, limits) as server:
        yield server
