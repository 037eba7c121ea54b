"""What a slash command is, and how a line becomes one."""

import difflib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.errors import ExitCode, QedError

if TYPE_CHECKING:
    from agent.tui.app import QedApp

Choices = Callable[["QedApp"], Sequence[str]]


@dataclass(frozen=True)
class SlashCommand:
    """One command. `arguments` is how its arguments are written; `choices` are what its argument can be completed to.

    `run` may raise `QedError`.
    """

    name: str
    arguments: str
    help: str
    run: Callable[["QedApp", str], Awaitable[None]]
    choices: Choices | None = None


def parse(commands: Sequence[SlashCommand], line: str) -> tuple[SlashCommand, str]:
    """The command of a line that begins with a slash, and its argument. Raises `QedError` (usage)."""
    name, _, argument = line.removeprefix("/").partition(" ")
    first, newline, rest = name.partition("\n")
    if newline:
        name, argument = first, f"{rest} {argument}".strip()
    by_name = {command.name: command for command in commands}
    if name in by_name:
        return by_name[name], argument.strip()
    begins = [each for each in by_name if name and each.startswith(name)]
    if len(begins) == 1:
        return by_name[begins[0]], argument.strip()
    close = begins or difflib.get_close_matches(name, list(by_name), n=3)
    hint = f"Perhaps {' or '.join(f'/{each}' for each in close)}? " if close else ""
    raise QedError(f"there is no command /{name}", hint=f"{hint}/help lists them.", exit_code=ExitCode.USAGE)
