"""`qed sessions`."""

from pathlib import Path
from typing import Literal

import click

from agent.cli.runner import command_errors


@click.group(invoke_without_command=True)
@click.pass_context
def sessions(context: click.Context) -> None:
    """List conversations, or export one."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@sessions.command("list")
@click.option("--all", "everywhere", is_flag=True, help="Of all folders, not only this one.")
@command_errors
def list_(everywhere: bool = False) -> int:
    """List the sessions of this folder, the last one first."""
    from agent.conversation.session import list_sessions

    found = list_sessions(None if everywhere else Path.cwd())
    for session in found:
        cost = f"${session.usage.cost:.4f}" if session.usage.cost is not None else ""
        when = session.header.created.astimezone().strftime("%Y-%m-%d %H:%M")
        place = f"  {session.header.root}" if everywhere else ""
        click.echo(f"{session.id}  {when}  messages: {len(session.said):<4d} {cost:>9}  {session.title}{place}")
    if not found:
        click.echo(
            "no sessions" + ("" if everywhere else " in this folder (`--all` lists those of all folders)"), err=True
        )
    return 0


@sessions.command("export")
@click.argument("name", metavar="ID")
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown")
@command_errors
def export(name: str, form: Literal["markdown", "json"]) -> int:
    """Print a session as Markdown, or as JSON."""
    from agent.conversation.export import exported
    from agent.conversation.session import SESSIONS, Session

    click.echo(exported(Session.load(SESSIONS.find(name), events=False), form), nl=False)
    return 0
