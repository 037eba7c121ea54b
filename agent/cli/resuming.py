"""Which session a command goes on with."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from agent.conversation.session import Session


def session_to_use(root: "Path", resume: str | None, go_on: bool) -> "Session":
    """The named session, the last one of the folder, or a new one. Raises `QedError`."""
    from agent.conversation.session import Session, list_sessions
    from tools.errors import ExitCode, QedError

    if resume is not None:
        return Session.resume(resume)
    if go_on:
        known = list_sessions(root)
        if not known:
            raise QedError(f"there is no session in {root} to go on with", exit_code=ExitCode.USAGE)
        return Session.resume(known[0].id)
    return Session.create(root)
