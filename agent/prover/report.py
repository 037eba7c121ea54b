"""What `qed prove` reports: one entry a hole, one a file, and the exit code that follows from them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from tools.errors import ExitCode
from tools.lean.acceptance.verdict import ProofStatus
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
    MODEL = "model"
    """The model could not be asked, or had no (more) ideas."""
    SKIPPED = "skipped"
    """A comment above the declaration says `qed: skip`."""
    INTERRUPTED = "interrupted"
    """The run was interrupted while the hole was worked on, or before."""


class StrategyReport(BaseModel):
    """What one strategy did at a hole. `cost` is in US dollars, None where no price is known.

    `tree` are the states of its search as `NodeRecord.plain` writes them; empty where it made none.
    """

    model_config = ConfigDict(frozen=True)

    strategy: str
    outcome: str
    seconds: float = 0.0
    tactics: int = 0
    states: int = 0
    tokens: int = 0
    cost: float | None = None
    tree: tuple[Mapping[str, Any], ...] = ()


class LemmaReport(BaseModel):
    """A helper lemma that was put above a declaration: its name, and the whole of it as it stands in the file."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str


class HoleReport(BaseModel):
    """What became of one hole. Lines count from 1, columns from 0 in code points, as Lean prints them.

    `strategy` is the one that found the proof, or the disproof; `tried` are all that worked on it, in their order. The
    proof needs the `lemmas`, which were put above the declaration.
    """

    model_config = ConfigDict(frozen=True)

    declaration: str
    line: int
    column: int
    status: ProofStatus
    statement: str = ""
    goal: str = ""
    proof: str | None = None
    lemmas: tuple[LemmaReport, ...] = ()
    reason: OpenReason | None = None
    detail: str = ""
    axioms: tuple[str, ...] | None = None
    axioms_how: str = ""
    tactics_tried: int = 0
    seconds: float = 0.0
    strategy: str = ""
    tried: tuple[StrategyReport, ...] = ()

    @property
    def tokens(self) -> int:
        """Tokens of models that were used."""
        return sum(each.tokens for each in self.tried)

    @property
    def cost(self) -> float | None:
        """US dollars, as far as prices are known; None where none is."""
        known = [each.cost for each in self.tried if each.cost is not None]
        return sum(known) if known else None


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

    @property
    def holes(self) -> Sequence[HoleReport]:
        """The holes of all files."""
        return [hole for file in self.files for hole in file.holes]

    @property
    def by_strategy(self) -> Counter[str]:
        """How many holes each strategy has proved."""
        return Counter(each.strategy for each in self.holes if each.status is ProofStatus.PROVED and each.strategy)

    @property
    def tokens(self) -> int:
        """Tokens of models that were used."""
        return sum(hole.tokens for hole in self.holes)

    @property
    def cost(self) -> float | None:
        """US dollars, as far as prices are known; None where none is."""
        known = [hole.cost for hole in self.holes if hole.cost is not None]
        return sum(known) if known else None

    @property
    def ran_out(self) -> bool:
        """Whether some hole is open for want of time, tokens or money only."""
        return any(hole.reason is OpenReason.BUDGET for hole in self.holes)

    def exit_code(self) -> ExitCode:
        """The exit code: an interruption, then an error, then what is open, then success."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.errors:
            return ExitCode(self.errors[0].exit_code)
        left = [hole for hole in self.holes if hole.status is not ProofStatus.PROVED]
        if any(file.recheck is RecheckStatus.REFUSED for file in self.files):
            return ExitCode.NOT_PROVED
        if not left:
            return ExitCode.PROVED
        if any(hole.status is ProofStatus.INCONCLUSIVE for hole in left):
            return ExitCode.LEAN_FAILED
        if all(hole.reason is OpenReason.BUDGET for hole in left):
            return ExitCode.BUDGET
        return ExitCode.NOT_PROVED
