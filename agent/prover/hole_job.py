"""One hole of a file as a job: how far it came, and what it may still spend."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.llm.chat import ChatModel, Usage
from agent.prover.lessons import Lessons
from agent.prover.memory import FoundBefore, Remembered
from agent.prover.purse import Purse
from agent.prover.report import HoleReport, OpenReason, StrategyReport
from agent.prover.strategy import Effort, Strategy
from agent.prover.targets import Place
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.document import Document, Hole
from tools.lean.tokens import tokenize

_BREATH = 1.0
"""With fewer seconds than these no strategy begins anything."""


def hole_key(path: Path, hole: Hole, goal: str) -> str:
    """The key of a hole in the memory of a run: its declaration and its goal, wherever it stands in the file."""
    digest = hashlib.sha256(goal.encode()).hexdigest()[:16]
    return f"{path.resolve()}::{hole.declaration} {digest}"


def difficulty(document: Document, hole: Hole) -> int:
    """How hard a hole may be, as far as the length of its statement tells; the smaller, the easier."""
    signature = document.declaration_of(hole).signature
    return sum(1 for _ in tokenize(document.text[signature.start : signature.end]))


@dataclass
class HoleJob:
    """A hole under work. `rung` is the next strategy of the ladder, `key` is there once Lean has shown the goal.

    `found` is what an earlier part of the run has left to be judged.
    `reason` and `status` say how the last strategy has left it, `over` is the report where it has come to its end.
    """

    place: Place
    number: int
    difficulty: int
    purse: Purse
    hint: str = ""
    key: str = ""
    rung: int = 0
    seconds: float = 0.0
    report: HoleReport | None = None
    over: HoleReport | None = None
    reason: OpenReason = OpenReason.BUDGET
    status: ProofStatus = ProofStatus.NOT_PROVED
    model: ChatModel | None = None
    found: FoundBefore | None = None
    lessons: Lessons = field(default_factory=Lessons)
    tried: list[StrategyReport] = field(default_factory=list[StrategyReport])

    def __lt__(self, other: "HoleJob") -> bool:
        """The cheapest strategy comes first, then the easiest hole."""
        return (self.rung, self.difficulty, self.number) < (other.rung, other.difficulty, other.number)

    def recall(self, remembered: Remembered, ladder: Sequence[Strategy]) -> None:
        """Goes on where an earlier part of the run has come to."""
        self.tried = list(remembered.tried)
        self.lessons.recall(remembered.lessons)
        self.found = remembered.found
        before = remembered.report
        self.seconds = before.seconds if before is not None else sum(each.seconds for each in remembered.tried)
        self.purse.restore(remembered.usage, self.seconds)
        done = {each.strategy for each in remembered.tried}
        self.rung = next((at for at, each in enumerate(ladder) if each.name not in done), len(ladder))

    @property
    def is_spent(self) -> bool:
        """Whether the time, the tokens or the money are used up."""
        purse = self.purse
        return purse.seconds_left < _BREATH or purse.tokens_left == 0 or purse.cost_left == 0.0

    def over_before(self, remembered: Remembered) -> HoleReport | None:
        """The report where work on it was over in an earlier part of the run; None where there is something to do.

        What ran out goes on where there is more now.
        """
        before = remembered.report
        if before is None or before.status is ProofStatus.PROVED:
            return None
        return before if before.reason is not OpenReason.BUDGET or self.is_spent else None

    def next_strategy(self, ladder: Sequence[Strategy]) -> Strategy | None:
        """The next strategy that can be afforded; None where there is none."""
        while self.rung < len(ladder):
            strategy = ladder[self.rung]
            if self.purse.seconds_left > 0 and (not strategy.asks_model or self.purse.may_ask()):
                return strategy
            self.rung += 1
        return None

    def ended(self, strategy: Strategy, outcome: str, effort: Effort, seconds: float, before: Usage) -> StrategyReport:
        """Takes down what a strategy did for so many seconds; `before` is what was spent when it began."""
        usage = self.purse.usage
        cost = None if usage.cost is None else usage.cost - (before.cost or 0.0)
        report = StrategyReport(
            strategy=strategy.name,
            outcome=outcome,
            seconds=seconds,
            tactics=effort.tactics,
            states=effort.nodes,
            tokens=usage.total_tokens - before.total_tokens,
            cost=cost,
            tree=tuple(effort.tree),
        )
        self.tried.append(report)
        return report

    def finished(self, **update: Any) -> HoleReport:
        """The report, with what is known at the end."""
        assert self.report is not None  # made before any work
        tactics = sum(each.tactics for each in self.tried)
        always = {"seconds": self.seconds, "tried": tuple(self.tried), "tactics_tried": tactics}
        return self.report.model_copy(update={**always, **update})

    def left_open(self) -> HoleReport:
        """The report of a hole that nothing has closed; the reason is the last strategy's, or that all is spent."""
        if self.is_spent:
            self.reason = OpenReason.BUDGET
        detail = self._told() or "not proved: there was nothing left to spend"
        return self.finished(status=self.status, reason=self.reason, detail=detail)

    def so_far(self) -> HoleReport | None:
        """The report of a hole at its end, or given up in the middle; None where work on it had not begun."""
        if self.report is None or self.over is not None:
            return self.over
        return self.finished(
            reason=OpenReason.INTERRUPTED, detail=self._told() or "interrupted before anything was tried"
        )

    def _told(self) -> str:
        alone = len(self.tried) == 1
        return "; ".join(each.outcome if alone else f"{each.strategy}: {each.outcome}" for each in self.tried)
