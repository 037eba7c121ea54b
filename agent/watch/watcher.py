"""Watching: on every save the holes that are new or changed are worked on, and what became obsolete is given up."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent.prover.events import Closed, HoleFinished, Noted, ProverEvent
from agent.prover.file_jobs import FileJobs
from agent.prover.hole_job import difficulty
from agent.prover.options import ProveOptions
from agent.prover.report import HoleReport, OpenReason
from agent.prover.targets import Place
from agent.watch.changes import FileChange, FileChanges
from agent.watch.ears import WatchEars
from agent.watch.suggestion import Suggestion, SuggestionKey, Verdict
from agent.watch.warm_lean import AwakeLean, WarmLean
from agent.watch.watched_file import ObsoleteError, SuggestionKeeper, Version, WatchedFile
from tools.errors import ExitCode, QedError
from tools.lean.acceptance.proof_file import AcceptanceSettings, ProofFile
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.artifacts import artifacts_of
from tools.lean.document import Hole
from tools.lean.project_files import project_files
from tools.lean.toolchain import Toolchain
from tools.lean.writeback import FileSnapshot

# A save is taken up when nothing has happened for so long.
_QUIET_SECONDS = 0.06
IDLE_SECONDS = 600.0
# What is quick has the processors to itself; only then the acceptance check is prepared.
_VERDICT_FIRST_SECONDS = 0.5
_READING_SECONDS = 60.0
_HOLES_FIRST_SECONDS = 2.0
_FOR_NOW = (ExitCode.CHANGED_ON_DISK, ExitCode.BUSY)
"""Why a proof is not written that can be written later: the save is not told yet, or somebody else has the file."""
_VERDICTS = {ProofStatus.PROVED: Verdict.ACCEPTED, ProofStatus.DISPROVED: Verdict.DISPROVED}


@dataclass(frozen=True)
class WatchOptions:
    """How to watch. `prove` says how holes are worked on.

    `now`: the holes that are there at the beginning are worked on, too. Lean falls asleep after `idle_seconds`.
    """

    prove: ProveOptions
    now: bool = False
    idle_seconds: float = IDLE_SECONDS


@dataclass
class Watcher:
    """Watches a project, or the one `file`. `run` ends when it is cancelled.

    `ears` hear what there is to tell. `suggestions` are all that are there.
    """

    root: Path
    file: Path | None
    toolchain: Toolchain
    options: WatchOptions
    ears: WatchEars
    suggestions: dict[SuggestionKey, Suggestion] = field(default_factory=dict[SuggestionKey, Suggestion])
    _files: dict[Path, WatchedFile] = field(default_factory=dict[Path, WatchedFile])
    _work: dict[SuggestionKey, asyncio.Task[None]] = field(default_factory=dict[SuggestionKey, "asyncio.Task[None]"])

    _overtaken: set[SuggestionKey] = field(default_factory=set[SuggestionKey])
    """Holes whose proof could not be written, since the file had just been saved."""
    _asides: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        prove = self.options.prove
        self._changes = FileChanges(self.root, self.file, _QUIET_SECONDS)
        self._places = asyncio.Semaphore(prove.jobs)
        self.lean = WarmLean(
            self.toolchain,
            prove.limits,
            prove.recipe,
            workers=prove.jobs + 1,
            idle_seconds=self.options.idle_seconds,
            on_rest=self._rest,
            on_lean=self.ears.on_lean,
        )

    async def run(self) -> None:
        """Watches until it is cancelled. Raises `QedError` where there is nothing (any more) to be watched."""
        try:
            await asyncio.to_thread(self._changes.look)
            await self._begin()
            self.ears.on_ready()
            async with contextlib.aclosing(self._changes.changes()) as batches:
                async for batch in batches:
                    for change in batch:
                        await self._changed(change)
        finally:
            await self._end()

    def accept_soon(self, key: SuggestionKey) -> None:
        """As `accept`, beside whatever else goes on; given up when watching ends."""
        self._spawn(self.accept(key))

    async def accept(self, key: SuggestionKey) -> None:
        """Writes a suggestion because the person says so. What keeps it from being written is told."""
        suggestion = self.suggestions.get(key)
        if suggestion is None or not suggestion.proof or suggestion.verdict is Verdict.WRITTEN:
            return
        path, name = key
        try:
            async with self.lean.awake():
                judged = await self._files[path].judge(name, suggestion.proof, write=True)
        except ObsoleteError:
            return  # it was written meanwhile, or the save is just being taken notice of
        except QedError as error:
            if error.exit_code in _FOR_NOW:
                self.ears.on_note(error.message)
            else:
                self._update(key, verdict=Verdict.REFUSED, detail=error.message)
            return
        if judged.verdict.status is ProofStatus.PROVED:
            self._update(key, verdict=Verdict.WRITTEN, detail="")
        else:
            self._update(key, verdict=Verdict.REFUSED, detail="; ".join(judged.verdict.reasons))

    # -- files

    async def _begin(self) -> None:
        paths = [self.file] if self.file is not None else (await asyncio.to_thread(project_files, self.root)).paths
        for path in paths:
            version = await self._read(path)
            if version is not None:
                self._files[path] = self._watched(path, version)
                if self.options.now:
                    self._work_on(path, version.holes)
                    self._spawn(self._look_for_failures(self._files[path]))

    def _watched(self, path: Path, version: Version) -> WatchedFile:
        prove = self.options.prove
        file = ProofFile(version.snapshot, self.toolchain, AcceptanceSettings(prove.allowed_axioms, prove.limits))
        return WatchedFile(file, version, self._changes.wrote)

    async def _look_for_failures(self, file: WatchedFile) -> None:
        """Asks Lean which proofs of a file fail, and works on those that did not before.

        New holes come first: for a while they have Lean to themselves.
        """
        version = file.version
        try:
            at_work = [task for (path, _), task in self._work.items() if path == file.path]
            if at_work:
                await asyncio.wait(at_work, timeout=_HOLES_FIRST_SECONDS)
            async with self._reading, self.lean.awake() as lean:
                if file.version is version:
                    failing = await self._failing(lean, file.path, version)
                    self._work_on(file.path, file.fails(version, failing))
        except QedError as error:
            self.ears.on_note(error.message)

    async def _failing(self, lean: AwakeLean, path: Path, version: Version) -> frozenset[str]:
        document, text = version.document, version.snapshot.text
        is_artifact = artifacts_of(self.toolchain, text)
        errors = await lean.errors(path, text, _READING_SECONDS)
        at = {offset for offset, message in errors if not is_artifact(message)}
        return frozenset(
            each.name
            for each in document.declarations
            if not each.holes and any(each.span.start <= offset < each.span.end for offset in at)
        )

    async def _read(self, path: Path) -> Version | None:
        try:
            return Version(await asyncio.to_thread(FileSnapshot.read, path))
        except QedError as error:
            self.ears.on_note(error.message)
            return None

    async def _changed(self, change: FileChange) -> None:
        if change.by == "qed":
            return
        version = await self._read(change.path) if change.what != "deleted" else None
        if version is None:
            await self._gone(change.path)
            return
        known = self._files.get(change.path)
        before: Mapping[str, Hole] = known.version.holes if known is not None else {}
        if known is None:
            known = self._files[change.path] = self._watched(change.path, version)
        else:
            known.saved(version)
        holes = known.version.holes
        self._give_up(change.path, keep=holes)
        self._move(change.path, holes)
        again = {key for path, key in self._overtaken if path == change.path}
        self._overtaken = {each for each in self._overtaken if each[0] != change.path}
        self._work_on(change.path, {key: hole for key, hole in holes.items() if key not in before or key in again})
        self._spawn(self._look_for_failures(known))

    async def _gone(self, path: Path) -> None:
        gone = self._files.pop(path, None)
        self._give_up(path, keep={})
        if gone is not None:
            await gone.file.close()

    def _give_up(self, path: Path, keep: Mapping[str, Hole]) -> None:
        """Ends the work on holes of a file that are gone or ask for something else, and drops what was found."""
        for key in [key for key in self.suggestions if key[0] == path and key[1] not in keep]:
            task = self._work.pop(key, None)
            if task is not None:
                task.cancel()
            del self.suggestions[key]
            self.ears.on_change(key, None)

    def _move(self, path: Path, holes: Mapping[str, Hole]) -> None:
        """Holes that stay may stand in another line now."""
        for key, suggestion in list(self.suggestions.items()):
            if key[0] == path and suggestion.line != holes[key[1]].line:
                self._tell(replace(suggestion, line=holes[key[1]].line))

    # -- holes

    def _work_on(self, path: Path, holes: Mapping[str, Hole]) -> None:
        document = self._files[path].version.document
        for name, hole in sorted(holes.items(), key=lambda item: difficulty(document, item[1])):
            self._tell(Suggestion(path, name, hole.declaration, hole.line, Verdict.WAITING))
            task = asyncio.create_task(self._worked((path, name)))
            self._work[path, name] = task

    async def _worked(self, key: SuggestionKey) -> None:
        """Works on one hole from beginning to end."""
        try:
            async with self.lean.awake() as lean, _Seat(self._places) as seat:
                self._update(key, verdict=Verdict.WORKING)
                await self._search(key, lean, seat)
        except ObsoleteError:
            self._forget(key)
        except QedError as error:
            self._update(key, verdict=_unwritten(error), detail=error.message)
            if error.exit_code is ExitCode.CHANGED_ON_DISK:  # that save has not been told yet
                self._overtaken.add(key)
        finally:
            if self._work.get(key) is asyncio.current_task():
                del self._work[key]

    async def _search(self, key: SuggestionKey, lean: AwakeLean, seat: "_Seat") -> None:
        path, name = key
        file, options = self._files[path], self.options.prove
        document = file.version.document
        began = time.monotonic()

        def found(proof: str) -> None:
            self._update(key, verdict=Verdict.CLOSES, proof=proof, seconds=time.monotonic() - began)
            seat.leave()  # the acceptance check has a process of its own: somebody else can try tactics

        def show(event: ProverEvent) -> None:
            match event:
                case Closed():
                    self._update(key, verdict=Verdict.CLOSES, seconds=time.monotonic() - began)
                case HoleFinished(_, report):
                    self._finished(key, report, keeper)
                case Noted(text):
                    self.ears.on_note(text)
                case _:
                    pass

        self._spawn(self._prepared(file))
        environments = await lean.session.environments(
            options.environment, path, document, options.max_heartbeats, self.ears.on_note
        )
        keeper = SuggestionKeeper(file, name, self.ears.write, found)
        desks, processors = lean.desks(path), lean.processors
        jobs = FileJobs(path, options, keeper, environments, desks, lean.searches, show, processors)
        await jobs.run([Place(0)], 1)

    async def _prepared(self, file: WatchedFile) -> None:
        await asyncio.sleep(_VERDICT_FIRST_SECONDS)
        if not self.lean.is_awake:
            return  # whatever it was for is over
        with contextlib.suppress(QedError):  # whoever judges is told
            async with self.lean.awake():
                await file.prepare()

    def _finished(self, key: SuggestionKey, report: HoleReport, keeper: SuggestionKeeper) -> None:
        verdict = _VERDICTS.get(report.status, Verdict.OPEN)
        if verdict is Verdict.ACCEPTED and keeper.has_written:
            verdict = Verdict.WRITTEN
        elif report.reason is OpenReason.SKIPPED:
            verdict = Verdict.SKIPPED
        elif report.reason is OpenReason.REJECTED:
            verdict = Verdict.REFUSED
        self._update(key, verdict=verdict, proof=report.proof or "", detail=report.detail)

    # -- what is told

    def _update(self, key: SuggestionKey, **changes: object) -> None:
        suggestion = self.suggestions.get(key)
        if suggestion is not None:
            self._tell(replace(suggestion, **changes))  # pyright: ignore[reportArgumentType]

    def _tell(self, suggestion: Suggestion) -> None:
        key = (suggestion.path, suggestion.key)
        self.suggestions[key] = suggestion
        self.ears.on_change(key, suggestion)

    def _forget(self, key: SuggestionKey) -> None:
        if self.suggestions.pop(key, None) is not None:
            self.ears.on_change(key, None)

    # -- Lean

    async def _rest(self) -> None:
        """Ends what was started for the next check of each file."""
        for file in list(self._files.values()):
            await file.file.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _end(self) -> None:
        tasks = [*self._work.values(), *self._asides]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.lean.close()
        await self._rest()


def _unwritten(error: QedError) -> Verdict:
    """How a hole stands that an error has ended the work on."""
    return Verdict.REFUSED if error.exit_code is ExitCode.BUSY else Verdict.OPEN


class _Seat:
    """One of the places at work, that may be left before the block ends."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._taken = False

    def leave(self) -> None:
        """Makes room for somebody else."""
        if self._taken:
            self._taken = False
            self._places.release()

    async def __aenter__(self) -> "_Seat":
        await self._places.acquire()
        self._taken = True
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.leave()
