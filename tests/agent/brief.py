"""`qed` whose searches for a hole end in half the time: for holes that only something after them can fill."""

import sys

import pytest

from agent.cli.main import main
from agent.prover import ladder

LAUNCH_BRIEF = [sys.executable, "-c", "from tests.agent.brief import main_brief; main_brief()"]


def shorten_searches() -> None:
    """Halves the time that the ladder gives to searches, for good: in a process that does nothing else."""
    patch = pytest.MonkeyPatch()
    patch.setattr(ladder, "_ALONE_SECONDS", 10.0)
    patch.setattr(ladder, "_WITH_MODEL_SECONDS", 30.0)


def main_brief() -> None:
    """The entry point of such a `qed`."""
    shorten_searches()
    main()
