"""`qed search`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from agent.prover.search_hole import HoleRun, SearchOptions
    from agent.prover.selection import Target
    from tools.lean.document import Document, Hole
    from tools.search.policy import SearchPolicy
    from tools.search.result import SearchResult
    from tools.search.saved import SavedSearch

_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True)
class _Options:
    """What stands on the command line, but for the target."""

    hole: int
    seconds: float
    policy: str | None
    samples: int
    workers: int
    save: Path | None
    resume: Path | None
    tree: bool
    export: Path | None
    toolchain: str | None
    as_json: bool


@click.command()
@click.argument("target", required=False, metavar="FILE[:LINE|::NAME]")
@click.option("--hole", type=click.IntRange(min=1), default=1, help="Which hole of the declaration or line, from 1.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), default=60.0, help="Seconds to search [60].")
@click.option(
    "--policy", type=click.Choice(["best-first", "breadth-first"]), default=None, help="The order [best-first]."
)
@click.option("--samples", type=click.IntRange(min=1), default=10, help="Breadth-first: tactics tried in a state [10].")
@click.option("--workers", type=click.IntRange(1, 16), default=1, help="Leans at work on the one tree [1].")
@click.option("--save", type=_FILE, default=None, help="Save the search to this file at the end, and at Ctrl+C.")
@click.option("--resume", type=_FILE, default=None, help="Go on with a search that was saved.")
@click.option("--tree", is_flag=True, help="Print the tree; with --resume alone only that, without Lean.")
@click.option("--export", type=_FILE, default=None, help="Append the tree to this file, for `qed progress dataset`.")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
@command_errors
def search(target: str | None, **given: Any) -> int:
    """Search for a proof of one hole, and show the search. Nothing is written to the Lean file.

    A saved search is printed with --resume FILE --tree, and gone on with when its Lean file is named as well. The exit
    code is 0 where a proof was found, 1 where nothing was left to try, 3 where the time was over.
    """
    from tools.errors import ExitCode, QedError
    from tools.search.saved import SavedSearch

    options = _Options(**given)
    kept = SavedSearch.read(options.resume) if options.resume else None
    if target is None:
        if kept is None or not options.tree:
            raise QedError(
                "name a hole: qed search FILE:LINE or FILE::NAME",
                hint="`qed search --resume SAVED --tree` prints a saved search.",
                exit_code=ExitCode.USAGE,
            )
        return _print_saved(kept)
    return _search(target, kept, options)


def _print_saved(kept: "SavedSearch") -> int:
    from rich.console import Console

    from agent.cli.search_tree import LEGEND, counts, drawn

    console = Console(highlight=False, soft_wrap=True)
    records = kept.records()
    where = _escaped(f"{kept.declaration} in {kept.file}")
    console.print(f"{where}, {kept.policy}: {kept.tactics} tactics in {kept.seconds:.1f} s")
    if (tree := drawn(records)) is not None:
        console.print(tree)
    console.print(f"{counts(records)}\n{LEGEND}")
    return 0


def _search(target: str, kept: "SavedSearch | None", options: _Options) -> int:
    from agent.cli.progress import stderr_console, toolchain_for
    from agent.config import load_config
    from agent.prover.search_hole import HoleRun, SearchOptions
    from agent.prover.selection import Target
    from tools.lean.document import Document
    from tools.lean.machine import lease_workers
    from tools.lean.server import LeanServer
    from tools.lean.writeback import FileSnapshot
    from tools.search.limits import SearchLimits
    from tools.search.prove import SearchSettings
    from tools.search.watched import SearchProgress

    place = Target.parse(target)
    snapshot = FileSnapshot.read(place.path)
    document = Document.parse(snapshot.text)
    config = load_config(place.path)
    toolchain = toolchain_for(place.path, options.toolchain or config.lean.toolchain)
    wanted = SearchOptions(
        limits=SearchLimits(seconds=options.seconds),
        settings=SearchSettings(policy=_policy(options, kept), workers=options.workers),
        max_heartbeats=config.prove.max_heartbeats,
        machine=config.lean.limits(),
        kept=kept,
        save_to=options.save,
    )
    work = HoleRun(snapshot, document, _hole(document, place, options.hole), wanted)
    console = stderr_console()

    async def searching() -> None:
        with console.status("starting Lean") as status:

            def show(progress: SearchProgress) -> None:
                tactic = " ".join(progress.tactic.split())[:60]
                counts = f"{progress.tactics} tactics, {progress.nodes} states, {progress.seconds:.0f} s"
                status.update(f"{progress.phase.value}: {counts}  [dim]{_escaped(tactic)}[/dim]")

            def waiting() -> None:
                status.update(f"waiting: other runs of qed use all {wanted.machine.max_workers} Lean workers")

            async with (
                lease_workers(wanted.settings.workers, wanted.machine, on_wait=waiting),
                LeanServer.running(toolchain, wanted.machine) as server,
            ):
                await work.run(server, toolchain, show)

    try:
        run(searching)
    except KeyboardInterrupt:
        _report(work, wanted, options)
        raise
    _report(work, wanted, options)
    return _exit_code(work.result)


def _escaped(text: str) -> str:
    from rich.markup import escape

    from agent.visible import shown

    return escape(shown(text))


def _policy(options: _Options, kept: "SavedSearch | None") -> "SearchPolicy":
    from tools.search.policy import BestFirst, BreadthFirst

    name = options.policy or (kept.policy if kept else BestFirst().name)
    return BreadthFirst(samples=options.samples) if name == BreadthFirst().name else BestFirst()


def _hole(document: "Document", place: "Target", number: int) -> "Hole":
    from tools.toolbox.holes import HoleArguments, find_hole

    named = HoleArguments(
        file=str(place.path),
        declaration=place.declaration or "",
        line=place.line or 0,
        hole=number if number > 1 or place.declaration or place.line else 0,
    )
    return find_hole(document, named)


def _report(work: "HoleRun", wanted: "SearchOptions", options: _Options) -> None:
    """What came of it, also when it was interrupted: the tree, the files."""
    import json

    from tools.search.saved import training_lines

    records = work.records
    if options.export is not None and records:
        with options.export.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in training_lines(records, work.hole.declaration))
    if options.as_json:
        click.echo(json.dumps(_as_json(work), ensure_ascii=False, indent=2))
    else:
        _print(work, tree=options.tree)
    if wanted.save_to is not None and records:
        click.echo(f"saved to {wanted.save_to}; `qed search --resume {wanted.save_to} --tree` prints it", err=True)


def _as_json(work: "HoleRun") -> dict[str, Any]:
    result = work.result
    body: dict[str, Any] = {"declaration": work.hole.declaration, "line": work.hole.line, "end": "interrupted"}
    if result is not None:
        body["end"] = "refuted" if result.refutation is not None else result.end.value
        body["proof"] = result.proofs[0] if result.proofs else None
        body["refutation"] = result.refutation.describe() if result.refutation is not None else None
        body |= {"tactics": result.tactics, "states": result.nodes, "seconds": round(result.seconds, 3)}
    return body | {"tree": [record.plain() for record in work.records]}


def _print(work: "HoleRun", *, tree: bool) -> None:
    from rich.console import Console

    from agent.cli.search_tree import LEGEND, counts, drawn

    console = Console(highlight=False, soft_wrap=True)
    if tree and (picture := drawn(work.records)) is not None:
        console.print(picture)
        console.print(f"{counts(work.records)}\n{LEGEND}")
    if (result := work.result) is None:
        return
    spent = f"{result.tactics} tactics in {result.nodes} states, {result.seconds:.1f} s"
    if result.refutation is not None:
        console.print(_escaped(f"{work.hole.declaration} cannot be proved: it is {result.refutation.describe()}"))
    elif result.proofs:
        console.print(f"{_escaped(work.hole.declaration)}: a proof after {spent}; it is not written\n")
        console.print(_escaped(result.proofs[0]))
    else:
        console.print(f"{_escaped(work.hole.declaration)}: no proof; {result.end.value} after {spent}")


def _exit_code(result: "SearchResult | None") -> int:
    from tools.errors import ExitCode
    from tools.search.engine import SearchEnd

    if result is None or result.refutation is not None:
        return ExitCode.NOT_PROVED
    if result.proofs:
        return ExitCode.PROVED
    return ExitCode.BUDGET if result.end is SearchEnd.BUDGET else ExitCode.NOT_PROVED
