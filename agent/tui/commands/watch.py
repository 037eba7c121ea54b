"""The command about watching. It needs no model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.tui.commands.proof import file_names, require_writable
from agent.watch.suggestion import SuggestionKey
from agent.workbench.places import find_file
from tools.errors import ExitCode, QedError
from tools.toolbox.tool import Permission, Proposal

if TYPE_CHECKING:
    from agent.tui.app import QedApp

ARGUMENTS = "[FILE | write N | write all | auto | ask | off]"


async def watch(app: "QedApp", argument: str) -> None:
    """Watches the project or a file, shows what was found, writes it, or ends."""
    word, _, rest = argument.partition(" ")
    match word:
        case "":
            if not app.watching.is_on:
                await app.watching.start(None)
            app.watching.come_forward()
        case "off":
            await app.watching.stop()
            app.note("No longer watching.")
        case "auto":
            await _write_unasked(app)
        case "ask":
            app.watching.ask_again()
            app.note("Watching writes only what you say.")
        case "write":
            await write(app, _chosen(app, rest.strip()))
        case _:
            await app.watching.start(find_file(app.project.outlines, argument).path)
            app.watching.come_forward()


async def write(app: "QedApp", keys: Sequence[SuggestionKey]) -> None:
    """Writes suggestions, as far as this session writes. Raises `QedError`."""
    require_writable(app)
    app.watching.write(keys)


async def _write_unasked(app: "QedApp") -> None:
    require_writable(app)
    proposal = Proposal(
        Permission.WRITE_PROOF, app.bench.root, "Write each proof that is accepted while you watch?", ""
    )
    decision = await app.bench.may(proposal)
    if not decision.allowed:
        app.note("Watching writes only what you say.")
        return
    if not app.watching.is_on:
        await app.watching.start(None)
    app.watching.write_unasked()
    app.watching.come_forward()


def _chosen(app: "QedApp", which: str) -> Sequence[SuggestionKey]:
    """The suggestions that are named: by the number of their line, or `all` that are accepted."""
    if app.watching.view is None:
        raise QedError("nothing is watched", hint="/watch begins.", exit_code=ExitCode.USAGE)
    if which != "all" and not which.isdecimal():
        raise QedError("/watch write takes the number of a line, or all", exit_code=ExitCode.USAGE)
    table = app.watching.view.table
    found = table.accepted() if which == "all" else table.numbered(int(which))
    if not any(table.suggestions[key].proof for key in found):
        message = "no proof is accepted" if which == "all" else f"there is no proof in line {which}"
        raise QedError(message, exit_code=ExitCode.USAGE)
    return found


def choices(app: "QedApp") -> list[str]:
    """What can be completed after /watch."""
    return ["off", "auto", "ask", "write all", *file_names(app)]
