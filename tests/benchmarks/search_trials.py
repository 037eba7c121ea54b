"""What came of searches: one trial a line of a file, and the table of many."""

import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError
from rich.table import Table

from tests.suites.suite import Grade, Third
from tools.errors import ExitCode, QedError


class Trial(BaseModel):
    """One search for one theorem.

    `calls` are the tactics that the search gave to Lean and `seconds` its time, both without the shortening of what it
    found; `own_seconds` is the CPU time, with the shortening, for which it did not ask Lean or a scoring model.
    `unconfirmed` marks a proof that did not finish again as a whole, `error` says why there was no search.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    theorem: str
    third: Third
    subject: str
    grade: Grade
    searcher: str
    limit: float
    solved: bool = False
    end: str = ""
    proof: str = ""
    unconfirmed: bool = False
    refuted: bool = False
    nodes: int = 0
    calls: int = 0
    seconds: float = 0.0
    own_seconds: float = 0.0
    error: str = ""

    @property
    def key(self) -> tuple[str, str, float]:
        """What a trial is a trial of."""
        return self.theorem, self.searcher, self.limit


@dataclass
class TrialLog:
    """A file of trials, one a line, that grows as they end."""

    path: Path
    trials: list[Trial] = field(default_factory=list[Trial])

    @classmethod
    def opened(cls, path: Path, *, resume: bool) -> Self:
        """The log of a file: a new one, or with `resume` one that may hold trials.

        A last line without its end was being written when a run was interrupted, and is dropped. Raises `QedError`
        when the file exists without `resume`, cannot be read or written, or holds something else (with the line).
        """
        try:
            if not resume:
                path.touch(exist_ok=False)
                return cls(path)
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            whole = text[: text.rfind("\n") + 1]
            log = cls(path, [_read(path, number, line) for number, line in enumerate(whole.splitlines(), start=1)])
            path.write_text(whole, encoding="utf-8")
        except FileExistsError:
            raise QedError(f"{path} is there already: --resume goes on with it", exit_code=ExitCode.USAGE) from None
        except (OSError, UnicodeDecodeError) as error:
            raise QedError(f"{path}: {error}", exit_code=ExitCode.USAGE) from None
        return log

    def append(self, trial: Trial) -> None:
        """Adds a trial, in the file first."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(trial.model_dump_json() + "\n")
        self.trials.append(trial)


def _read(path: Path, number: int, line: str) -> Trial:
    try:
        return Trial.model_validate_json(line)
    except ValidationError as error:
        message = f"{path}:{number} is not a trial: {error.errors()[0]['msg']}"
        raise QedError(message, exit_code=ExitCode.USAGE) from None


def table(trials: Sequence[Trial], apart: Collection[str] = ()) -> Table:
    """A row for each searcher: what it solved, by grade and in all, and what it took: median and total.

    "calls, common" are the Lean calls for the theorems that all searchers have solved but those `apart`.
    """
    columns = (*(grade.value for grade in Grade), "all", "nodes", "Lean calls", "calls, common", "seconds", "own/node")
    common = _common([trial for trial in trials if trial.searcher not in apart])
    shown = Table(title="solved, and what all the trials took (median, total)")
    for column in ("searcher", *columns):
        shown.add_column(column, no_wrap=column == "searcher")
    for searcher in dict.fromkeys(trial.searcher for trial in trials):
        shown.add_row(searcher, *_row([trial for trial in trials if trial.searcher == searcher], common))
    shown.caption = _caption(trials)
    return shown


def _common(trials: Sequence[Trial]) -> set[str]:
    """The theorems that every searcher among the trials has solved."""
    common = {trial.theorem for trial in trials}
    for searcher in {trial.searcher for trial in trials}:
        common &= {trial.theorem for trial in trials if trial.searcher == searcher and trial.solved}
    return common


def _row(trials: Sequence[Trial], common: Collection[str]) -> list[str]:
    by_grade = [[trial for trial in trials if trial.grade is grade] for grade in Grade]
    solved = [f"{sum(trial.solved for trial in each)}/{len(each)}" for each in (*by_grade, trials)]
    nodes, calls = [trial.nodes for trial in trials], [trial.calls for trial in trials]
    seconds = [trial.seconds for trial in trials]
    own = 1000 * sum(trial.own_seconds for trial in trials) / max(1, sum(nodes))
    return [
        *solved,
        f"{statistics.median(nodes):g}, {sum(nodes)}",
        f"{statistics.median(calls):g}, {sum(calls)}",
        f"{sum(trial.calls for trial in trials if trial.solved and trial.theorem in common)}",
        f"{statistics.median(seconds):.1f}, {sum(seconds):.0f}",
        f"{own:.2f} ms",
    ]


def _caption(trials: Sequence[Trial]) -> str:
    """What must not go unsaid: searches that did not take place, proofs that did not hold, true theorems refuted."""
    odd = {
        "errors": sum(bool(trial.error) for trial in trials),
        "proofs not confirmed": sum(trial.unconfirmed for trial in trials),
        "refuted": sum(trial.refuted for trial in trials),
    }
    return ", ".join(f"{what}: {count}" for what, count in odd.items() if count)
