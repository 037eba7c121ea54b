"""`qed progress train`: the command, its progress bar, and how Ctrl+C ends it."""

import contextlib
import signal
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli.runner import command_errors

if TYPE_CHECKING:
    from tools.progress.training import TrainingResult
    from tools.progress.training_watch import Evaluation, OnReport, TrainingReport


@click.command()
@click.option("--dataset", type=click.Path(path_type=Path), required=True, help="Rows, as `dataset` writes them.")
@click.option(
    "--output-dir",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder for checkpoints and the model.",
)
@click.option("--model-name", default="bert-base-uncased", help="A folder, or a name of the hub [bert-base-uncased].")
@click.option("--max-length", type=click.IntRange(min=8), default=512, help="Tokens of a text [512].")
@click.option("--batch-size", type=click.IntRange(min=1), default=8, help="Rows of a batch [8].")
@click.option("--epochs", type=click.FloatRange(min=0, min_open=True), default=3.0, help="Rounds over the rows [3].")
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), default=1e-5, help="At the start [1e-5].")
@click.option(
    "--eval-ratio",
    type=click.FloatRange(min=0, max=1, min_open=True, max_open=True),
    default=0.2,
    help="The part of the rows, in whole theorems, that is kept for evaluation [0.2].",
)
@click.option("--seed", type=click.IntRange(min=0, max=2**32 - 1), default=42, help="Of split, head and order [42].")
@click.option("--skip-bad", is_flag=True, help="Pass over rows that cannot be read, and say how many.")
@click.option("--device", default="auto", help="auto, cpu, cuda [auto].")
@click.option(
    "--from-scratch",
    type=click.Choice(["tiny", "small"]),
    default=None,
    help="Train a small model of our own instead, for machines with no hub; wants a --learning-rate of about 1e-3.",
)
@click.option("--template", default=None, help="The text of a row, with {goal}, {prefix} and {tactic}.")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in the output folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command_errors
def train(as_json: bool, template: str | None, **given: Any) -> int:
    """Train a model that predicts the steps remaining.

    Mean squared error, measured after every epoch on theorems that are not trained on; the best model is kept. Ctrl+C
    keeps a checkpoint, from which --resume goes on.
    """
    from tools.errors import ExitCode
    from tools.progress.template import DEFAULT_TEMPLATE
    from tools.progress.training import train as train_model
    from tools.progress.training_run import TrainingSettings

    settings = TrainingSettings(template=template or DEFAULT_TEMPLATE, **given)
    with _stopping() as stopped, _showing() as show:
        result = train_model(settings, on_report=show, should_stop=lambda: bool(stopped))
    if as_json:
        _print_json(settings.output_dir, result)
    else:
        _print(settings.output_dir, result)
    return ExitCode.INTERRUPTED if result.interrupted else ExitCode.PROVED


@contextlib.contextmanager
def _stopping() -> Generator[list[int]]:
    """A list that is no longer empty once Ctrl+C or SIGTERM has come; a second one ends the command at once."""
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        for name, handler in before.items():
            signal.signal(name, handler)
        click.echo("stopping after this step, with a checkpoint; once more stops at once", err=True)

    before = {name: signal.signal(name, stop) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextlib.contextmanager
def _showing() -> "Generator[OnReport]":
    """A progress bar on standard error where that is a terminal, and a line for each evaluation anywhere."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from agent.cli.progress import stderr_console

    console = stderr_console()
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *times)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("loading", total=None)

        def show(report: "TrainingReport") -> None:
            loss = "" if report.loss is None else f"  loss {report.loss:.3f}"
            text = f"epoch {report.epoch:.2f}{loss}"
            bar.update(task, description=text, completed=report.step, total=report.steps)
            if report.evaluation is not None:
                console.print(_figures(report.evaluation))

        yield show


def _figures(evaluation: "Evaluation") -> str:
    figures = f"mse {evaluation.mse:.3f}  mae {evaluation.mae:.3f}  exact {evaluation.exact:.1%}"
    return f"epoch {evaluation.epoch:g} (step {evaluation.step}): {figures}"


def _print(folder: Path, result: "TrainingResult") -> None:
    if result.skipped.count:
        click.echo(f"{result.skipped.count} bad rows passed over, the first: {result.skipped.notes[0]}", err=True)
    if result.interrupted:
        click.echo(f"stopped at step {result.steps}; {result.checkpoint} is kept")
        click.echo("The same command with --resume goes on from there.")
        return
    click.echo(f"{result.train_rows} rows to train on, {result.eval_rows} of other theorems to evaluate")
    if result.best is not None:
        click.echo(f"kept: {_figures(result.best)}; always answering the mean: mae {result.mean_mae:.3f}")
    click.echo(f"wrote {folder}: export LEANPROGRESS_MODEL={folder}")


def _print_json(folder: Path, result: "TrainingResult") -> None:
    import json

    body = {**asdict(result), "output_dir": str(folder), "checkpoint": str(result.checkpoint)}
    click.echo(json.dumps(body, ensure_ascii=False))
