"""The desks of a run: so many documents in which tactics are tried, shared by all that is done at once."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Self

from tools.environment.desk import Desk, scratch_path
from tools.environment.kept import KeptEnvironment
from tools.environment.opening import Opening
from tools.environment.protocol import ProofEnvironment
from tools.lean.server import LeanServer


class Desks:
    """Up to `size` desks beside a file, each with the environment that was used there last."""

    def __init__(self, server: LeanServer, file: Path, size: int) -> None:
        self._server = server
        self._file = file
        self._free: list[KeptEnvironment] = []
        self._made = 0
        self.size = size
        self._seats = asyncio.Semaphore(size)

    @classmethod
    @contextlib.asynccontextmanager
    async def beside(cls, server: LeanServer, file: Path, size: int) -> AsyncGenerator[Self]:
        """Desks for this block, closed at its end."""
        desks = cls(server, file, size)
        try:
            yield desks
        finally:
            await desks.close()

    @contextlib.asynccontextmanager
    async def environment(self, opening: Opening) -> AsyncGenerator[ProofEnvironment]:
        """An environment, for this block alone: the one that is open, if it was opened alike.

        Waits for a free desk: nobody may hold one while waiting for another. Raises `QedError` as `Opening.open` does.
        """
        async with self._seats:
            desk = self._taken(opening)
            try:
                async with desk.opened(opening) as environment:
                    yield environment
            finally:
                self._free.append(desk)

    def _taken(self, opening: Opening) -> KeptEnvironment:
        """A free desk: one that has this very environment, else the one that was used last, else another."""
        # Lean knows the text best where it was last at work.
        for desk in reversed(self._free):
            if desk.has(opening):
                self._free.remove(desk)
                return desk
        return self._free.pop() if self._free else self._another()

    def _another(self) -> KeptEnvironment:
        self._made += 1
        return KeptEnvironment(Desk(self._server, scratch_path(self._file, f"scratch-{self._made}")))

    async def close(self) -> None:
        """Closes all that are not in use."""
        while self._free:
            await self._free.pop().close()
