"""A search at one hole that one can look at: nothing is written to the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.environment.guards import screen_tactic
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.pool import EnvironmentPool
from tools.environment.scratch import Scratch
from tools.errors import ExitCode, QedError
from tools.lean.artifacts import artifacts_of
from tools.lean.document import Document, Hole
from tools.lean.machine import MachineLimits
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, require_imports
from tools.lean.writeback import FileSnapshot
from tools.search.context import context_of
from tools.search.limits import SearchLimits
from tools.search.prove import HoleSearch, SearchSettings, asks_for_data
from tools.search.result import SearchResult
from tools.search.saved import SavedSearch, saved, take_up
from tools.search.watched import NodeRecord, OnProgress


@dataclass(frozen=True)
class SearchOptions:
    """How to search. `kept` is a search to go on with; `save_to` gets the search at its end, also when cancelled."""

    limits: SearchLimits
    settings: SearchSettings
    max_heartbeats: int
    machine: MachineLimits
    kept: SavedSearch | None = None
    save_to: Path | None = None


class HoleRun:
    """The search at a hole of a file. `result` and `records` say how far it came, also when it was cancelled."""

    def __init__(self, snapshot: FileSnapshot, document: Document, hole: Hole, options: SearchOptions) -> None:
        self.hole = hole
        self.result: SearchResult | None = None
        self._snapshot = snapshot
        self._document = document
        self._options = options
        self._search: HoleSearch | None = None

    @property
    def records(self) -> Sequence[NodeRecord]:
        """The tree."""
        return self._search.search.watch.records if self._search else ()

    async def run(self, server: LeanServer, toolchain: Toolchain, on_progress: OnProgress) -> None:
        """Searches. Raises `QedError` where the hole cannot be worked on."""
        path = self._snapshot.path.absolute()
        require_imports(toolchain, path, [item.name for item in self._document.header.imports])
        scratch = Scratch.for_hole(self._document, self.hole, self._options.max_heartbeats)
        is_artifact, opened = artifacts_of(toolchain, self._snapshot.text), 0

        async def another() -> LanguageServerEnvironment:
            nonlocal opened
            opened += 1
            beside = path.with_name(f".{path.stem}.qed-search-{opened}.lean")
            return await LanguageServerEnvironment.open(
                server, beside, scratch, screen=screen_tactic, is_artifact=is_artifact
            )

        pool = EnvironmentPool(await another(), another, self._options.settings.workers)
        try:
            if await asks_for_data(pool):
                raise QedError(
                    f"{self.hole.declaration} asks for data there, not for a proof: any value would do",
                    exit_code=ExitCode.USAGE,
                )
            await self._searched(pool, on_progress)
        finally:
            await pool.close()

    async def _searched(self, pool: EnvironmentPool, on_progress: OnProgress) -> None:
        options = self._options
        context = context_of(self._document, self.hole)
        self._search = HoleSearch(pool, context, options.limits, on_progress, options.settings)
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
