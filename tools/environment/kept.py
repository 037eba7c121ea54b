"""An environment that is kept open for whoever wants the same one next."""

import contextlib
from collections.abc import AsyncGenerator

from tools.environment.desk import Desk
from tools.environment.opening import Opening
from tools.environment.pool import SharingEnvironment


class KeptEnvironment:
    """A desk with the environment that is open there, if there is one. For one task at a time."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._environment: SharingEnvironment | None = None
        self._opening: Opening | None = None

    @property
    def is_open(self) -> bool:
        """Whether Lean works for it."""
        return self._environment is not None or not self.desk.is_empty

    def has(self, opening: Opening) -> bool:
        """Whether the environment that is open is one that this would open."""
        return self._environment is not None and self._opening == opening

    @contextlib.asynccontextmanager
    async def opened(self, opening: Opening) -> AsyncGenerator[SharingEnvironment]:
        """The environment of the last time, if it was opened alike; else a new one in its place.

        Raises `QedError` as `Opening.open` does.
        """
        environment = self._environment
        if environment is None or self._opening != opening:
            await self.leave()
            environment = self._environment = await opening.open(self.desk)
            self._opening = opening
        try:
            yield environment
        except BaseException:
            # What was interrupted may still keep Lean busy: the next one begins anew.
            await self.leave()
            raise

    async def leave(self) -> None:
        """Closes the environment; the document stays."""
        environment, self._environment = self._environment, None
        if environment is not None:
            await environment.close()

    async def close(self) -> None:
        """Closes everything. Who comes meanwhile finds nothing of it."""
        environment, self._environment = self._environment, None
        await self.desk.close()
        if environment is not None:
            await environment.close()
