"""What happens while a file is worked on, for whoever shows it. Holes are known by their number in the file's work."""

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
    """Work on a hole begins, or goes on; `number` counts from 1."""

    declaration: str
    line: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class StrategyStarted:
    """A strategy begins with a hole, for whose work `seconds_left` are left (infinitely many without a limit)."""

    number: int
    strategy: str
    seconds_left: float = float("inf")


@dataclass(frozen=True, slots=True)
class HoleSetAside:
    """A strategy has come to nothing at a hole: it waits for its next one, behind those that are cheaper."""

    number: int


@dataclass(frozen=True, slots=True)
class Searching:
    """A sign of life of a search; `seconds` of `limit` are gone, `goal` is the best state that waits, in one line."""

    number: int
    tactics: int
    nodes: int
    tactic: str
    seconds: float = 0.0
    limit: float = 0.0
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Working:
    """What a strategy does at a hole, in a few words."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What models have cost at a hole so far; `cost` is in US dollars, None where no price is known."""

    number: int
    tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Closed:
    """Lean says that something closes the hole; it is made shorter and clearer, and has yet to be checked."""

    number: int


@dataclass(frozen=True, slots=True)
class Checking:
    """A proof was found; the acceptance check looks at the whole file, with what is found meanwhile."""

    number: int
    proof: str


@dataclass(frozen=True, slots=True)
class HoleFinished:
    """Work on a hole is over."""

    number: int
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
    | StrategyStarted
    | HoleSetAside
    | Searching
    | Working
    | Spent
    | Closed
    | Checking
    | HoleFinished
    | Rechecking
    | FileFinished
)
