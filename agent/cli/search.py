"""`qed search`."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from agent.cli.runner import command_errors, run
from agent.cli.search_model import End, ModelOptions, end_of, model_of, spent
from agent.visible import shown
from tools.environment.names import EnvironmentName

if TYPE_CHECKING:
    from agent.prover.search_hole import HoleRun, SearchOptions
    from agent.prover.selection import Target
    from tools.lean.document import Document, Hole
    from tools.lean.toolchain import Toolchain
    from tools.search.limits import SearchLimits
    from tools.search.policy import SearchPolicy
    from tools.search.saved import SavedSearch

_COUNT, _POSITIVE = click.IntRange(min=1), click.FloatRange(min=0, min_open=True)
_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True)
class _Options:
    """What stands on the command line, but for the target."""

    hole: int
    seconds: float
    policy: str | None
    samples: int
    max_tactics: int | None
    max_states: int | None
    max_depth: int | None
    workers: int | None
    save: Path | None
    resume: Path | None
    tree: bool
    export: Path | None
    toolchain: str | None
    environment: EnvironmentName | None
    as_json: bool
    model: ModelOptions

    def limits(self) -> "SearchLimits":
        """What the search may spend."""
        from tools.search.limits import SearchLimits

        usual = SearchLimits()
        return SearchLimits(
            seconds=self.seconds,
            tactics=self.max_tactics or usual.tactics,
            nodes=self.max_states or usual.nodes,
            depth=self.max_depth or usual.depth,
            tokens=self.model.max_tokens,
            cost=self.model.max_cost,
        )


@click.command()
@click.argument("target", required=False, metavar="FILE[:LINE|::NAME]")
@click.option("--hole", type=_COUNT, default=1, help="Which hole of the declaration or line, from 1.")
@click.option("--seconds", type=_POSITIVE, default=60.0, help="Seconds to search [60].")
@click.option(
    "--policy", type=click.Choice(["best-first", "breadth-first"]), default=None, help="The order [best-first]."
)
@click.option("--samples", type=_COUNT, default=10, help="Breadth-first: tactics tried in a state [10].")
@click.option("--model", default=None, help="A model that proposes tactics: litellm's name, or an alias of yours.")
@click.option("--model-samples", type=_COUNT, default=None, help="Answers of the model for a state [8; or --samples].")
@click.option(
    "--prompt",
    type=click.Choice(["tactic_suggestion", "seed_tactic"]),
    default=None,
    help="How the model is asked [seed_tactic where --policy is breadth-first, else tactic_suggestion].",
)
@click.option(
    "--max-tokens", type=_COUNT, default=None, help="Tokens of the model at most; the search goes on without."
)
@click.option("--max-cost", type=_POSITIVE, default=None, help="US dollars at most; the search goes on without.")
@click.option("--max-tactics", type=_COUNT, default=None, help="Tactics to run at most [no limit worth mentioning].")
@click.option("--max-states", type=_COUNT, default=None, help="States to visit at most [likewise].")
@click.option("--max-depth", type=_COUNT, default=None, help="Tactics from the hole to a state at most [14].")
@click.option("--workers", type=click.IntRange(1, 16), default=None, help="Leans at work on the one tree [1].")
@click.option("--save", type=_FILE, default=None, help="Save the search to this file at the end, and at Ctrl+C.")
@click.option("--resume", type=_FILE, default=None, help="Go on with a search that was saved.")
@click.option("--tree", is_flag=True, help="Print the tree; with --resume alone only that, without Lean.")
@click.option("--export", type=_FILE, default=None, help="Append the tree to this file, for `qed progress dataset`.")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.option(
    "--environment",
    type=click.Choice(get_args(EnvironmentName)),
    default=None,
    help="Where tactics are tried [language-server]; leandojo needs a repository that LeanDojo has traced.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
@command_errors
def search(target: str | None, **given: Any) -> int:
    """Search for a proof of one hole, and show the search. Nothing is written to the Lean file.

    A saved search is printed with --resume FILE --tree, and gone on with when its Lean file is named as well. The exit
    code is 0 where a proof was found, 1 where nothing was left to try, 3 where a limit was reached, 60 where the model
    could not be asked.

    With --model a model proposes tactics besides qed's own; with --policy breadth-first it alone does.
    """
    from tools.errors import ExitCode, QedError
    from tools.search.saved import SavedSearch

    about_model = ModelOptions(**{name: given.pop(name) for name in ModelOptions.__slots__})
    about_model.check()
    options = _Options(**given, model=about_model)
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

    from agent.cli.search_tree import picture

    console = Console(highlight=False, soft_wrap=True)
    where = _escaped(f"{kept.declaration} in {kept.file}")
    console.print(f"{where}, {kept.policy}: {kept.tactics} tactics in {kept.seconds:.1f} s")
    console.print(picture(kept.records()))
    return 0


@dataclass(frozen=True)
class _Job:
    """A search, and what it needs."""

    work: "HoleRun"
    wanted: "SearchOptions"
    toolchain: "Toolchain"


def _search(target: str, kept: "SavedSearch | None", options: _Options) -> int:
    job = _job(target, kept, options)
    try:
        run(lambda: _running(job))
    except KeyboardInterrupt:
        _report(job, options)
        raise
    _report(job, options)
    return _exit_code(job)


def _job(target: str, kept: "SavedSearch | None", options: _Options) -> _Job:
    from agent.cli.progress import toolchain_for
    from agent.config import load_config
    from agent.prover.search_hole import HoleRun, SearchOptions
    from agent.prover.selection import Target
    from tools.lean.document import Document
    from tools.lean.writeback import FileSnapshot

    place = Target.parse(target)
    snapshot = FileSnapshot.read(place.path)
    document = Document.parse(snapshot.text)
    config = load_config(place.path)
    toolchain = toolchain_for(place.path, options.toolchain or config.lean.toolchain)
    policy = _policy(options, kept)
    model = model_of(options.model, policy, config, place.path.absolute().parent)
    recipe = config.search_recipe()
    wanted = SearchOptions(
        limits=options.limits(),
        recipe=replace(recipe, policy=policy, workers=options.workers or recipe.workers),
        max_heartbeats=config.prove.max_heartbeats,
        machine=config.lean.limits(),
        kept=kept,
        save_to=options.save,
        environment=options.environment or config.lean.environment,
        model=model,
    )
    return _Job(HoleRun(snapshot, document, _hole(document, place, options.hole), wanted), wanted, toolchain)


async def _running(job: _Job) -> None:
    from agent.cli.progress import stderr_console
    from agent.cli.suspending import suspending
    from tools.environment.session import LeanSession
    from tools.search.watched import SearchProgress

    console, wanted, model = stderr_console(), job.wanted, job.wanted.model
    with console.status("starting") as status:

        def show(progress: SearchProgress) -> None:
            tactic = " ".join(progress.tactic.split())[:60]
            counts = f"{progress.tactics} tactics, {progress.nodes} states, {progress.seconds:.0f} s"
            asked = f", {spent(model)}" if model else ""
            status.update(f"{progress.phase.value}: {counts}{asked}  [dim]{_escaped(tactic)}[/dim]")

        def noted(text: str) -> None:
            console.print(f"[yellow]note:[/] {_escaped(text)}")

        def waiting() -> None:
            status.update(f"waiting: other runs of qed use all {wanted.machine.max_workers} Lean workers")

        def pause() -> None:
            job.work.pause()
            status.stop()

        def resume() -> None:
            status.start()
            job.work.resume()

        if model is not None:
            await model.check()  # before Lean, which takes seconds to start
        opened = LeanSession.opened(job.toolchain, wanted.machine, workers=wanted.recipe.workers, on_wait=waiting)
        async with opened as session:
            with suspending(pause, resume):
                await job.work.run(session, show, noted)


def _escaped(text: str) -> str:
    from rich.markup import escape

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


def _report(job: _Job, options: _Options) -> None:
    """What came of it, also when it was interrupted: the tree, the files."""
    import json

    from tools.search.saved import training_lines

    work, tree = job.work, job.work.tree
    if options.export is not None and tree:
        with options.export.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in training_lines(tree, work.hole.declaration))
    if options.as_json:
        click.echo(json.dumps(_as_json(job), ensure_ascii=False, indent=2))
    else:
        _print(job, tree=options.tree)
    for note in job.wanted.model.notes() if job.wanted.model else ():
        click.echo(f"note: {shown(note)}", err=True)
    if options.save is not None and tree:
        click.echo(f"saved to {options.save}; `qed search --resume {options.save} --tree` prints it", err=True)


def _as_json(job: _Job) -> dict[str, Any]:
    work, model = job.work, job.wanted.model
    result = work.result
    body: dict[str, Any] = {"declaration": work.hole.declaration, "line": work.hole.line, "end": "interrupted"}
    if result is not None:
        body["end"] = "refuted" if result.refutation is not None else end_of(result, model).value
        body["proof"] = result.proofs[0] if result.proofs else None
        body["refutation"] = result.refutation.describe() if result.refutation is not None else None
        body |= {"tactics": result.tactics, "states": result.nodes, "seconds": round(result.seconds, 3)}
    if model is not None:
        body["model"] = model.plain()
    return body | {"tree": [kept.record.plain() for kept in work.tree]}


def _print(job: _Job, *, tree: bool) -> None:
    from rich.console import Console

    from agent.cli.search_tree import picture

    console, work, model = Console(highlight=False, soft_wrap=True), job.work, job.wanted.model
    if tree and work.tree:
        console.print(picture([kept.record for kept in work.tree]))
    if (result := work.result) is None:
        return
    after = f"{result.tactics} tactics in {result.nodes} states, {result.seconds:.1f} s"
    after += f", {spent(model)}" if model else ""
    if result.refutation is not None:
        console.print(_escaped(f"{work.hole.declaration} cannot be proved: it is {result.refutation.describe()}"))
    elif result.proofs:
        console.print(f"{_escaped(work.hole.declaration)}: a proof after {after}; it is not written\n")
        console.print(_escaped(result.proofs[0]))
    else:
        console.print(f"{_escaped(work.hole.declaration)}: no proof; {end_of(result, model).value} after {after}")


def _exit_code(job: _Job) -> int:
    from tools.errors import ExitCode

    result = job.work.result
    if result is None or result.refutation is not None:
        return ExitCode.NOT_PROVED
    if result.proofs:
        return ExitCode.PROVED
    codes = {End.BUDGET: ExitCode.BUDGET, End.MODEL_FAILED: ExitCode.MODEL_FAILED}
    return codes.get(end_of(result, job.wanted.model), ExitCode.NOT_PROVED)
