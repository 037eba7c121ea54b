"""The `qed` command.

Nothing heavy is imported here or at the top of a command's module: `qed --help` has to be instant.
"""

import sys

import click

from agent.cli.ask import ask
from agent.cli.check import check
from agent.cli.config import config
from agent.cli.demo import demo
from agent.cli.doctor import doctor
from agent.cli.goals import goals
from agent.cli.lean import lean
from agent.cli.prove import prove
from agent.cli.sessions import sessions
from agent.cli.trust import trust
from agent.cli.undo import undo


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="qed-agent", prog_name="qed")
def cli() -> None:
    """A proof agent for Lean 4 that lives in the terminal.

    qed fills the holes (`sorry`) of Lean files and writes back only what Lean has accepted. Talk to it with `ask`, or
    let it work with `prove`. Without a Lean installation it brings its own; `prove` needs no model.
    """


for command in (ask, prove, goals, check, demo, undo, sessions, doctor, config, trust, lean):
    cli.add_command(command)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(cli())
