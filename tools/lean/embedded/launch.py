"""The commands that start the embedded Lean.

Seen from outside, the first is `lean --server` and the second `lean FILE`; the third is `lean` before it knows its
file. All are child processes of whoever runs them; the server's own children are the Lean workers, one for each open
document.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from tools.lean.embedded.install import HOST, Installation

# Kilobytes of stack for the main thread, in which Lean's parser recurses: half of what the system gives a process.
_MAIN_STACK_KB = 4000


def server_command(
    installation: Installation, *, options: Sequence[str] = (), reuse_workers: bool = False
) -> list[str]:
    """Return the command of a language server on stdin and stdout.

    `options` are Lean's own, for example `-DmaxHeartbeats=400000`; they reach every worker. With `reuse_workers`, the
    worker of a document that was closed serves the next one with the same imports, within milliseconds. Without it each
    document that is opened has a process that has done nothing before, which acceptance relies on.
    """
    reuse = ["--reuse-workers"] if reuse_workers else []
    return [str(installation.node), str(HOST / "server.cjs"), str(installation.root), *reuse, *options]


def lean_command(installation: Installation, arguments: Sequence[str]) -> list[str]:
    """Return the command that runs `lean` with `arguments`: a file, `--stdin`, `--version`.

    Messages go to stdout; the status is 1 after an error.
    """
    stack = f"--stack-size={_MAIN_STACK_KB}"
    return [str(installation.node), stack, str(HOST / "worker.cjs"), str(installation.root), *arguments]


def waiting_lean_command(installation: Installation) -> list[str]:
    """Return the command of a batch process that is started before its file is known.

    It loads and initialises Lean, which is most of what a start costs, and waits for one line on stdin
    (`waiting_lean_request`). From there on it is `lean_command` with those arguments in that folder. When its input
    ends before the line, it exits with 0; after a line that is none, with 2 and a message on stderr. What follows the
    line is Lean's own standard input.
    """
    return lean_command(installation, ["--await-arguments"])


def waiting_lean_request(cwd: Path, arguments: Sequence[str]) -> bytes:
    """Return the line that tells a waiting process what to do: `lean ARGUMENTS` in the folder `cwd`."""
    return json.dumps({"cwd": str(cwd), "arguments": list(arguments)}).encode() + b"\n"
