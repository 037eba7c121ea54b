"""`qed` without a command: the terminal."""

import os
import sys

import click

from agent.cli.runner import command_errors


@command_errors
def chat(model: str | None, go_on: bool, resume: str | None, mode: str | None, toolchain: str | None) -> int:
    """Opens the terminal in the working folder. Raises `QedError` where there is no terminal to open it in."""
    from agent.tui.collector import calm
    from agent.tui.pace import paint_at_once

    calm()  # both before the large imports
    paint_at_once()
    import asyncio
    from importlib.metadata import version
    from pathlib import Path

    from agent.cli.resuming import session_to_use
    from agent.config import load_config
    from agent.conversation.limits import TurnLimits
    from agent.conversation.permissions import Mode
    from agent.conversation.session import Session
    from agent.tui.launch import open_terminal
    from agent.wishes import Wishes

    _require_terminal()
    root = Path.cwd()
    config = load_config(root)
    ask = config.ask
    wishes = Wishes(
        root,
        config,
        session_to_use(root, resume, go_on) if resume or go_on else Session.begin(root),
        TurnLimits(replies=ask.max_turns, tokens=ask.max_tokens, cost=ask.max_cost, seconds=ask.max_seconds),
        Mode(mode) if mode else ask.mode,
        model=model,
        toolchain=toolchain,
    )
    left = asyncio.run(open_terminal(wishes, version("qed-agent")))
    if left:
        click.echo(f"To go on with this conversation: qed --resume {left}")
    return 0


def _require_terminal() -> None:
    from tools.errors import ExitCode, QedError

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        what = "standard input is" if sys.stdout.isatty() else "standard output is"
        raise QedError(
            f"qed without a command needs a terminal, and {what} none",
            hint='Use `qed ask "…"` to say something to the agent, or `qed prove FILE`.',
            exit_code=ExitCode.USAGE,
        )
    if os.environ.get("TERM", "") == "dumb":
        raise QedError(
            "this terminal (TERM=dumb) cannot show more than lines",
            hint='Use `qed ask "…"`, or `qed prove FILE`.',
            exit_code=ExitCode.USAGE,
        )
