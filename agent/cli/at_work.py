"""What is known of a file under work, from the events of the prover: the holes at work, counts, and what was spent."""

from collections import Counter
from dataclasses import dataclass, field

from agent.prover.events import (
    Checking,
    Closed,
    FileFinished,
    FileStarted,
    HoleFinished,
    HoleSetAside,
    HoleStarted,
    ProverEvent,
    Rechecking,
    Searching,
    Spent,
    StrategyStarted,
    WaitingForWorkers,
    Working,
)
from agent.prover.report import HoleReport
from tools.lean.acceptance.verdict import ProofStatus


@dataclass
class HoleAtWork:
    """A hole that somebody works on. `ends` is when its time is over, on the clock of the events; infinite: never.

    `goal` is the best state of a search, `doing` what is done otherwise, both as they came.
    """

    name: str
    strategy: str = ""
    goal: str = ""
    doing: str = ""
    tactics: int = 0
    ends: float = float("inf")


@dataclass
class AtWork:
    """The work of a run, as events tell of it; holes and counts are those of the current file.

    `doing` is what is done about the file as a whole, since `since`. Taking an event costs next to nothing.
    """

    total: int = 0
    doing: str = ""
    since: float = 0.0
    holes: dict[int, HoleAtWork] = field(default_factory=dict[int, HoleAtWork])
    ended: Counter[ProofStatus] = field(default_factory=Counter[ProofStatus])
    _spent: dict[int, tuple[int, float | None]] = field(default_factory=dict[int, tuple[int, float | None]])
    _before: list[tuple[int, float | None]] = field(default_factory=list[tuple[int, float | None]])

    def take(self, event: ProverEvent, now: float) -> None:
        """Takes an event that came `now` (seconds of any clock that runs on)."""
        match event:
            case Searching(number=number):
                if hole := self.holes.get(number):
                    hole.tactics, hole.goal, hole.doing = event.tactics, event.goal, event.tactic
            case Working(number, text):
                if hole := self.holes.get(number):
                    hole.goal, hole.doing = "", text
            case Spent(number, tokens, cost):
                self._spent[number] = tokens, cost
            case HoleStarted(declaration, line, number, total):
                self.total = total
                self.holes.setdefault(number, HoleAtWork(f"{declaration}:{line}", doing="Lean shows the goal"))
            case StrategyStarted(number, strategy, seconds_left):
                if hole := self.holes.get(number):
                    self.holes[number] = HoleAtWork(hole.name, strategy, ends=now + seconds_left)
            case Closed(number):
                if hole := self.holes.get(number):
                    hole.goal, hole.doing = "", "it is closed; the proof is made shorter"
            case Checking(number, proof):
                if hole := self.holes.get(number):
                    hole.goal, hole.doing, hole.ends = (
                        "",
                        f"found, and checked with what is found meanwhile: {proof}",
                        float("inf"),
                    )
            case HoleSetAside(number):
                self.holes.pop(number, None)
            case HoleFinished(number, report):
                self._finished(number, report)
            case FileStarted():
                self._begin("Lean reads the file", now)
            case WaitingForWorkers(limit):
                self._about_file(f"waiting: other runs of qed use all {limit} Lean workers of this machine", now)
            case Rechecking():
                self._about_file("the project's checker replays the file", now)
            case FileFinished():
                self.holes.clear()
            case _:
                pass

    @property
    def waiting(self) -> int:
        """How many holes nobody works on yet, or any more for now."""
        return max(0, self.total - len(self.holes) - self.ended.total())

    @property
    def tokens(self) -> int:
        """Tokens of models, in the whole run."""
        return sum(tokens for tokens, _ in (*self._before, *self._spent.values()))

    @property
    def cost(self) -> float | None:
        """US dollars, in the whole run; None where no price is known."""
        known = [cost for _, cost in (*self._before, *self._spent.values()) if cost is not None]
        return sum(known) if known else None

    def spent(self, number: int) -> tuple[int, float | None]:
        """Tokens and US dollars for a hole."""
        return self._spent.get(number, (0, None))

    def _begin(self, doing: str, now: float) -> None:
        self._before += self._spent.values()
        self._spent.clear()
        self.holes.clear()
        self.ended.clear()
        self.total = 0
        self._about_file(doing, now)

    def _about_file(self, doing: str, now: float) -> None:
        self.doing, self.since = doing, now

    def _finished(self, number: int, report: HoleReport) -> None:
        self.holes.pop(number, None)
        self.ended[report.status] += 1
        if report.tokens:  # all of it in an earlier part of the run, if nobody has told
            self._spent.setdefault(number, (report.tokens, report.cost))
