"""What the earlier parts of a run have come to, read off the journal's lines."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from agent.llm.chat import ReplyFinished, Usage
from agent.prover.journal_records import (
    Accepted,
    Answered,
    HoleEnded,
    Lost,
    OnBranch,
    ProofFound,
    Record,
    RunEnded,
    StrategyEnded,
)
from agent.prover.memory import FoundBefore, Remembered
from agent.prover.outcome import Found
from agent.prover.report import HoleReport, OpenReason
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.helper_lemmas import HelperLemma

_Waiting = defaultdict[tuple[str, str], deque[Sequence[ReplyFinished]]]


@dataclass
class Past:
    """The holes by their keys, the answers that nobody has come back for, and what was spent in all.

    Answers belong to the strategy that asked: once that has come to nothing they are used up.
    """

    usage: Usage = field(default_factory=Usage)
    unpriced: bool = False
    seconds: float = 0.0
    ended: bool = False
    branch: str | None = None
    _holes: dict[str, Remembered] = field(default_factory=dict[str, Remembered])
    _proved: list[tuple[str, HoleReport]] = field(default_factory=list[tuple[str, HoleReport]])
    _answers: _Waiting = field(default_factory=lambda: _Waiting(deque))

    @classmethod
    def of(cls, records: Iterable[Record]) -> Self:
        """What these lines say, in their order."""
        past = cls()
        for record in records:
            past._take(record)
        return past

    def of_hole(self, key: str) -> Remembered:
        """What is known of a hole."""
        return self._holes.get(key, Remembered())

    def proved(self, path: Path) -> Sequence[HoleReport]:
        """The holes of a file whose proofs were accepted."""
        return [report for key, report in self._proved if key.startswith(f"{path.resolve()}::")]

    def take_answer(self, key: str, request: str) -> Sequence[ReplyFinished] | None:
        """The next answer to such a request that nobody has come back for."""
        waiting = self._answers.get((key, request))
        return waiting.popleft() if waiting else None

    def _take(self, record: Record) -> None:
        self.seconds = max(self.seconds, getattr(record, "seconds", 0.0))
        match record:
            case Answered(key=key, request=request, replies=replies):
                self._answers[key, request].append(replies)
                for reply in replies:
                    self._spend(key, reply.usage)
            case Lost(key=key, usage=usage):
                self._spend(key, usage)
            case StrategyEnded(key=key, report=report, lessons=lessons):
                known = self.of_hole(key)
                self._holes[key] = replace(known, tried=(*known.tried, report), lessons=lessons, found=None)
                self._use_up(key)
            case ProofFound(key=key):
                self._holes[key] = replace(self.of_hole(key), found=_found(record))
            case Accepted(key=key, report=report):
                # What was found stays until the hole is over: it may not have come into the file.
                self._proved.append((key, report))
            case HoleEnded(key=key, report=report):
                self._holes[key] = replace(self.of_hole(key), report=report, found=None)
                if report.status is ProofStatus.PROVED:
                    self._prove(key, report)
                elif report.reason is not OpenReason.BUDGET:  # that may go on with more, from where it was
                    self._use_up(key)
            case OnBranch(branch=branch):
                self.branch = branch
            case RunEnded():
                self.ended = True
            case _:
                pass

    def _spend(self, key: str, usage: Usage) -> None:
        known = self.of_hole(key)
        self._holes[key] = replace(known, usage=known.usage + usage)
        self.usage += usage
        self.unpriced = self.unpriced or (usage.cost is None and usage.total_tokens > 0)

    def _use_up(self, key: str) -> None:
        for each in [each for each in self._answers if each[0] == key]:
            del self._answers[each]

    def _prove(self, key: str, report: HoleReport) -> None:
        """The whole report takes the place of the one that was made just before the proof was written."""
        same = [at for at, (other, before) in enumerate(self._proved) if (other, before.proof) == (key, report.proof)]
        if same:
            self._proved[same[-1]] = (key, report)
        else:
            self._proved.append((key, report))


def _found(record: ProofFound) -> FoundBefore:
    lemmas = (HelperLemma(each.name, each.signature, each.proof) for each in record.lemmas)
    return FoundBefore(record.strategy, Found(record.proofs, tuple(lemmas)))
