"""Running the embedded Lean on files, as the `lean` command does."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.errors import ExitCode
from tools.lean.embedded.install import Installation
from tools.lean.embedded.launch import lean_command


def run_batch(installation: Installation, args: Sequence[str], cwd: Path | str | None = None) -> int:
    """Run `lean` with `args` in `cwd`, on this process's own stdin, stdout and stderr, and return its exit status.

    The status is Lean's own (1 where the file has an error), 130 after an interrupt, and 128 plus the number of the
    signal that ended it otherwise. Raises `OSError` if Node.js cannot be started.
    """
    with subprocess.Popen(lean_command(installation, args), cwd=cwd) as lean:
        try:
            status = lean.wait()
        except KeyboardInterrupt:
            # In a terminal Lean got the signal as well; elsewhere only we did.
            lean.kill()
            lean.wait()
            return int(ExitCode.INTERRUPTED)
        except BaseException:
            lean.kill()
            raise
    if status == -signal.SIGINT:
        return int(ExitCode.INTERRUPTED)
    return status if status >= 0 else 128 - status
