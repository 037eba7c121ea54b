"""What happens while a file is worked on, for whoever shows it."""

from dataclasses import dataclass
from pathlib import Path

from agent.prover.report import FileReport, HoleReport


@dataclass(frozen=True, slots=True)
class FileStarted:
    """Work on a file begins."""

    path: Path
    toolchain: str


@dataclass(frozen=True, slots=True)
class WaitingForWorkers:
    """Other processes of qed hold all Lean workers that the machine may run."""

    limit: int


@dataclass(frozen=True, slots=True)
class Noted:
    """Something to know about the work on a file that is no error."""

    text: str


@dataclass(frozen=True, slots=True)
class HoleStarted:
    """Work on a hole begins; `number` counts from 1."""

    declaration: str
    line: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Searching:
    """A sign of life of the search at the present hole."""

    tactics: int
    nodes: int
    tactic: str


@dataclass(frozen=True, slots=True)
class Checking:
    """A proof was found; the acceptance check looks at the whole file."""

    proof: str


@dataclass(frozen=True, slots=True)
class HoleFinished:
    """Work on a hole is over."""

    report: HoleReport


@dataclass(frozen=True, slots=True)
class Rechecking:
    """The project's independent checker looks at the file."""


@dataclass(frozen=True, slots=True)
class FileFinished:
    """Work on a file is over."""

    report: FileReport


ProverEvent = (
    FileStarted
    | WaitingForWorkers
    | Noted
    | HoleStarted
    | Searching
    | Checking
    | HoleFinished
    | Rechecking
    | FileFinished
)
