"""A data set from many sources: which files there are, what is kept of them, and the figures of that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tools.errors import ExitCode, QedError
from tools.progress.example import ProgressExample
from tools.progress.trajectory import Trajectory, balanced


class SourceKind(Enum):
    """What a file holds, by its ending."""

    LEAN = ".lean"
    BENCHMARK = ".json"
    """A part of LeanDojo Benchmark 4."""
    TREES = ".jsonl"
    """Saved search trees."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that rows come from."""

    path: Path
    kind: SourceKind


@dataclass
class DatasetCounts:
    """Proofs and steps that were seen, and those that were kept; `rows` were written."""

    proofs_seen: int = 0
    proofs_kept: int = 0
    steps_seen: int = 0
    steps_kept: int = 0
    rows: int = 0

    @property
    def mean_seen(self) -> float:
        """The mean length of the proofs seen, in steps."""
        return self.steps_seen / self.proofs_seen if self.proofs_seen else 0.0

    @property
    def mean_kept(self) -> float:
        """The mean length of the proofs kept, in steps."""
        return self.steps_kept / self.proofs_kept if self.proofs_kept else 0.0


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """The files that paths mean: each by its ending, and the `.lean` files below a folder, hidden folders left out.

    Raises `QedError` for what is not there or has another ending, and for a folder without `.lean` files.
    """
    found: list[Source] = []
    for path in paths:
        if path.is_dir():
            below = sorted(each for each in path.rglob("*.lean") if not _is_hidden(each.relative_to(path)))
            if not below:
                raise QedError(f"{path} has no .lean files", exit_code=ExitCode.FILE_NOT_FOUND)
            found += [Source(each, SourceKind.LEAN) for each in below]
        elif not path.exists():
            raise QedError(f"no such file: {path}", exit_code=ExitCode.FILE_NOT_FOUND)
        else:
            found.append(Source(path, _kind(path)))
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _kind(path: Path) -> SourceKind:
    try:
        return SourceKind(path.suffix.lower())
    except ValueError:
        raise QedError(
            f"{path}: no rows can be made of a {path.suffix or 'file without ending'}",
            hint=".lean: your own files; .json: LeanDojo Benchmark 4; .jsonl: saved search trees.",
            exit_code=ExitCode.USAGE,
        ) from None


def dataset_rows(
    trajectories: Iterable[Trajectory], counts: DatasetCounts, *, balance: bool, seed: int
) -> Iterator[ProgressExample]:
    """The rows of what is kept, counted in `counts`; raises `QedError` at the end when there are none."""
    seen = _seen(trajectories, counts)
    for trajectory in balanced(seen, seed) if balance else seen:
        counts.proofs_kept += 1
        counts.steps_kept += trajectory.length
        for row in trajectory.rows:
            counts.rows += 1
            yield row
    if not counts.rows:
        if not counts.proofs_seen:
            raise QedError("no rows: the sources hold no complete tactic proof", exit_code=ExitCode.BAD_DATASET)
        raise QedError(
            f"no rows: {counts.proofs_seen} proofs were found, and balancing kept none",
            hint="Balancing drops most short proofs; --no-balance keeps all.",
            exit_code=ExitCode.BAD_DATASET,
        )


def _seen(trajectories: Iterable[Trajectory], counts: DatasetCounts) -> Iterator[Trajectory]:
    for trajectory in trajectories:
        counts.proofs_seen += 1
        counts.steps_seen += trajectory.length
        yield trajectory
