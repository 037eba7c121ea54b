"""`qed trust`."""

from pathlib import Path

import click

from agent.cli.runner import command_errors


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option("--remove", is_flag=True, help="Trust the project no longer.")
@click.option("--list", "as_list", is_flag=True, help="Show the trusted projects, and change nothing.")
@command_errors
def trust(folder: Path, remove: bool, as_list: bool) -> int:
    """Use the settings and prompts that the project of FOLDER (default: here) brings along in `.qed`.

    They can name programs to run and servers to send to: look at them first. Trust is given to the files as they
    are; when they change, they have to be trusted again.
    """
    if as_list:
        return _list()
    return _remove(folder) if remove else _add(folder)


def _list() -> int:
    from agent.config.trust import TrustStore, status_on_disk

    for project in TrustStore().projects():
        click.echo(f"{project.root}  since {project.since}  {status_on_disk(project)}")
    return 0


def _add(folder: Path) -> int:
    from agent.config.project import read_project
    from agent.config.trust import TrustStore
    from tools.errors import ExitCode, QedError

    files = read_project(folder)
    if files is None:
        raise QedError(
            f"there is nothing to trust: no `.qed` with settings or prompts from {folder.resolve()} upwards",
            exit_code=ExitCode.CONFIG,
        )
    TrustStore().add(files)
    for name in sorted(files.contents):
        click.echo(f"trusted: {files.path(name)}")
    return 0


def _remove(folder: Path) -> int:
    from agent.config.project import find_project
    from agent.config.trust import TrustStore
    from tools.errors import ExitCode, QedError

    # The folder itself when its `.qed` is gone: what is remembered can still be forgotten.
    root = find_project(folder) or folder.resolve()
    if not TrustStore().remove(root):
        raise QedError(f"{root} was not trusted", hint="`qed trust --list`", exit_code=ExitCode.CONFIG)
    click.echo(f"no longer trusted: {root}")
    return 0
