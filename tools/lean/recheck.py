"""An independent checker, where the project's toolchain has one: it replays a compiled module in Lean's kernel.

`leanchecker` comes with newer toolchains, `lean4checker` is a package that a project may require. Both read the
compiled module, so the project is built first.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tools.lean.machine import end_process
from tools.lean.toolchain import Toolchain, ToolchainKind

CHECKERS = ("leanchecker", "lean4checker")
DEFAULT_SECONDS = 1800.0
_PROBE_SECONDS = 60.0
_SHOWN_LINES = 20


class RecheckStatus(Enum):
    """What came of it."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NOT_AVAILABLE = "not available"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """The answer of a checker; `detail` says which one, or why there was none."""

    status: RecheckStatus
    detail: str

    def __str__(self) -> str:
        return f"{self.status.value}: {self.detail}"


async def recheck(toolchain: Toolchain, file: Path, *, timeout: float = DEFAULT_SECONDS) -> RecheckResult:
    """Builds the module of a file that has been written and lets the project's checker replay it.

    `timeout` is in seconds, for each of the two. Never raises for a checker that is missing or fails: the result
    says so.
    """
    if toolchain.kind is not ToolchainKind.LAKE:
        return RecheckResult(RecheckStatus.NOT_AVAILABLE, "only a Lake project can have a checker")
    module = _module_of(file, toolchain.root)
    if module is None:
        return RecheckResult(RecheckStatus.NOT_AVAILABLE, f"{file} is not in the project")
    lake = toolchain.executable
    checker = await _find_checker(toolchain)
    if checker is None:
        names = " nor ".join(CHECKERS)
        return RecheckResult(RecheckStatus.NOT_AVAILABLE, f"the project has neither {names}")
    for command in ([lake, "build", module], [lake, "env", checker, module]):
        status, output = await _run(command, toolchain.root, timeout)
        shown = " ".join(command)
        if status is None:
            return RecheckResult(RecheckStatus.INCONCLUSIVE, f"{shown}: {output}")
        if status != 0:
            failed = RecheckStatus.INCONCLUSIVE if command[1] == "build" else RecheckStatus.REFUSED
            return RecheckResult(failed, f"{shown}: exit status {status}\n{output}".rstrip())
    return RecheckResult(RecheckStatus.CONFIRMED, checker)


def _module_of(file: Path, root: Path) -> str | None:
    try:
        return ".".join(file.resolve().relative_to(root.resolve()).with_suffix("").parts)
    except ValueError:
        return None


async def _find_checker(toolchain: Toolchain) -> str | None:
    for name in CHECKERS:
        status, _ = await _run([toolchain.executable, "env", "which", name], toolchain.root, _PROBE_SECONDS)
        if status == 0:
            return name
    return None


async def _run(command: Sequence[str], cwd: Path, timeout: float) -> tuple[int | None, str]:
    """The exit status (None: it did not end or could not be started) and the last lines of the output."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return None, error.strerror or str(error)
    try:
        async with asyncio.timeout(timeout):
            output, _ = await process.communicate()
    except TimeoutError:
        return None, f"no end within {timeout:g} s"
    finally:
        await end_process(process)
    return process.returncode, "\n".join(output.decode("utf-8", "replace").splitlines()[-_SHOWN_LINES:])
