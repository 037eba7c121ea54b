"""The commands that start the embedded Lean.

Seen from outside, the first is `lean --server` and the second `lean FILE`. Both are child processes of whoever runs
them; the server's own children are the Lean workers, one for each open document.
"""

from collections.abc import Sequence

from tools.lean.embedded.install import HOST, Installation

# Kilobytes of stack for the main thread, in which Lean's parser recurses: half of what the system gives a process.
_MAIN_STACK_KB = 4000


def server_command(installation: Installation, *, options: Sequence[str] = ()) -> list[str]:
    """Return the command of a language server on stdin and stdout.

    `options` are Lean's own, for example `-DmaxHeartbeats=400000`; they reach every worker.
    """
    return [str(installation.node), str(HOST / "server.cjs"), str(installation.root), *options]


def lean_command(installation: Installation, arguments: Sequence[str]) -> list[str]:
    """Return the command that runs `lean` with `arguments`: a file, `--stdin`, `--version`.

    Messages go to stdout; the status is 1 after an error.
    """
    stack = f"--stack-size={_MAIN_STACK_KB}"
    return [str(installation.node), stack, str(HOST / "worker.cjs"), str(installation.root), *arguments]
