"""The commands that start the embedded Lean.

Seen from outside, the first is `lean --server` and the second `lean FILE`. Both are child processes of whoever runs
them; the server's own children are the Lean workers, one for each open document.
"""

from collections.abc import Sequence
from pathlib import Path

from tools.lean.embedded.install import HOST, Installation

# Kilobytes of stack for the main thread, in which Lean's parser recurses: half of what the system gives a process.
_MAIN_STACK_KB = 4000


def server_command(installation: Installation, *, options: Sequence[str] = ()) -> list[str]:
    """Return the command of a language server on stdin and stdout.

    `options` are Lean's own, for example `-DmaxHeartbeats=400000`; they reach every worker.
    """
    return [str(installation.node), str(HOST / "server.cjs"), str(installation.root), *options]


def batch_command(installation: Installation, file: Path | str, *, options: Sequence[str] = ()) -> list[str]:
    """Return the command that elaborates one file, as `lean FILE` does: messages on stdout, status 1 on an error."""
    return lean_command(installation, [*options, str(file)])


def lean_command(installation: Installation, arguments: Sequence[str]) -> list[str]:
    """Return the command that runs `lean` with `arguments`, for example `--stdin` or `--version`."""
    stack = f"--stack-size={_MAIN_STACK_KB}"
    return [str(installation.node), stack, str(HOST / "worker.cjs"), str(installation.root), *arguments]
