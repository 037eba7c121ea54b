"""A search at one hole that one can look at: nothing is written to the file."""

import contextlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.prover.asked_model import AskedModel
from tools.environment.desk import Desk, scratch_path
from tools.environment.names import DEFAULT_ENVIRONMENT, EnvironmentName
from tools.environment.pool import EnvironmentPool, SharingEnvironment
from tools.environment.session import LeanSession
from tools.errors import ExitCode, QedError
from tools.lean.document import Document, Hole
from tools.lean.machine import MachineLimits
from tools.lean.writeback import FileSnapshot
from tools.search.context import context_of
from tools.search.limits import SearchLimits
from tools.search.prove import HoleSearch, SearchSettings, asks_for_data
from tools.search.recipe import SearchRecipe
from tools.search.result import SearchResult
from tools.search.saved import SavedSearch, saved, take_up
from tools.search.watched import KeptRecord, OnProgress


@dataclass(frozen=True)
class SearchOptions:
    """How to search, and where tactics are tried.

    `kept` is a search to go on with; `save_to` gets the search at its end, also when cancelled. `model` proposes as
    well, within the limits.
    """

    limits: SearchLimits
    recipe: SearchRecipe
    max_heartbeats: int
    machine: MachineLimits
    kept: SavedSearch | None = None
    save_to: Path | None = None
    model: AskedModel | None = None
    environment: EnvironmentName = DEFAULT_ENVIRONMENT


class HoleRun:
    """The search at a hole of a file. `result` and `tree` say how far it came, also when it was cancelled."""

    def __init__(self, snapshot: FileSnapshot, document: Document, hole: Hole, options: SearchOptions) -> None:
        self.hole = hole
        self.result: SearchResult | None = None
        self._snapshot = snapshot
        self._document = document
        self._options = options
        self._search: HoleSearch | None = None

    @property
    def tree(self) -> Sequence[KeptRecord]:
        """The tree."""
        return self._search.search.watch.kept() if self._search else ()

    def pause(self) -> None:
        """Holds the search up, and its clock."""
        if self._search is not None:
            self._search.search.pause()

    def resume(self) -> None:
        """Goes on after `pause`."""
        if self._search is not None:
            self._search.search.resume()

    async def run(self, session: LeanSession, on_progress: OnProgress, on_note: Callable[[str], None]) -> None:
        """Searches. `on_note` is told what to bear in mind. Raises `QedError` where the hole cannot be worked on."""
        path, options = self._snapshot.path, self._options
        environments = await session.environments(
            options.environment, path, self._document, options.max_heartbeats, on_note
        )
        opening = environments.at(self._document, self.hole)
        async with contextlib.AsyncExitStack() as closing:
            numbers = itertools.count(1)

            async def another() -> SharingEnvironment:
                desk = Desk(session.server, scratch_path(path, f"search-{next(numbers)}"))
                closing.push_async_callback(desk.close)
                try:
                    return await opening.open(desk)
                except QedError:  # the pool goes on without it, and without its Lean
                    await desk.close()
                    raise

            pool = EnvironmentPool(await another(), another, self._options.recipe.workers)
            closing.push_async_callback(pool.close)
            if await asks_for_data(pool):
                raise QedError(
                    f"{self.hole.declaration} asks for data there, not for a proof: any value would do",
                    exit_code=ExitCode.USAGE,
                )
            searches = await closing.enter_async_context(self._options.recipe.searches(session.toolchain))
            settings = searches.settings(self._document, self.hole, pool, self._options.model)
            await self._searched(pool, settings, on_progress)

    async def _searched(self, pool: EnvironmentPool, settings: SearchSettings, on_progress: OnProgress) -> None:
        options = self._options
        context = context_of(self._document, self.hole)
        self._search = HoleSearch(pool, context, options.limits, on_progress, settings)
        if options.model is not None:
            options.model.within(self._search.search.budget)
        if options.kept is not None:
            await take_up(self._search.search, options.kept, pool)
        try:
            self.result = await self._search.run()
        finally:
            if options.save_to is not None:
                self._save(self._search, options.save_to)

    def _save(self, search: HoleSearch, path: Path) -> None:
        name, number = self.hole.declaration, self.hole.index + 1
        file = str(self._snapshot.path)
        saved(search.search, file=file, declaration=name, hole=number, before=self._options.kept).write(path)
