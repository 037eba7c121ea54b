"""What `qed prove` reports: one entry a hole, one a file, and the exit code that follows from them."""

from enum import Enum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tools.errors import ExitCode
from tools.lean.acceptance import ProofStatus
from tools.lean.recheck import RecheckStatus


class OpenReason(Enum):
    """Why a hole is still open."""

    EXHAUSTED = "exhausted"
    """Nothing that qed knows is left to try."""
    BUDGET = "budget"
    """The time for the hole ran out."""
    STATEMENT = "statement"
    """The hole is part of a statement, or asks for data: there is nothing to prove."""
    DISPROVED = "disproved"
    """Lean proved the negation."""
    REJECTED = "rejected"
    """Something was found that the acceptance check did not accept."""
    LEAN = "lean"
    """Lean could not show or elaborate this place."""


class HoleReport(BaseModel):
    """What became of one hole. Lines count from 1, columns from 0 in code points, as Lean prints them."""

    model_config = ConfigDict(frozen=True)

    declaration: str
    line: int
    column: int
    status: ProofStatus
    goal: str = ""
    proof: str | None = None
    reason: OpenReason | None = None
    detail: str = ""
    axioms: tuple[str, ...] | None = None
    axioms_how: str = ""
    tactics_tried: int = 0
    seconds: float = 0.0


class FileReport(BaseModel):
    """What became of one file. `recheck` is None where no independent checker was asked for, or nothing was written."""

    model_config = ConfigDict(frozen=True)

    path: Path
    toolchain: str
    holes: tuple[HoleReport, ...]
    written: bool
    diff: str
    seconds: float
    recheck: RecheckStatus | None = None
    recheck_detail: str = ""

    def count(self, status: ProofStatus) -> int:
        """How many holes ended with this status."""
        return sum(hole.status is status for hole in self.holes)


class ErrorReport(BaseModel):
    """A file that could not be worked on."""

    model_config = ConfigDict(frozen=True)

    path: Path
    code: str
    exit_code: int
    message: str
    hint: str


class RunReport(BaseModel):
    """The object that `qed prove --json` prints."""

    model_config = ConfigDict(frozen=True)

    files: tuple[FileReport, ...]
    errors: tuple[ErrorReport, ...]
    interrupted: bool = False

    def exit_code(self) -> ExitCode:
        """The exit code: an interruption, then an error, then what is open, then success."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.errors:
            return ExitCode(self.errors[0].exit_code)
        holes = [hole for file in self.files for hole in file.holes]
        left = [hole for hole in holes if hole.status is not ProofStatus.PROVED]
        if any(file.recheck is RecheckStatus.REFUSED for file in self.files):
            return ExitCode.NOT_PROVED
        if not left:
            return ExitCode.PROVED
        if any(hole.status is ProofStatus.INCONCLUSIVE for hole in left):
            return ExitCode.LEAN_FAILED
        if all(hole.reason is OpenReason.BUDGET for hole in left):
            return ExitCode.BUDGET
        return ExitCode.NOT_PROVED
