"""Running the `qed` command as a person does: a process of its own, with folders of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.agent.brief import shorten_searches
from tests.agent.forked import REPOSITORY, run_forked

LAUNCH = [sys.executable, "-c", "from agent.cli.main import main; main()"]
TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Outcome:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The variables for a run whose state and settings live below `folder`."""
    own = {"QED_STATE_DIR": str(folder / "state"), "QED_CONFIG_DIR": str(folder / "config"), "COLUMNS": "120"}
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), **own, **variables}


def qed(
    folder: Path,
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    stdin: str = "",
    seconds: float = TIMEOUT_SECONDS,
) -> Outcome:
    """Runs `qed` in a folder and waits for its end. Its modules have been imported before, which saves seconds."""
    done = run_forked(folder, arguments, environment(folder, **(variables or {})), seconds, stdin=stdin)
    return Outcome(done.returncode, done.stdout, done.stderr)


def qed_brief(
    folder: Path, *arguments: str, variables: Mapping[str, str] | None = None, seconds: float = TIMEOUT_SECONDS
) -> Outcome:
    """`qed`, with searches that end sooner (see `tests.agent.brief`)."""
    variables = environment(folder, **(variables or {}))
    done = run_forked(folder, arguments, variables, seconds, before=shorten_searches)
    return Outcome(done.returncode, done.stdout, done.stderr)


def qed_anew(
    folder: Path, *arguments: str, variables: Mapping[str, str] | None = None, seconds: float = TIMEOUT_SECONDS
) -> Outcome:
    """`qed`, in a new interpreter: where imports and the start of Python matter as well."""
    done = subprocess.run(
        [*LAUNCH, *arguments],
        cwd=folder,
        env=environment(folder, **(variables or {})),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def start(folder: Path, *arguments: str, launch: Sequence[str] = LAUNCH) -> "subprocess.Popen[str]":
    """Starts `qed` in a folder, to be interrupted or watched."""
    return subprocess.Popen(
        [*launch, *arguments],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
