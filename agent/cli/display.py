"""What `qed prove` shows on standard error: a line a hole, a sign of life while it works, a summary."""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from agent.prover.events import (
    Checking,
    FileStarted,
    HoleFinished,
    HoleStarted,
    ProverEvent,
    Searching,
    WaitingForWorkers,
)
from agent.prover.report import HoleReport, RunReport
from tools.errors import QedError
from tools.lean.acceptance import ProofStatus

_MARKS = {
    ProofStatus.PROVED: "[bold green]✓[/]",
    ProofStatus.DISPROVED: "[bold red]✗[/]",
    ProofStatus.NOT_PROVED: "[yellow]○[/]",
    ProofStatus.INCONCLUSIVE: "[magenta]?[/]",
}
_REFRESH_SECONDS = 0.1
_NAME_WIDTH = 34
_PROOF_WIDTH = 60


class ProveDisplay:
    """Shows the events of the prover. On a terminal the last line moves; elsewhere only finished lines appear."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("starting", console=console) if console.is_terminal else None
        self._hole = ""
        self._shown_at = 0.0

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def show(self, event: ProverEvent) -> None:
        """Shows one event."""
        match event:
            case FileStarted(path, toolchain):
                self._console.print(f"[bold]{escape(str(path))}[/]  [dim]{escape(toolchain)}[/]")
                self._live("Lean reads the file")
            case WaitingForWorkers(limit):
                self._live(f"waiting: other runs of qed use all {limit} Lean workers of this machine")
            case HoleStarted(declaration, line, number, total):
                self._hole = f"[{number}/{total}] {declaration} (line {line})"
                self._live(self._hole)
            case Searching(tactics, nodes, tactic):
                if time.monotonic() - self._shown_at > _REFRESH_SECONDS:
                    self._live(f"{self._hole}  {tactics} tactics, {nodes} states: {_one_line(tactic)}")
            case Checking(proof):
                self._live(f"{self._hole}  Lean checks the file with {_one_line(proof)}")
            case HoleFinished(report):
                self._console.print(_hole_line(report))
            case _:
                pass

    def error(self, path: Path, error: QedError) -> None:
        """Shows an error that ended the work on a file."""
        self._console.print(f"[bold red]error:[/] {escape(error.message)}")
        if error.hint:
            self._console.print(f"  [cyan]hint:[/] {escape(error.hint)}")

    def summary(self, report: RunReport) -> None:
        """Shows the last lines: what is proved, what is open, and what was written."""
        holes = [hole for file in report.files for hole in file.holes]
        if report.interrupted:
            self._console.print("[bold yellow]interrupted[/]: what was accepted before is kept")
        if not holes:
            if report.files:
                self._console.print("no holes to prove")
            return
        counts = {status: sum(hole.status is status for hole in holes) for status in ProofStatus}
        parts = [f"{count} {status.value}" for status, count in counts.items() if count]
        seconds = sum(file.seconds for file in report.files)
        self._console.print(f"[bold]{', '.join(parts)}[/] of {len(holes)} holes in {seconds:.0f} s")
        written = [str(file.path) for file in report.files if file.written]
        if written:
            self._console.print(f"[dim]wrote {escape(', '.join(written))}; `qed undo` takes the last write back[/]")

    def _live(self, text: str) -> None:
        self._shown_at = time.monotonic()
        if self._status:
            self._status.update(escape(text))


def _hole_line(report: HoleReport) -> str:
    name = f"{report.declaration}:{report.line}"
    text = _one_line(report.proof) if report.status is ProofStatus.PROVED and report.proof else report.detail
    color = "default" if report.status is ProofStatus.PROVED else "dim"
    line = f"  {_MARKS[report.status]} {escape(name):<{_NAME_WIDTH}} [{color}]{escape(_one_line(text))}[/]"
    return f"{line}  [dim]{report.seconds:.1f} s[/]"


def _one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _PROOF_WIDTH else flat[: _PROOF_WIDTH - 1] + "…"
