"""What a run remembers of its holes, so that it can be gone on with: who has tried what, and what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agent.llm.chat import ChatModel, Usage
from agent.prover.lessons import Lesson
from agent.prover.outcome import Found
from agent.prover.purse import Purse
from agent.prover.report import HoleReport, StrategyReport


@dataclass(frozen=True, slots=True)
class FoundBefore:
    """What a strategy has found for a hole, before the acceptance check has judged it."""

    strategy: str
    found: Found


@dataclass(frozen=True, slots=True)
class Remembered:
    """A hole in an earlier part of the run: strategies that came to nothing, lessons, and what was spent.

    `found` is what was found and not judged any more, `report` is there where work on the hole was over.
    """

    tried: tuple[StrategyReport, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    usage: Usage = field(default_factory=Usage)
    report: HoleReport | None = None
    found: FoundBefore | None = None


class RunMemory(Protocol):
    """The memory of a run. Holes are known by a key that stays the same while the file changes around them."""

    def recall(self, key: str) -> Remembered:
        """What is known of a hole."""
        ...

    def model_for(self, key: str, purse: Purse) -> ChatModel | None:
        """The model for the work on a hole, None where none is chosen; what it uses is spent from the purse.

        Answers that were paid for in an earlier part of the run come again for nothing.
        """
        ...

    def strategy_ended(self, key: str, report: StrategyReport, lessons: Sequence[Lesson]) -> None:
        """A strategy has come to nothing; `lessons` are all so far."""
        ...

    def proof_found(self, key: str, found: FoundBefore) -> None:
        """A proof was found, and waits for the acceptance check."""
        ...

    def proof_accepted(self, key: str, report: HoleReport) -> None:
        """A proof was accepted and is about to be written."""
        ...

    def hole_ended(self, key: str, report: HoleReport) -> None:
        """Work on a hole is over."""
        ...

    def earlier(self, path: Path) -> Sequence[HoleReport]:
        """The holes of a file whose proofs were accepted in earlier parts of the run."""
        ...


class NoMemory:
    """The memory of a run without a model that nobody will go on with."""

    def recall(self, key: str) -> Remembered:
        """Nothing is known."""
        return Remembered()

    def model_for(self, key: str, purse: Purse) -> ChatModel | None:
        """There is none."""
        return None

    def strategy_ended(self, key: str, report: StrategyReport, lessons: Sequence[Lesson]) -> None:
        """Is forgotten."""

    def proof_found(self, key: str, found: FoundBefore) -> None:
        """Is forgotten."""

    def proof_accepted(self, key: str, report: HoleReport) -> None:
        """Is forgotten."""

    def hole_ended(self, key: str, report: HoleReport) -> None:
        """Is forgotten."""

    def earlier(self, path: Path) -> Sequence[HoleReport]:
        """There were none."""
        return ()
