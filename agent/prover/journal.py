"""The journal of a run: all that a run must not lose, so that it can be gone on with after whatever ended it.

<state>/runs/<id>.jsonl

The first line says what was asked for; the others follow in their order (`journal_records`). Each is on the disk before
the run goes on, so that a killed process loses at most what it was waiting for.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from agent.append_only import Shelf, new_name
from agent.llm.chat import ChatModel, ReplyFinished, Usage
from agent.prover.journal_records import (
    Accepted,
    Answered,
    Header,
    HoleEnded,
    LemmaText,
    Lost,
    OnBranch,
    ProofFound,
    Record,
    RunEnded,
    Stopped,
    StrategyEnded,
    drop_torn_end,
    read_records,
)
from agent.prover.lessons import Lesson
from agent.prover.memory import FoundBefore, Remembered
from agent.prover.paid_model import PaidModel
from agent.prover.past import Past
from agent.prover.purse import Purse
from agent.prover.report import HoleReport, StrategyReport
from agent.prover.request import RunRequest
from agent.prover.under_way import UnderWay
from tools.errors import ExitCode, QedError

_KEPT_RUNS = 50
_NEW_RUN = "`qed prove FILE` begins a new run."

RUNS = Shelf("runs", "run", f"`qed prove --resume` takes up the last one of a folder. {_NEW_RUN}")
"""Where the journals of runs are kept."""


@dataclass
class RunJournal:
    """The memory of one run; implements `RunMemory`.

    `purse` is that of the run, with what its earlier parts have spent; `model` is the one that was chosen. `notes` are
    for the person. `is_kept` is False where nothing can be written, and nobody can go on with the run.
    """

    header: Header
    file: Path
    purse: Purse = field(default_factory=Purse)
    model: ChatModel | None = None
    notes: list[str] = field(default_factory=list[str])
    is_kept: bool = True
    past: Past = field(default_factory=Past)
    _under_way: UnderWay = field(default_factory=UnderWay)
    _lock: FileLock | None = None

    @property
    def id(self) -> str:
        """The name by which the run is gone on with."""
        return self.header.id

    @classmethod
    def begin(cls, request: RunRequest, folder: Path, model: str | None = None) -> Self:
        """A new run in a folder. Where nothing can be written it is not kept, and a note says so."""
        now = datetime.now(UTC)
        name = new_name(now)
        header = Header(
            id=name,
            folder=folder.resolve(),
            created=now,
            version=version("qed-agent"),
            request=request,
            model=model,
        )
        journal = cls(header, RUNS.file(name))
        try:
            journal._lock = RUNS.claim(journal.file)
            journal._write(header)
        except QedError as error:
            if error.exit_code is not ExitCode.WRITE_FAILED:
                raise
            journal.is_kept = False
            journal.notes.append(f"{error.message}: this run cannot be resumed")
        _prune()
        return journal

    @classmethod
    def resume(cls, name: str | None, folder: Path) -> Self:
        """The run of this name (or of the beginning of it); None: the last one of the folder that did not end.

        Raises `QedError` where there is none, it is over, or another process works on it.
        """
        file = _last(folder.resolve()) if name is None else RUNS.find(name)
        journal = cls._unread(file)
        journal._lock = RUNS.claim(journal.file)
        try:
            drop_torn_end(file)
            journal._read()  # after the claim: another process may have gone on with it until then
        except OSError as error:
            raise RUNS.unwritable(file, error) from error
        if journal.past.ended:
            journal.close()
            raise QedError(f"run {journal.id} is over", hint=_NEW_RUN, exit_code=ExitCode.USAGE)
        return journal

    @classmethod
    def _unread(cls, file: Path) -> Self:
        return cls(read_records(file).header, file)

    def _read(self) -> None:
        read = read_records(self.file)
        self.past = Past.of(read.records)
        self.purse.restore(self.past.usage, self.past.seconds)
        self.purse.unpriced = self.past.unpriced
        for number in read.damaged:
            self.notes.append(f"{self.file}:{number} is damaged; what it said is not known any more")

    # -- what is remembered

    def recall(self, key: str) -> Remembered:
        """What is known of a hole."""
        return self.past.of_hole(key)

    def earlier(self, path: Path) -> Sequence[HoleReport]:
        """The holes of a file that were proved in earlier parts of the run."""
        return self.past.proved(path)

    def model_for(self, key: str, purse: Purse) -> ChatModel | None:
        """The model for the work on a hole; its answers are kept here."""
        if self.model is None:
            return None
        return PaidModel(self.model, purse, _HoleAnswers(self, key), under_way=self._under_way)

    def strategy_ended(self, key: str, report: StrategyReport, lessons: Sequence[Lesson]) -> None:
        """A strategy has come to nothing."""
        self._write(StrategyEnded(key=key, report=_light(report), lessons=tuple(lessons), seconds=self.purse.seconds))

    def proof_found(self, key: str, found: FoundBefore) -> None:
        """A proof was found, and waits for the acceptance check."""
        lemmas = (LemmaText(name=each.name, signature=each.signature, proof=each.proof) for each in found.found.lemmas)
        self._write(
            ProofFound(
                key=key,
                strategy=found.strategy,
                proofs=found.found.proofs,
                lemmas=tuple(lemmas),
                seconds=self.purse.seconds,
            )
        )

    def proof_accepted(self, key: str, report: HoleReport) -> None:
        """A proof was accepted and is about to be written."""
        self._write(Accepted(key=key, report=_without_trees(report), seconds=self.purse.seconds))

    def hole_ended(self, key: str, report: HoleReport) -> None:
        """Work on a hole is over."""
        self._write(HoleEnded(key=key, report=_without_trees(report), seconds=self.purse.seconds))

    def answered(self, key: str, request: str, replies: Sequence[ReplyFinished]) -> None:
        """A request was answered."""
        self._write(Answered(key=key, request=request, replies=tuple(replies), seconds=self.purse.seconds))

    def lost(self, key: str, usage: Usage) -> None:
        """An answer was broken off."""
        self._write(Lost(key=key, usage=usage, seconds=self.purse.seconds))

    @property
    def branch(self) -> str | None:
        """The branch of git on which earlier parts of the run have committed; None where none did."""
        return self.past.branch

    def on_branch(self, branch: str) -> None:
        """Proofs are committed on this branch."""
        self._write(OnBranch(branch=branch, seconds=self.purse.seconds))

    def end(self, exit_code: int) -> None:
        """The run is over; nobody goes on with it."""
        self._write(RunEnded(time=datetime.now(UTC), exit_code=exit_code, seconds=self.purse.seconds))

    def stop(self) -> None:
        """The run was interrupted, and can be gone on with."""
        self._write(Stopped(seconds=self.purse.seconds))

    def close(self) -> None:
        """Lets others go on with it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # -- the disk

    def _write(self, record: Record) -> None:
        if not self.is_kept:
            return
        RUNS.append(self.file, [record.model_dump_json()])


@dataclass(frozen=True, slots=True)
class _HoleAnswers:
    """The answers for one hole; implements `Answers`."""

    journal: RunJournal
    key: str

    def take(self, request: str) -> Sequence[ReplyFinished] | None:
        return self.journal.past.take_answer(self.key, request)

    def keep(self, request: str, replies: Sequence[ReplyFinished]) -> None:
        self.journal.answered(self.key, request, replies)

    def lost(self, usage: Usage) -> None:
        self.journal.lost(self.key, usage)


def _last(folder: Path) -> Path:
    for file in reversed(RUNS.files):
        with contextlib.suppress(QedError):
            read = read_records(file)
            if read.header.folder == folder and not any(isinstance(each, RunEnded) for each in read.records):
                return file
    raise QedError(f"there is no run in {folder} to go on with", hint=_NEW_RUN, exit_code=ExitCode.USAGE)


def _prune() -> None:
    """Deletes the oldest runs, but none that is worked on."""
    for file in RUNS.files[:-_KEPT_RUNS]:
        lock = file.with_suffix(".lock")
        with contextlib.suppress(OSError, Timeout):
            with FileLock(lock, timeout=0):
                file.unlink()
            lock.unlink(missing_ok=True)


def _light(report: StrategyReport) -> StrategyReport:
    return report.model_copy(update={"tree": ()})


def _without_trees(report: HoleReport) -> HoleReport:
    return report.model_copy(update={"tried": tuple(_light(each) for each in report.tried)})
