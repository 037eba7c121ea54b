"""`qed ask`."""

import sys
from typing import TYPE_CHECKING

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from agent.cli.transcript import Printer
    from agent.conversation.events import TurnFinished
    from agent.wishes import Wishes

_EPILOG = """
\b
Exit codes:
  0   the turn is over, and nothing that it worked at is open
  1   something that it worked at is not proved
  3   a limit was reached (--max-turns, --max-cost, --max-seconds)
  60  the model could not be asked: no key, no network, …
  61  a write was refused, for there is nobody to ask (see --yes)
  130 interrupted; others as for `qed prove`
"""


@click.command(epilog=_EPILOG)
@click.argument("prompt")
@click.option(
    "--output-format",
    "form",
    type=click.Choice(["text", "json", "stream-json"]),
    default="text",
    help="text; json: one object at the end; stream-json: every event, one a line.",
)
@click.option("--model", default=None, help="A model as litellm names it, or an alias of yours.")
@click.option("--max-turns", type=click.IntRange(min=1), default=None, help="Replies of the model at most.")
@click.option("--max-cost", type=click.FloatRange(min=0, min_open=True), default=None, help="US dollars at most.")
@click.option("--max-seconds", type=click.FloatRange(min=0, min_open=True), default=None, help="Seconds at most.")
@click.option(
    "--mode",
    type=click.Choice(["ask", "accept-proofs", "read-only"]),
    default=None,
    help="What is written without asking: nothing, proofs that Lean accepts; or nothing at all.",
)
@click.option("--yes", is_flag=True, help="Allow writes, but for changes of statements.")
@click.option("--continue", "go_on", is_flag=True, help="Go on with the last session of this folder.")
@click.option("--resume", default=None, metavar="ID", help="Go on with this session (see `qed sessions`).")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@command_errors
def ask(
    prompt: str,
    form: str,
    model: str | None,
    max_turns: int | None,
    max_cost: float | None,
    max_seconds: float | None,
    mode: str | None,
    yes: bool,
    go_on: bool,
    resume: str | None,
    toolchain: str | None,
) -> int:
    """Say something to the agent and let it work: one turn, with nobody to ask.

    PROMPT is the text, or - to read it from standard input. Nothing is written without --yes, or --mode accept-proofs.
    """
    from pathlib import Path

    from agent.cli.resuming import session_to_use
    from agent.cli.transcript import printer
    from agent.config import load_config
    from agent.conversation.limits import TurnLimits
    from agent.conversation.permissions import Mode
    from agent.wishes import Wishes

    text = _prompt(prompt)
    root = Path.cwd()
    config = load_config(root)
    limits = TurnLimits(
        replies=max_turns or config.ask.max_turns,
        tokens=config.ask.max_tokens,
        cost=max_cost or config.ask.max_cost,
        seconds=max_seconds or config.ask.max_seconds,
    )
    chosen = Mode(mode) if mode else config.ask.mode
    session = session_to_use(root, resume, go_on)
    try:
        wishes = Wishes(root, config, session, limits, chosen, model=model, toolchain=toolchain, allow_writes=yes)
        out = printer(form)
        end = run(lambda: _turn(wishes, text, out))
    finally:
        session.close()
    if end.refused and not yes and chosen is not Mode.READ_ONLY:
        click.echo("Nothing was written: --yes allows writes, but for changes of statements.", err=True)
    return _exit_code(end, out.error_code)


def _prompt(argument: str) -> str:
    from tools.errors import ExitCode, QedError

    text = argument
    if argument == "-":
        if sys.stdin.isatty():
            click.echo("Reading what you say from standard input; end it with Ctrl+D.", err=True)
        text = sys.stdin.read()
    if not text.strip():
        raise QedError("there is nothing to ask", hint='qed ask "prove Basic.lean"', exit_code=ExitCode.USAGE)
    return text


async def _turn(wishes: "Wishes", text: str, out: "Printer") -> "TurnFinished":
    from agent.assistant import conversation
    from agent.conversation.events import TurnFinished

    last: TurnFinished | None = None
    async with conversation(wishes) as talk:
        async for event in talk.act(text):
            out.show(event)
            if isinstance(event, TurnFinished):
                last = event
    assert last is not None  # the last event of every turn
    return last


def _exit_code(end: "TurnFinished", error_code: int | None) -> int:
    from agent.conversation.events import TurnEnd
    from tools.errors import ExitCode

    if error_code is not None:
        return error_code
    if end.refused:
        return ExitCode.NOT_ALLOWED
    if end.reason is not TurnEnd.DONE:
        return ExitCode.BUDGET
    return ExitCode.NOT_PROVED if any(state.open for state in end.files) else ExitCode.PROVED
