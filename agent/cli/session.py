"""A Lean server for one command, within the limits of the machine."""

import contextlib
from collections.abc import AsyncGenerator

import click

from tools.environment.session import LeanSession
from tools.lean.machine import MachineLimits
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain


@contextlib.asynccontextmanager
async def lean_server(toolchain: Toolchain, limits: MachineLimits) -> AsyncGenerator[LeanServer]:
    """A running server with one worker; waits, and says so, while other runs of qed use all workers."""

    def waiting() -> None:
        click.echo(f"waiting: other runs of qed use all {limits.max_workers} Lean workers", err=True)

    async with LeanSession.opened(toolchain, limits, workers=1, on_wait=waiting) as session:
        yield session.server
