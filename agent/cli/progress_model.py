"""`qed progress`: LeanProgress, a model that predicts how many steps a proof has left."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from agent.cli.progress_training import train
from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from tools.progress.choice import ScoringModel
    from tools.progress.dataset import DatasetCounts, Source
    from tools.progress.example import ProgressQuestion, Skipped
    from tools.progress.scorer import LeanProgressScorer
    from tools.progress.trajectory import Trajectory

_SCORED_AT_ONCE = 256


@click.group()
def progress() -> None:
    """LeanProgress: predict how many steps a proof has left.

    `dataset` makes rows of proofs, `train` a model of the rows, `score` asks the model. The one that the settings
    ([progress] model) or LEANPROGRESS_MODEL name is asked in `qed` as well: by /score, and by the model that proves.
    Needs the extra: pip install 'qed-agent[progress]'.
    """


@progress.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@command_errors
def sample(output: Path) -> int:
    """Write the three-line smoke set: enough to see that a training runs."""
    from tools.progress.example import write_examples
    from tools.progress.sample import SAMPLE

    count = write_examples(output, SAMPLE)
    click.echo(f"wrote {output}: {count} rows")
    return 0


@progress.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@click.option(
    "--balance/--no-balance",
    default=True,
    help="Keep 1, 30, 50, 70 and 100 % of the proofs of up to 5, 10, 15, 20 and more steps, or keep all [balance].",
)
@click.option("--seed", type=int, default=42, help="Which proofs balancing keeps [42].")
@click.option(
    "--dead-ends",
    type=click.IntRange(min=1),
    default=None,
    help="Of search trees, keep what a search visited in vain too: it counts as so many steps remaining.",
)
@click.option("--skip-bad", is_flag=True, help="Pass over what cannot be read, and say how much that was.")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, help="Seconds for a Lean file [300]."
)
@command_errors
def dataset(
    sources: tuple[Path, ...],
    output: Path,
    balance: bool,
    seed: int,
    dead_ends: int | None,
    skip_bad: bool,
    toolchain: str | None,
    timeout: float,
) -> int:
    """Make rows of proofs: goal, prefix, tactic, steps remaining.

    SOURCES are told apart by their endings: .lean files and folders of them (each tactic proof is walked in Lean;
    declarations with errors or `sorry` give no rows), .json files of LeanDojo Benchmark 4, and .jsonl files of saved
    search trees.
    """
    from tools.progress.dataset import DatasetCounts, dataset_rows, find_sources
    from tools.progress.example import Skipped, write_examples

    found = find_sources(sources)
    skipped, unproved, counts = Skipped(), Skipped(), DatasetCounts()
    reading = _Reading(skipped if skip_bad else None, unproved, dead_ends)
    trajectories = _trajectories(found, reading, toolchain, timeout)
    try:
        write_examples(output, dataset_rows(trajectories, counts, balance=balance, seed=seed))
    finally:
        _say_skipped(unproved, "declarations without a proof that can be followed")
        _say_skipped(skipped, "bad entries passed over")
    click.echo(f"wrote {output}: {_figures(counts)}")
    return 0


def _figures(counts: "DatasetCounts") -> str:
    kept = f"{counts.rows} rows of {counts.proofs_kept} proofs, {counts.mean_kept:.1f} steps long on average"
    if counts.proofs_kept == counts.proofs_seen:
        return kept
    return f"{kept} (balanced: of {counts.proofs_seen} proofs of {counts.mean_seen:.1f} steps)"


def _say_skipped(skipped: "Skipped", what: str) -> None:
    if not skipped.count:
        return
    click.echo(f"{skipped.count} {what}:", err=True)
    for note in skipped.notes:
        click.echo(f"  {note}", err=True)
    if skipped.count > len(skipped.notes):
        click.echo("  …", err=True)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How sources are read: where bad entries are counted (None: they are errors), and what dead ends count as."""

    skipped: "Skipped | None"
    unproved: "Skipped"
    dead_ends: int | None


def _trajectories(
    sources: "list[Source]", reading: _Reading, toolchain: str | None, timeout: float
) -> "Iterator[Trajectory]":
    from tools.progress.benchmark import read_benchmark
    from tools.progress.dataset import SourceKind
    from tools.progress.search_trees import read_trees

    for source in sources:
        if source.kind is SourceKind.BENCHMARK:
            yield from read_benchmark(source.path, reading.skipped)
        elif source.kind is SourceKind.TREES:
            yield from read_trees(source.path, reading.skipped, reading.dead_ends)
    lean = [source.path for source in sources if source.kind is SourceKind.LEAN]
    if lean:
        yield from run(lambda: _walk(lean, reading.skipped, reading.unproved, toolchain, timeout))


async def _walk(
    files: list[Path], skipped: "Skipped | None", unproved: "Skipped", choice: str | None, timeout: float
) -> "list[Trajectory]":
    """Walks the files, those of one project with one server."""
    from itertools import groupby

    from agent.cli.progress import toolchain_for
    from agent.cli.session import lean_server
    from agent.config import load_config
    from tools.errors import QedError
    from tools.lean.writeback import FileSnapshot
    from tools.progress.lean_files import walk_file

    found: list[Trajectory] = []
    config = load_config(files[0])
    chosen = ((toolchain_for(file, choice or config.lean.toolchain), file) for file in files)
    for toolchain, members in groupby(chosen, key=lambda pair: pair[0]):
        async with lean_server(toolchain, config.lean.limits()) as server:
            for _, file in members:
                click.echo(f"{file} …", err=True)
                try:
                    snapshot = FileSnapshot.read(file)
                    walked = walk_file(
                        server, snapshot.path, snapshot.text, timeout=timeout, passed=unproved, name=str(file)
                    )
                    found += await walked
                except QedError as error:
                    if skipped is None:
                        raise
                    skipped.add(f"{file}: {error.message}")
    return found


@progress.command()
@click.option("--model", default=None, help="A folder that `train` made, or a name of the hub [that of the settings].")
@click.option("--goal", default=None, help="The proof state, as `qed goals` prints it.")
@click.option("--tactic", "tactics", multiple=True, help="The tactic; several are ranked.")
@click.option("--prefix", default="", help="The tactics before it, one a line.")
@click.option("--file", type=click.File("r", encoding="utf-8", errors="surrogateescape"), help="Rows; - reads stdin.")
@click.option("--device", default=None, help="auto, cpu, cuda, cuda:N [that of the settings, or auto].")
@click.option("--template", default=None, help="The text of a row [that of the model].")
@click.option("--max-length", type=click.IntRange(min=8), default=None, help="Tokens of a text [as in training].")
@click.option("--skip-bad", is_flag=True, help="Pass over rows that cannot be read.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@command_errors
def score(
    model: str | None,
    goal: str | None,
    tactics: tuple[str, ...],
    prefix: str,
    file: IO[str] | None,
    device: str | None,
    template: str | None,
    max_length: int | None,
    skip_bad: bool,
    as_json: bool,
) -> int:
    """Predict the steps that remain after tactics: of one state, or of rows (goal, tactic, prefix) in JSON Lines.

    What is not given, the settings say ([progress] model, device, template), and then LEANPROGRESS_MODEL, _DEVICE and
    _TEMPLATE.
    """
    from tools.progress.example import ProgressQuestion, Skipped, parse_lines
    from tools.progress.scorer import LeanProgressScorer

    chosen = _chosen(model, device, template)
    if (file is None) == (goal is None) or (goal is not None) != bool(tactics):
        raise click.UsageError("give --goal and --tactic, or --file")
    skipped = Skipped()
    scorer = LeanProgressScorer(chosen.name, device=chosen.device, template=chosen.template, max_length=max_length)
    if file is not None:
        rows = parse_lines(file, file.name, ProgressQuestion, skipped if skip_bad else None)
        _score(scorer, rows, as_json)
    else:
        questions = [ProgressQuestion(goal=goal or "", tactic=tactic, prefix=prefix) for tactic in tactics]
        _score(scorer, iter(questions), as_json, ranked=True)
    _say_skipped(skipped, "bad rows passed over")
    return 0


def _chosen(model: str | None, device: str | None, template: str | None) -> "ScoringModel":
    """The model of the flags, else of the settings, else of the variables."""
    from agent.config import load_config
    from tools.progress.choice import MODEL_VARIABLE, ScoringModel

    settings = load_config().progress
    # A template of the settings belongs to their model.
    template = template or (None if model else settings.template)
    chosen = ScoringModel.chosen(model or settings.model, device or settings.device, template)
    if chosen is None:
        raise click.UsageError(f"no model: give --model, or set [progress] model or {MODEL_VARIABLE}")
    return chosen


def _score(
    scorer: "LeanProgressScorer", rows: "Iterator[ProgressQuestion]", as_json: bool, *, ranked: bool = False
) -> None:
    import json

    from tools.progress.scorer import Query, reward_of

    while chunk := list(islice(rows, _SCORED_AT_ONCE)):
        answers = scorer.predict_many([Query(row.goal, row.tactic, row.prefix) for row in chunk])
        pairs = list(zip(chunk, answers, strict=True))
        if ranked:
            pairs.sort(key=lambda pair: pair[1])
        for row, steps in pairs:
            if as_json:
                answer: dict[str, Any] = {"tactic": row.tactic, "steps_remaining": steps, "reward": reward_of(steps)}
                click.echo(json.dumps(answer, ensure_ascii=False))
            else:
                click.echo(f"{steps:8.2f}  {row.tactic.partition(chr(10))[0]}")


progress.add_command(train)
