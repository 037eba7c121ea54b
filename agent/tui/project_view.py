"""The project as the person sees it: its holes, the current one, and files that change on the disk."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.conversation.events import ToolProgress
from agent.tui.composer.completion import Mention
from agent.watch.changes import FileChange, FileChanges
from agent.workbench.outline import FileOutline, outline
from agent.workbench.places import Place, places
from agent.workbench.writes import last_written

if TYPE_CHECKING:
    from agent.tui.app import QedApp


class ProjectView:
    """Keeps the app's widgets up to date with the files. `looked`: whether they have been looked at."""

    def __init__(self, app: "QedApp") -> None:
        self.outlines: tuple[FileOutline, ...] = ()
        self.holes: tuple[Place, ...] = ()
        self.current: Place | None = None
        self.looked = False
        self._app = app
        self._changes = FileChanges(app.bench.root)
        self._complete = True

    async def refresh(self) -> None:
        """Reads the files of the project anew."""
        # Looked at before the files are read: what is saved in between is told.
        await asyncio.to_thread(self._changes.look)
        found = await self._app.bench.outline()
        self.looked = True
        self._take(found.files)
        if self._complete and not found.complete:
            self._app.note("This folder is too large to be looked through: not all its files are listed.", "warning")
        self._complete = found.complete

    async def wrote(self, path: Path) -> None:
        """qed has written a file."""
        if written := await asyncio.to_thread(last_written, path):
            self._changes.wrote(path, written)
        await self._read_again([path])

    def _take(self, files: Sequence[FileOutline]) -> None:
        self.outlines = tuple(files)
        self.holes = tuple(places(self.outlines))
        if self.current not in self.holes:
            beside = (each for each in self.holes if self.current and each.path == self.current.path)
            self.current = next(beside, next(iter(self.holes), None))
        self._app.pane.show_outline(self.outlines)
        self._app.set_status(holes=len(self.holes))
        names = {name: file.name for file in self.outlines for name in file.declarations}
        mentions = [Mention(file.name, f"{len(file.holes)} open" if file.holes else "") for file in self.outlines]
        self._app.composer.mentions = [*mentions, *(Mention(name, where) for name, where in names.items())]

    def find(self, path: Path, declaration: str, number: int) -> Place | None:
        """The open hole at a place, if it is still open."""
        wanted = (path, declaration, number)
        return next((each for each in self.holes if (each.path, each.declaration, each.number) == wanted), None)

    def line_of(self, place: Place) -> int | None:
        """The line of a hole; None when it is no longer open."""
        holes = (hole for file in self.outlines if file.path == place.path for hole in file.holes)
        wanted = (place.declaration, place.number)
        return next((hole.line for hole in holes if (hole.declaration, hole.number) == wanted), None)

    def choose(self, place: Place, *, look: bool = True) -> None:
        """Makes a hole the current one; `look`: asks Lean for its goals and shows them."""
        self.current = place
        if look:
            self._app.spawn(self._show_goals(place))

    async def _show_goals(self, place: Place) -> None:
        goals = await self._app.bench.goals(place, self._elaborating)
        if place == self.current:
            self._app.pane.show_goals(place.path, place.declaration, place.number, goals)

    def _elaborating(self, text: str, data: Mapping[str, Any] | None = None) -> None:
        self._app.pane.apply(ToolProgress(call="goals", text=text, data=dict(data or {})))

    async def follow(self) -> None:
        """Takes notice of files that change, until it is cancelled."""
        async with contextlib.aclosing(self._changes.changes()) as batches:
            async for batch in batches:
                await self._changed(batch)

    async def _read_again(self, paths: Sequence[Path]) -> None:
        gone = {path for path in paths if not path.is_file()}
        root = self._app.bench.root
        fresh = await asyncio.to_thread(outline, [path for path in paths if path not in gone], root)
        kept = {file.path: file for file in self.outlines if file.path not in gone}
        kept |= {file.path: file for file in fresh}
        self._take(sorted(kept.values(), key=lambda file: file.name))

    async def _changed(self, batch: Sequence[FileChange]) -> None:
        touched = [change.path for change in batch]
        await self._read_again(touched)
        for change in (change for change in batch if change.by != "qed"):
            self._app.note(f"{change.path.name} was {change.what} outside qed{self._holes_left(change.path)}")
        if self.current is not None and self.current.path in touched:
            self.choose(self.current)

    def _holes_left(self, path: Path) -> str:
        file = next((file for file in self.outlines if file.path == path), None)
        return f": {len(file.holes)} open" if file is not None else ""
