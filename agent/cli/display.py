"""What `qed prove` shows on standard error: a line a hole, what goes on while it works, a summary."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

from agent.cli.at_work import AtWork
from agent.cli.live_lines import LiveLines
from agent.cli.prove_lines import hole_line, summary_lines
from agent.cli.work_table import table
from agent.prover.events import FileFinished, FileStarted, HoleFinished, Noted, ProverEvent
from agent.prover.report import RunReport
from agent.visible import shown
from tools.errors import QedError


class ProveDisplay:
    """Shows the events of the prover. On a terminal the last lines move; elsewhere only finished lines appear.

    The moving lines are there while a file is worked on, so that nothing else that moves (an installation) is in their
    way. `clock` returns seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._work = AtWork()
        self._live = LiveLines(console, lambda width, height: table(self._work, clock(), width, height))
        self._moves = console.is_terminal and not console.is_dumb_terminal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, event: ProverEvent) -> None:
        """Shows one event."""
        with self._live.lock:
            self._work.take(event, self._clock())
        match event:
            case FileStarted(path, toolchain):
                self._live.above(Text.assemble((shown(str(path)), "bold"), "  ", (shown(toolchain), "dim")))
                if self._moves:
                    self._live.start()
            case Noted(text):
                self._live.above(Text.assemble(("note:", "yellow"), " ", shown(text)))
            case HoleFinished(_, report):
                self._live.above(hole_line(report))
            case FileFinished():
                self._live.stop()
            case _:
                pass

    def draw(self) -> None:
        """Draws what moves at once, without waiting for its time."""
        if self._live.running:
            self._live.draw()

    def error(self, path: Path, error: QedError) -> None:
        """Shows an error that ended the work on a file."""
        self._console.print(Text.assemble(("error:", "bold red"), " ", shown(error.message)))
        if error.hint:
            self._console.print(Text.assemble("  ", ("hint:", "cyan"), " ", shown(error.hint)))

    def summary(self, report: RunReport) -> None:
        """Shows the last lines: what is proved, what is open, and what was written."""
        for line in summary_lines(report):
            self._console.print(line)
