"""`qed undo`."""

from pathlib import Path

import click

from agent.cli.runner import command_errors


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@command_errors
def undo(file: Path | None) -> int:
    """Take back the last write of qed (to FILE, if given).

    Refuses when the file has been changed since. A second `qed undo` goes one write further back.
    """
    from tools.lean.journal import Journal

    entry = Journal().undo_last(file)
    what = ", ".join(entry.declarations)
    click.echo(f"{entry.path}: restored" + (f" ({what})" if what else ""))
    return 0
