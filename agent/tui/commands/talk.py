"""Commands about the conversation."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.conversation.session import Session, list_sessions
from agent.llm.chat import Usage
from agent.tui.screens.picker import Choice, Picker
from tools.errors import ExitCode, QedError

if TYPE_CHECKING:
    from agent.tui.app import QedApp


async def clear(app: "QedApp", argument: str) -> None:
    """Begins a new conversation; the one before stays on disk."""
    app.require_idle("/clear")
    app.take_up(Session.begin(app.bench.root))


async def compact(app: "QedApp", argument: str) -> None:
    """Has the conversation summarised, so that the model is sent less."""
    app.say_with("/compact", app.bench.compact)


async def sessions(app: "QedApp", argument: str) -> None:
    """Lists the conversations about this project; choosing one goes on with it."""
    app.require_idle("/sessions")
    found = await asyncio.to_thread(list_sessions, app.bench.root)
    others = [session for session in found if session.id != app.bench.session.id]
    if not others:
        app.note("There are no other conversations about this project.")
        return
    choices = [Choice(each.id, each.title or "(nothing said)", _described(each)) for each in others]
    app.push_screen(Picker("Go on with a conversation", choices), app.resume)


async def resume(app: "QedApp", argument: str) -> None:
    """Goes on with a conversation: the one named, or the one chosen from a list."""
    if not argument:
        await sessions(app, argument)
        return
    app.require_idle("/resume")
    app.resume(argument)


async def export(app: "QedApp", argument: str) -> None:
    """Writes the conversation into a file: Markdown, or JSON where the name ends so."""
    from agent.conversation.export import exported

    session = app.bench.session
    if not session.said:
        raise QedError("nothing has been said yet", exit_code=ExitCode.USAGE)
    path = app.bench.root / (argument or f"qed-{session.id}.md")
    if path.exists():
        raise QedError(f"{path} exists already", hint="/export OTHER-NAME", exit_code=ExitCode.WRITE_FAILED)
    text = exported(session, "json" if path.suffix == ".json" else "markdown")
    await asyncio.to_thread(_write_new, path, text)
    app.note(f"The conversation stands in {path}.")


async def cost(app: "QedApp", argument: str) -> None:
    """Says what this conversation has cost."""
    session = app.bench.session
    used, limit = app.bench.context_tokens
    lines = [_spent(session.usage)]
    if used:
        lines.append(f"The model's context: {used} of {limit} tokens are used.")
    app.note("\n".join(lines), title="Cost")


async def quit_(app: "QedApp", argument: str) -> None:
    """Leaves; the conversation stays on disk."""
    app.leave()


def session_names(app: "QedApp") -> list[str]:
    """What can be completed after /resume."""
    return [session.id for session in list_sessions(app.bench.root)]


def _spent(usage: Usage) -> str:
    cost = f", ${usage.cost:.4f}" if usage.cost is not None else "; the price is not known"
    cached = f" ({usage.cached_tokens} of them cached)" if usage.cached_tokens else ""
    return f"This conversation: {usage.total_tokens} tokens{cached}{cost}."


def _described(session: Session) -> str:
    created = session.header.created
    when = created.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{when} · {len(session.said)} messages · {_age((datetime.now(UTC) - created).total_seconds())}"


def _age(seconds: float) -> str:
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {word} ago"
    return "just now"


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise QedError(f"cannot write {path}: {error.strerror}", exit_code=ExitCode.WRITE_FAILED) from error
