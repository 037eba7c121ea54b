"""`qed lean`."""

from pathlib import Path

import click

from agent.cli.runner import command_errors


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@command_errors
def lean(arguments: tuple[str, ...]) -> int:
    """Run the embedded Lean on a file, as `lean FILE` does.

    Messages are printed as `file:line:col: severity: text`; the exit status is 1 when there is an error.
    """
    from agent.cli.progress import install_with_progress
    from tools.lean.embedded.batch import run_batch

    return run_batch(install_with_progress(), arguments, cwd=Path.cwd())
