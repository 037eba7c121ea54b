"""The `qed` command.

Nothing heavy is imported here or at the top of a command's module: `qed --help` has to be instant.
"""

import sys

import click

from agent.cli.ask import ask
from agent.cli.chat import chat
from agent.cli.check import check
from agent.cli.config import config
from agent.cli.demo import demo
from agent.cli.doctor import doctor
from agent.cli.goals import goals
from agent.cli.lean import lean
from agent.cli.progress_model import progress
from agent.cli.prove import prove
from agent.cli.search import search
from agent.cli.sessions import sessions
from agent.cli.trust import trust
from agent.cli.undo import undo
from agent.cli.watch import watch


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("--model", default=None, help="A model as litellm names it, or an alias of yours.")
@click.option("-c", "--continue", "go_on", is_flag=True, help="Go on with the last conversation of this folder.")
@click.option("-r", "--resume", default=None, metavar="ID", help="Go on with this conversation (see `qed sessions`).")
@click.option(
    "--mode",
    type=click.Choice(["ask", "accept-proofs", "read-only"]),
    default=None,
    help="What is written without asking: nothing, proofs that Lean accepts; or nothing at all.",
)
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.version_option(package_name="qed-agent", prog_name="qed")
@click.pass_context
def cli(
    context: click.Context,
    model: str | None,
    go_on: bool,
    resume: str | None,
    mode: str | None,
    toolchain: str | None,
) -> None:
    """A proof agent for Lean 4 that lives in the terminal.

    qed fills the holes (`sorry`) of Lean files and writes back only what Lean has accepted. Without a command it opens
    the terminal here: a conversation, with the proof in view; the options below are for it. `ask` is one turn of it
    for scripts, `prove` works alone. Without a Lean installation qed brings its own; `prove` needs no model.
    """
    given = [name for name, value in context.params.items() if value]
    if context.invoked_subcommand is None:
        chat(model, go_on, resume, mode, toolchain)
    elif given:
        name = {"go_on": "continue"}.get(given[0], given[0])
        raise click.UsageError(f"--{name} belongs behind the command: qed {context.invoked_subcommand} --{name}")


for command in (ask, prove, watch, search, goals, check, demo, undo, sessions, doctor, config, trust, lean, progress):
    cli.add_command(command)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(cli())
