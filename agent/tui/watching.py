"""Watching from the terminal: what `qed watch` does, as a task of the app, with its table in the proof pane."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.conversation.events import ProofAccepted
from agent.conversation.permissions import Mode
from agent.tui.proof_pane.watch_panel import WatchView
from agent.watch.ears import WatchEars
from agent.watch.lean_state import LeanState
from agent.watch.suggestion import Suggestion, SuggestionKey, Verdict
from agent.watch.table import SuggestionTable
from tools.errors import ExitCode, QedError

if TYPE_CHECKING:
    from agent.tui.app import QedApp
    from agent.watch.watcher import Watcher


class Watching:
    """Watches for the app: the project, or one file. `view` is what the pane shows, None before the first time."""

    def __init__(self, app: "QedApp") -> None:
        self.view: WatchView | None = None
        self._app = app
        self._watcher: Watcher | None = None
        self._task: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()

    @property
    def is_on(self) -> bool:
        """Whether watching goes on, or is about to begin."""
        return self._task is not None

    @property
    def writes(self) -> bool:
        """Whether accepted proofs are written unasked."""
        return self.view is not None and self.view.is_auto and self._app.mode is not Mode.READ_ONLY

    async def start(self, file: Path | None) -> None:
        """Watches the project, or the one file, instead of what was watched before."""
        async with self._changing:
            await self._end()
            self._show(WatchView((file or self._app.bench.root).name, SuggestionTable()))
            self._task = self._app.spawn(self._watch(file))
            self._tell_status()

    async def stop(self) -> None:
        """Ends watching, with its Lean, and takes the table away."""
        async with self._changing:
            await self._end()
            self._show(None)

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
            self._tell_status()

    def come_forward(self) -> None:
        """Shows the pane if it is hidden, and gives the keys to the table."""
        screen = self._app.screen
        screen.remove_class("-no-pane").set_class(screen.has_class("-narrow"), "-pane")
        self._app.pane.focus_watch()

    def write_unasked(self) -> None:
        """From now on accepted proofs are written unasked, those that are there already as well."""
        if self.view is not None:
            self._show(replace(self.view, is_auto=True))
            self._tell_status()
            if accepted := self.view.table.accepted():
                self.write(accepted)

    def ask_again(self) -> bool:
        """From now on nothing is written unasked; False where that was so already."""
        if self.view is None or not self.view.is_auto:
            return False
        self._show(replace(self.view, is_auto=False))
        self._tell_status()
        return True

    def write(self, keys: Sequence[SuggestionKey]) -> None:
        """Writes suggestions; how that went stands in the table. Raises `QedError` where nothing is watched."""
        if self._watcher is None:
            raise QedError("nothing is watched", hint="/watch begins.", exit_code=ExitCode.USAGE)
        for key in keys:
            self._watcher.accept_soon(key)

    # -- what is told

    async def _watch(self, file: Path | None) -> None:
        try:
            ears = WatchEars(self._changed, self._noted, self._lean_is, self._ready, lambda: self.writes)
            self._watcher = await self._app.bench.watcher(file, ears)
            await self._watcher.run()
        except QedError as error:
            if self.view is not None:
                self._show(replace(self.view, problem=f"{error.message}. {error.hint}".strip(". ")))
            raise
        finally:
            self._watcher = self._task = None
            self._tell_status()

    def _changed(self, key: SuggestionKey, suggestion: Suggestion | None) -> None:
        if self.view is None or not self._app.is_running:
            return
        before = self.view.table.suggestions.get(key)
        self.view.table.change(key, suggestion)
        self._show(self.view)
        if suggestion is not None and suggestion.verdict is Verdict.WRITTEN and not _is_written(before):
            self._wrote(suggestion)

    def _wrote(self, suggestion: Suggestion) -> None:
        path, name = suggestion.path, suggestion.declaration
        self._app.pane.apply(ProofAccepted(path=path, declaration=name, proof=suggestion.proof, axioms=()))
        self._app.note(f"{name}: {suggestion.proof}", title=f"Written to {path.name}")
        self._app.spawn(self._app.project.wrote(path))

    def _noted(self, text: str) -> None:
        if self.view is not None:
            self.view.table.note(text)
            self._show(self.view)

    def _lean_is(self, state: LeanState) -> None:
        if self.view is not None:
            self.view.table.lean = state
            self._show(self.view)

    def _ready(self) -> None:
        if self.view is not None:
            self.view.table.ready()
            self._show(self.view)

    def _show(self, view: WatchView | None) -> None:
        self.view = view
        if self._app.is_running:  # else its widgets may be gone
            self._app.pane.show_watch(view)

    def _tell_status(self) -> None:
        if self._app.is_running:
            auto = self.view is not None and self.view.is_auto
            self._app.set_status(watching="" if not self.is_on else "watching, writes" if auto else "watching")


def _is_written(suggestion: Suggestion | None) -> bool:
    return suggestion is not None and suggestion.verdict is Verdict.WRITTEN
