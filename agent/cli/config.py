"""`qed config`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli.runner import command_errors

if TYPE_CHECKING:
    from agent.config import Settings

_EPILOG = """
\b
A setting comes from the strongest place that has it:
  1. a flag of the command at hand
  2. the environment: QED_PROVE__TIMEOUT=60
  3. the project: .qed/config.toml, where `qed trust` has been said
  4. you: config.toml in qed's configuration folder
  5. the default
"""


@click.command(epilog=_EPILOG)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command_errors
def config(path: Path, as_json: bool) -> int:
    """Show the settings that count for PATH (default: here), and where each came from."""
    from agent.config import read_settings

    settings = read_settings(path)
    if as_json:
        click.echo(json.dumps(_as_json(settings), ensure_ascii=False, indent=2))
    else:
        _show(settings)
    if settings.notice:
        click.echo(f"note: {settings.notice}", err=True)
    return 0


def _as_json(settings: "Settings") -> dict[str, Any]:
    return {
        "user_file": str(_user_file()),
        "notice": settings.notice,
        "settings": {entry.name: {"value": entry.value, "from": entry.origin} for entry in settings.listed()},
    }


def _show(settings: "Settings") -> None:
    rows = [(entry.name, _printed(entry.value), entry.origin) for entry in settings.listed()]
    names, values = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, value, origin in rows:
        line = f"{name:<{names}}  {value:<{values}}  "
        click.echo(line, nl=False)
        click.secho(origin, dim=origin == "default")
    there = "" if _user_file().is_file() else " (not there yet)"
    click.echo(f"\nYour own settings: {_user_file()}{there}")


def _printed(value: object) -> str:
    return "-" if value is None else json.dumps(value, ensure_ascii=False)


def _user_file() -> Path:
    from tools.directories import config_dir

    return config_dir() / "config.toml"
