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
    FileFinished,
    FileStarted,
    HoleFinished,
    HoleStarted,
    Noted,
    ProverEvent,
    Rechecking,
    Searching,
    WaitingForWorkers,
)
from agent.prover.report import HoleReport, RunReport
from tools.errors import QedError
from tools.lean.acceptance import ProofStatus
from tools.lean.recheck import RecheckStatus

_MARKS = {
    ProofStatus.PROVED: "[bold green]✓[/]",
    ProofStatus.DISPROVED: "[bold red]✗[/]",
    ProofStatus.NOT_PROVED: "[yellow]○[/]",
    ProofStatus.INCONCLUSIVE: "[magenta]?[/]",
}
_REFRESH_SECONDS = 0.1
_NAME_WIDTH = 34
_PROOF_WIDTH = 60
_DETAIL_WIDTH = 200


class ProveDisplay:
    """Shows the events of the prover. On a terminal the last line moves; elsewhere only finished lines appear.

    The moving line is there while a file is worked on, so that nothing else that moves (an installation) is in its way.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("", console=console) if console.is_terminal else None
        self._hole = ""
        self._shown_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._still()

    def show(self, event: ProverEvent) -> None:
        """Shows one event."""
        match event:
            case FileStarted(path, toolchain):
                self._console.print(f"[bold]{escape(str(path))}[/]  [dim]{escape(toolchain)}[/]")
                self._live("Lean reads the file")
            case WaitingForWorkers(limit):
                self._live(f"waiting: other runs of qed use all {limit} Lean workers of this machine")
            case Noted(text):
                self._console.print(f"[yellow]note:[/] {escape(text)}")
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
            case Rechecking():
                self._live("the project's checker replays the file")
            case FileFinished():
                self._still()

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
        total = f"{len(holes)} hole{'s' if len(holes) > 1 else ''}"
        self._console.print(f"[bold]{', '.join(parts)}[/] of {total} in {seconds:.0f} s")
        for file in report.files:
            if file.recheck is not None:
                text = f"{file.path}: the checker's answer: {file.recheck.value}: {file.recheck_detail}"
                self._console.print(
                    f"[bold red]{escape(text)}[/]" if file.recheck is RecheckStatus.REFUSED else escape(text)
                )
        written = [str(file.path) for file in report.files if file.written]
        if written:
            self._console.print(f"[dim]wrote {escape(', '.join(written))}; `qed undo` takes the last write back[/]")

    def _live(self, text: str) -> None:
        self._shown_at = time.monotonic()
        if self._status:
            self._status.update(escape(text))
            self._status.start()

    def _still(self) -> None:
        if self._status:
            self._status.stop()


def _hole_line(report: HoleReport) -> str:
    name = f"{report.declaration}:{report.line}"
    if report.status is ProofStatus.PROVED and report.proof:
        text, color = _one_line(report.proof), "default"
    else:
        text, color = _one_line(report.detail, _DETAIL_WIDTH), "dim"
    line = f"  {_MARKS[report.status]} {escape(name):<{_NAME_WIDTH}} [{color}]{escape(text)}[/]"
    return f"{line}  [dim]{report.seconds:.1f} s[/]"


def _one_line(text: str, width: int = _PROOF_WIDTH) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
