"""The app as it stands on a picture: the same on every machine, for nothing on it comes from a clock or an address."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.widgets import Input, TextArea

from agent.conversation.events import ErrorHappened, Event, ToolFinished, ToolStarted, TurnFinished
from agent.workbench.bench import Workbench
from agent.workbench.places import Place
from tests.agent.tui.opened import Opened
from tests.agent.tui.proof_pane.scenes import search, state

TOOL_SECONDS = 1.4
TURN_SECONDS = 12.0
SHOWN_ADDRESS = "http://localhost:8000/v1"
_CALL = "search"


class StillBench(Workbench):
    """A workbench whose work always takes the same time, and whose searches go on for ever where they stand."""

    async def say(self, prompt: str) -> AsyncGenerator[Event]:
        """One turn of the model, in no time."""
        async with contextlib.aclosing(super().say(prompt)) as events:
            async for event in events:
                yield self._stilled(event)

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> AsyncGenerator[Event]:
        """A tool call, in no time."""
        async with contextlib.aclosing(super().call(tool, arguments)) as events:
            async for event in events:
                yield self._stilled(event)

    async def search(self, place: Place, seconds: int) -> AsyncGenerator[Event]:
        """A search in the middle of its work."""
        yield ToolStarted(call=_CALL, tool="search_proof", arguments=place.arguments(), by="person")
        told = search(nodes=_nodes())
        here = {"path": str(place.path), "declaration": place.declaration, "hole": place.number}
        yield told.model_copy(update={"call": _CALL, "text": "38 states", "data": {**told.data, **here}})
        await asyncio.Event().wait()

    def _stilled(self, event: Event) -> Event:
        model = self.wishes.config.models.get(self.model_name or "")
        match event:
            case ToolFinished():
                return event.model_copy(update={"seconds": TOOL_SECONDS})
            case TurnFinished():
                return event.model_copy(update={"seconds": TURN_SECONDS})
            case ErrorHappened(message=message) if model is not None and not isinstance(model, str):
                return event.model_copy(update={"message": message.replace(model.base_url or "", SHOWN_ADDRESS)})
            case _:
                return event


def _nodes() -> Sequence[dict[str, Any]]:
    return (
        state(0, None, "", "¬(p ∧ q) ↔ ¬p ∨ ¬q", 4.0, "expanded"),
        state(1, 0, "constructor", "¬(p ∧ q) → ¬p ∨ ¬q", 3.0, "expanded", 2),
        state(2, 1, "intro h", "¬p ∨ ¬q", 2.5, "expanded"),
        state(3, 2, "by_cases hp : p", "¬p ∨ ¬q", 1.5),
        state(4, 0, "rw [not_and_or]", "", 9.0, "failed", 0),
    )


@dataclass
class Album:
    """Pictures of one app, taken one after the other and compared at the end, so that one run shows all that differ."""

    opened: Opened
    pictures: dict[str, str] = field(default_factory=dict[str, str])

    async def take(self, name: str) -> None:
        """Takes a picture of what stands on the screen now."""
        pilot = self.opened.pilot
        for screen in self.opened.app.screen_stack:
            for widget in screen.walk_children():
                if isinstance(widget, TextArea | Input):
                    widget.cursor_blink = False
        await pilot.pause()
        self.opened.app.transcript.paint()
        self.opened.app.pane.flush()
        await pilot.pause()
        self.pictures[name] = self.opened.app.export_screenshot()

    async def resize(self, width: int, height: int) -> None:
        """Gives the terminal another size."""
        await self.opened.pilot.resize_terminal(width, height)
        await self.opened.pilot.pause()


def project(home: Path, **files: str) -> Path:
    """A folder with Lean files below the home of a test: `project(tmp_path, Logic="…")`."""
    root = home / "proofs"
    root.mkdir()
    for name, text in files.items():
        (root / f"{name}.lean").write_text(text, encoding="utf-8")
    return root
