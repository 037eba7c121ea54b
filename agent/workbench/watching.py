"""Watching in a terminal that has a Lean of its own: the same as `qed watch`, with the Lean workers that are left."""

from dataclasses import replace
from pathlib import Path

from agent.prover.memory import NoMemory
from agent.prover.purse import Purse
from agent.prover.request import RunRequest
from agent.prover.setup import RunSetup
from agent.watch.ears import WatchEars
from agent.watch.watcher import Watcher, WatchOptions
from agent.wishes import Wishes
from tools.errors import ExitCode, QedError
from tools.toolbox.workspace import Workspace

_CHECK = 1
"""Lean workers for the acceptance check."""


def watcher_beside(workspace: Workspace, wishes: Wishes, file: Path | None, ears: WatchEars) -> Watcher:
    """What watches the folder of a workspace, or one file in it, without a model.

    Raises `QedError`: the Lean is not there, or this machine has no Lean workers for it beside the workspace's.
    """
    setup = RunSetup(RunRequest(no_model=True), (), wishes.config, None, None)
    prove = setup.options_with(NoMemory(), Purse(setup.allowance()))
    room = prove.limits.max_workers - workspace.workers - _CHECK
    if room < 1:
        raise QedError(
            f"there is no Lean worker left to watch with: {workspace.workers} of {prove.limits.max_workers} serve this "
            f"terminal, and watching takes {1 + _CHECK}",
            hint=f"Set [lean] max_workers to {workspace.workers + _CHECK + 1} or more, or run qed watch instead.",
            exit_code=ExitCode.CONFIG,
        )
    options = WatchOptions(replace(prove, jobs=min(prove.jobs, room)))
    return Watcher(workspace.root, file, workspace.toolchain, options, ears)
