"""`qed sessions`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.runner import command_errors

if TYPE_CHECKING:
    from agent.conversation.session import Session


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
def export(name: str, form: str) -> int:
    """Print a session as Markdown, or as JSON."""
    import json

    from agent.conversation.session import Session, file_of

    session = Session.load(file_of(name))
    if form == "json":
        messages = [message.model_dump(mode="json") for message in session.said]
        header = session.header.model_dump(mode="json")
        click.echo(json.dumps({**header, "messages": messages}, ensure_ascii=False, indent=2))
    else:
        click.echo(_markdown(session), nl=False)
    return 0


def _markdown(session: "Session") -> str:
    parts = [f"# {session.title}\n\n{session.header.root}, {session.header.created:%Y-%m-%d %H:%M} UTC\n"]
    for message in session.said:
        if message.content:
            title = {"user": "Person", "assistant": "Model", "tool": "Tool", "system": "System"}[message.role]
            body = f"```text\n{message.content}\n```" if message.role == "tool" else message.content
            parts.append(f"## {title}\n\n{body}\n")
        parts += [f"## Call of {call.name}\n\n```json\n{call.arguments}\n```\n" for call in message.tool_calls]
    return "\n".join(parts)
