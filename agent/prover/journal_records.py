"""The lines of a run's journal, and how they are read."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.llm.chat import ReplyFinished, Usage
from agent.prover.lessons import Lesson
from agent.prover.report import HoleReport, StrategyReport
from agent.prover.request import RunRequest
from tools.errors import ExitCode, QedError

SCHEMA_VERSION = 1


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Header(_Record):
    """What a run is: what was asked for in which folder, of which model (None: without one), by which qed."""

    kind: Literal["run"] = "run"
    schema_version: Literal[1] = SCHEMA_VERSION
    id: str
    folder: Path
    created: AwareDatetime
    version: str
    request: RunRequest
    model: str | None = None


class _Later(_Record):
    """`seconds` are those of the run until then."""

    seconds: float = 0.0


class Answered(_Later):
    """A model's answer to a request, which is known by its fingerprint."""

    kind: Literal["answer"] = "answer"
    key: str
    request: str
    replies: tuple[ReplyFinished, ...]


class Lost(_Later):
    """What an answer cost that was broken off."""

    kind: Literal["lost"] = "lost"
    key: str
    usage: Usage


class StrategyEnded(_Later):
    """A strategy came to nothing at a hole; `lessons` are all so far."""

    kind: Literal["strategy"] = "strategy"
    key: str
    report: StrategyReport
    lessons: tuple[Lesson, ...]


class LemmaText(_Record):
    """A helper lemma that a proof needs; `proof` is None where it was left open."""

    name: str
    signature: str
    proof: str | None = None


class ProofFound(_Later):
    """A strategy has found proofs, the nicest first, that wait for the acceptance check."""

    kind: Literal["found"] = "found"
    key: str
    strategy: str
    proofs: tuple[str, ...]
    lemmas: tuple[LemmaText, ...] = ()


class Accepted(_Later):
    """A proof was accepted and is about to be written."""

    kind: Literal["accepted"] = "accepted"
    key: str
    report: HoleReport


class HoleEnded(_Later):
    """Work on a hole is over."""

    kind: Literal["hole"] = "hole"
    key: str
    report: HoleReport


class OnBranch(_Later):
    """The run commits its proofs on this branch of git."""

    kind: Literal["branch"] = "branch"
    branch: str


class Stopped(_Later):
    """The run was interrupted in good order."""

    kind: Literal["stopped"] = "stopped"


class RunEnded(_Later):
    """The run is over."""

    kind: Literal["end"] = "end"
    time: AwareDatetime
    exit_code: int


Record = Annotated[
    Header | Answered | Lost | StrategyEnded | ProofFound | Accepted | HoleEnded | OnBranch | Stopped | RunEnded,
    Field(discriminator="kind"),
]
_RECORD: TypeAdapter[Record] = TypeAdapter(Record)


@dataclass(frozen=True, slots=True)
class ReadRecords:
    """The lines of a journal after the first. `damaged` are the numbers (from 1) of lines that cannot be read."""

    header: Header
    records: Sequence[Record]
    damaged: Sequence[int]


def read_records(file: Path) -> ReadRecords:
    """Reads a journal. A last line that a killed process left half is passed over.

    Raises `QedError` where the file is none.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise QedError(f"cannot read {file}: {error.strerror}", exit_code=ExitCode.FILE_NOT_FOUND) from error
    header: Header | None = None
    records: list[Record] = []
    damaged: list[int] = []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            record = _RECORD.validate_json(line)
        except ValidationError:
            if number < len(lines):
                damaged.append(number)
            continue
        if header is None and isinstance(record, Header):
            header = record
        else:
            records.append(record)
    if header is None:
        raise QedError(f"{file} is no journal of a run", exit_code=ExitCode.USAGE)
    return ReadRecords(header, records, damaged)


def drop_torn_end(file: Path) -> None:
    """Takes a half line off the end of a journal, so that it is not taken for damage later. Raises `OSError`."""
    data = file.read_bytes()
    whole, newline, rest = data.rpartition(b"\n")
    try:
        _RECORD.validate_json(rest)  # only the end of the line is missing
    except ValidationError:
        os.truncate(file, len(whole) + len(newline))
