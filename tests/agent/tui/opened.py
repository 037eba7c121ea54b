"""The whole app as a person opens it: on a folder of its own, with the scripted model or none."""

import asyncio
import contextlib
import html
import re
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from agent.config.schema import Config
from agent.conversation.limits import TurnLimits
from agent.conversation.permissions import Answer, Mode
from agent.conversation.session import Session
from agent.llm.settings import ModelSettings
from agent.tui.app import QedApp
from agent.tui.permission import GRACE, PermissionPrompt
from agent.tui.status_line import StatusLine
from agent.wishes import Wishes
from agent.workbench.bench import Workbench
from tools.toolbox.tool import Proposal

HOLES = """theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem twice (n : Nat) : n + n = 2 * n := by
  sorry
"""
PATIENCE_SECONDS = 180
_SCREEN_TEXT = re.compile(r'<text[^>]* x="([\d.]+)"[^>]*clip-path="url\(#[^)"]*-line-(\d+)\)"[^>]*>(.*?)</text>')
_PICTURE_SECONDS = 0.2
"""Drawing one takes a tenth of a second, which Lean needs for itself."""
_COLUMN_WIDTH = 12.2
"""Of Textual's pictures."""


@dataclass
class Opened:
    """An app at work."""

    app: QedApp
    pilot: Pilot[None]
    bench: Workbench

    @property
    def text(self) -> str:
        """The conversation as plain text."""
        return self.app.transcript.plain_text()

    @property
    def screen(self) -> str:
        """The lines of the whole screen, as they are seen now."""
        lines: defaultdict[int, str] = defaultdict(str)
        for left, line, text in _SCREEN_TEXT.findall(self.app.export_screenshot()):
            column = round(float(left) / _COLUMN_WIDTH)
            lines[int(line)] = lines[int(line)].ljust(column) + html.unescape(text).replace("\xa0", " ")
        return "\n".join(lines[number].rstrip() for number in range(self.app.size.height))

    @property
    def is_asking(self) -> bool:
        """Whether a question about a write stands on the screen."""
        return bool(self.app.query(PermissionPrompt))

    async def sees(self, *texts: str) -> None:
        """Waits until these texts stand on the screen."""
        for text in texts:
            try:
                await self.until(lambda text=text: text in self.screen, text, every=_PICTURE_SECONDS)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.screen}") from None

    async def until(self, condition: Callable[[], object], what: str = "", *, every: float = 0.02) -> None:
        """Waits until something holds, which is looked at `every` so many seconds; fails when it never does."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not condition():
                    await self.pilot.pause(every)
        except TimeoutError:
            raise AssertionError(f"never: {what or condition}\n{self.text}") from None

    async def shows(self, *texts: str) -> None:
        """Waits until the conversation has these texts."""
        for text in texts:
            await self.until(lambda text=text: text in self.text, text)

    async def says(self, text: str) -> None:
        """Types a text into the composer and sends it."""
        self.app.composer.text = text
        self.app.composer.focus_input()
        await self.pilot.press("enter")

    async def answers(self, *keys: str) -> None:
        """Waits for a question about a write, and presses keys when they count."""
        await self.until(lambda: self.is_asking, "a question")
        await self.pilot.pause(2 * GRACE)
        await self.pilot.press(*keys)
        await self.until(lambda: not self.is_asking, "the question is answered")

    async def lean_is_ready(self) -> None:
        """Waits until Lean runs, and the holes are listed."""
        status = self.app.query_one(StatusLine)
        await self.until(lambda: status.status.lean.state == "ready" and status.status.holes is not None, "Lean")

    async def idle(self) -> None:
        """Waits until nothing is under way."""
        await self.pilot.pause()
        await self.until(lambda: not self.app.busy, "idle")


def settings(url: str | None = None, *, lean: bool = True) -> Config:
    """Settings: the embedded Lean (else one that is not there), and the scripted model if there is an address."""
    chosen = {"toolchain": "embedded" if lean else "/no/such/lean"}
    if url is None:
        return Config.model_validate({"lean": chosen})
    model = ModelSettings(model="hosted_vllm/test", base_url=url, tool_calling="native", retries=0)
    return Config.model_validate({"lean": chosen, "model": {"name": "scripted"}, "models": {"scripted": model}})


@contextlib.asynccontextmanager
async def opened(
    root: Path,
    url: str | None = None,
    *,
    size: tuple[int, int] = (120, 36),
    lean: bool = True,
    mode: Mode = Mode.ASK,
    session: Session | None = None,
    workbench: Callable[[Wishes], Workbench] = Workbench,
    clock: Callable[[], float] = time.monotonic,
    version: str = "0.0.0",
) -> AsyncGenerator[Opened]:
    """The app on a folder; ended, with its Lean, at the end of the block. `lean=False`: there is none to be found."""
    app: QedApp | None = None

    async def approve(proposal: Proposal) -> Answer:
        assert app is not None
        return await app.approve(proposal)

    wishes = Wishes(
        root, settings(url, lean=lean), session or Session.create(root), TurnLimits(), mode, approver=approve
    )
    bench = workbench(wishes)
    app = QedApp(bench, version, clock=clock)
    try:
        async with app.run_test(size=size) as pilot:
            yield Opened(app, pilot, bench)
            await app.finish()
    finally:
        await bench.close()
