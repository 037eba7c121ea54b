"""`qed` that gives a hole up soon: searches that nothing comes of, alone or with the model, take seconds."""

import sys

import pytest

from agent.cli.main import main
from agent.prover import ladder

LAUNCH_BRIEF = [sys.executable, "-c", "from tests.agent.brief import main_brief; main_brief()"]


def shorten_searches() -> None:
    """Shortens the searches of the ladder, for good: in a process that does nothing else."""
    patch = pytest.MonkeyPatch()
    patch.setattr(ladder, "_ALONE_SECONDS", 6.0)
    patch.setattr(ladder, "_WITH_MODEL_SECONDS", 15.0)


def main_brief() -> None:
    """The entry point of such a `qed`."""
    shorten_searches()
    main()
