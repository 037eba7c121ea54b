"""Progress on standard error: the installation of the embedded toolchain."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from tools.lean.embedded.install import Installation
    from tools.lean.toolchain import Toolchain


def stderr_console() -> "Console":
    """A console on standard error, which leaves standard output to results."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def install_with_progress(console: "Console | None" = None, *, afresh: bool = False) -> "Installation":
    """The embedded toolchain; what is missing (everything, if `afresh`) is downloaded once, with a progress bar."""
    from tools.lean.embedded.code_cache import ensure_building
    from tools.lean.embedded.install import ensure_installed, find_installed, repair

    if not afresh and (found := find_installed()) is not None:
        ensure_building(found)
        return found
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = console or stderr_console()
    console.print("Installing the embedded Lean toolchain (about 120 MB, once).")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        bar.add_task("starting", total=None)

        def show(step: str, done: int, total: int) -> None:
            (task,) = bar.tasks
            if task.description != step:  # a task with a known total cannot go back to an unknown one
                bar.remove_task(task.id)
                bar.add_task(step, total=total or None, completed=done)
            else:
                bar.update(task.id, completed=done, total=total or None)

        installed = (repair if afresh else ensure_installed)(show)
    console.print(f"Lean is in {installed.root}")
    ensure_building(installed)
    return installed


def toolchain_for(path: Path, choice: str, console: "Console | None" = None) -> "Toolchain":
    """Discovers the toolchain for a path; the embedded one is installed if it is chosen and not there."""
    from tools.lean.toolchain import ToolchainKind, discover

    toolchain = discover(path, choice)
    if toolchain.kind is ToolchainKind.EMBEDDED:
        install_with_progress(console)
    return toolchain
