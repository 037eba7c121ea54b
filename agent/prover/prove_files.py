"""The files of a run, one after the other, with one Lean for those of a project."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.prover.events import WaitingForWorkers
from agent.prover.options import ProveOptions
from agent.prover.prove_file import FileRun, OnEvent
from agent.prover.report import ErrorReport, FileReport
from agent.prover.selection import Target
from tools.environment.session import LeanSession
from tools.errors import QedError
from tools.lean.toolchain import Toolchain


@dataclass
class FilesRun:
    """Works on files; `files` and `errors` say at any time how far it came.

    `toolchain_of` finds the Lean of a file. An error in one file does not keep the others from being worked on;
    `on_error` is told of it.
    """

    targets: Mapping[Path, Sequence[Target]]
    toolchain_of: Callable[[Path], Toolchain]
    options: ProveOptions
    on_event: OnEvent
    on_error: Callable[[Path, QedError], None]
    files: list[FileReport] = field(default_factory=list[FileReport])
    errors: list[ErrorReport] = field(default_factory=list[ErrorReport])
    _sessions: dict[Toolchain, LeanSession] = field(default_factory=dict[Toolchain, LeanSession])

    async def run(self) -> None:
        """Works on all files. When it is cancelled, the file at work is among the reports as far as it came."""
        async with contextlib.AsyncExitStack() as opened:
            for path, group in self.targets.items():
                await self._work(FileRun(path, group, self.options, self.on_event), opened)

    async def _work(self, work: FileRun, opened: contextlib.AsyncExitStack) -> None:
        prepared = False
        try:
            prepared = work.prepare()
            if prepared:
                await work.run(await self._session(self.toolchain_of(work.path), opened))
            prepared = True
        except QedError as error:
            self.on_error(work.path, error)
            self.errors.append(
                ErrorReport(
                    path=work.path, code=error.code, exit_code=error.exit_code, message=error.message, hint=error.hint
                )
            )
        finally:
            if prepared:
                self.files.append(work.report())

    async def _session(self, toolchain: Toolchain, opened: contextlib.AsyncExitStack) -> LeanSession:
        """The Lean of a project, started for the first of its files."""
        if toolchain not in self._sessions:
            limits = self.options.limits

            def waiting() -> None:
                self.on_event(WaitingForWorkers(limits.max_workers))

            session = LeanSession.opened(toolchain, limits, workers=self.options.workers, on_wait=waiting)
            self._sessions[toolchain] = await opened.enter_async_context(session)
        return self._sessions[toolchain]
