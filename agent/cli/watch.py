"""`qed watch`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from agent.cli.watch_screen import WatchScreen
    from agent.watch.watcher import WatchOptions
    from tools.lean.toolchain import Toolchain

_AMOUNT = click.FloatRange(min=0, min_open=True)
_MINUTES = 60.0


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write accepted proofs without asking.")
@click.option("--now", is_flag=True, help="Work on the holes that are there already as well.")
@click.option("--timeout", type=_AMOUNT, default=None, help="Seconds for each hole [30; 300 with a model].")
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="Holes to work on at once [1; 4 with a model].")
@click.option("--model", default=None, help="Ask this model as well; without it none is asked while you type.")
@click.option("--max-cost", type=_AMOUNT, default=None, help="US dollars for all saves together [1].")
@click.option("--idle", type=_AMOUNT, default=10.0, show_default=True, help="Minutes until Lean falls asleep.")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@command_errors
def watch(
    path: Path,
    write: bool,
    now: bool,
    timeout: float | None,
    jobs: int | None,
    model: str | None,
    max_cost: float | None,
    idle: float,
    toolchain: str | None,
) -> int:
    """Watch a folder or a file: on every save its new and changed holes, and proofs that fail now, are worked on.

    What is found stands in a table. It is written only with --write, or when you say so: the number of a line writes
    it, `a` writes all that are accepted, `q` leaves. A save while qed works gives up what became obsolete.

    Comments above a declaration are obeyed: `-- qed: skip`, `-- qed: hint …`, `-- qed: timeout 60`.
    """
    from agent.cli.progress import toolchain_for
    from agent.cli.watch_screen import WatchScreen
    from agent.prover.memory import NoMemory
    from agent.prover.purse import Purse
    from agent.prover.request import RunRequest
    from agent.prover.setup import RunSetup
    from agent.watch.model_memory import ModelMemory
    from agent.watch.watcher import WatchOptions
    from tools.errors import ExitCode, QedError

    if not path.exists():
        raise QedError(f"there is no {path}", hint="qed watch FILE, or a folder.", exit_code=ExitCode.FILE_NOT_FOUND)
    request = RunRequest(
        targets=(str(path),),
        timeout=timeout,
        jobs=jobs,
        max_cost=max_cost,
        toolchain=toolchain,
        model=model,
        no_model=model is None,
    )
    setup = RunSetup.of(request, Path.cwd())
    if setup.model is not None:
        run(setup.model.check)
    memory = ModelMemory(setup.model) if setup.model is not None else NoMemory()
    prove = setup.options_with(memory, Purse(setup.allowance()))
    options = WatchOptions(prove, now=now, idle_seconds=idle * _MINUTES)
    chosen = toolchain_for(path, setup.toolchain)
    folder, file = (path.parent, path) if path.is_file() else (path, None)
    run(lambda: _watch(folder, file, chosen, options, WatchScreen(), write))
    return ExitCode.PROVED


async def _watch(
    folder: Path,
    file: Path | None,
    toolchain: "Toolchain",
    options: "WatchOptions",
    screen: "WatchScreen",
    write: bool,
) -> None:
    import asyncio

    from agent.cli.keys import keys_pressed
    from agent.watch.ears import WatchEars
    from agent.watch.watcher import Watcher

    ears = WatchEars(screen.change, screen.note, screen.lean, screen.ready, lambda: write)
    watcher = Watcher(folder, file, toolchain, options, ears)
    watching = asyncio.create_task(watcher.run())
    has_left = False

    def pressed(key: str) -> None:
        nonlocal has_left
        if key == "q":
            has_left = True
            watching.cancel()
        for chosen in screen.chosen(key):
            watcher.accept_soon(chosen)

    with screen.shown(file or folder), keys_pressed(pressed):
        try:
            await watching
        except asyncio.CancelledError:
            if not has_left:
                raise
