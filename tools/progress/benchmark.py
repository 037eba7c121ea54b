"""Rows from LeanDojo Benchmark 4: `train.json`, `val.json`, `test.json` of either split.

A file is one JSON array of theorems; each has `full_name`, `file_path` and `traced_tactics`, a list of `tactic` and
`state_before`. The files are of some hundred megabytes, so they are read as a stream.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.errors import ExitCode, QedError
from tools.progress.example import Skipped, bad_data, complaint
from tools.progress.libraries import library
from tools.progress.trajectory import Trajectory


class _TracedTactic(BaseModel):
    model_config = ConfigDict(extra="ignore")

    tactic: str
    state_before: str


class _TracedTheorem(BaseModel):
    model_config = ConfigDict(extra="ignore")

    full_name: str
    file_path: str = ""
    traced_tactics: list[_TracedTactic]

    def trajectory(self) -> Trajectory | None:
        """The proof as rows; None where nothing was traced."""
        if not self.traced_tactics:
            return None
        steps = [(step.state_before, step.tactic) for step in self.traced_tactics]
        return Trajectory.of_steps(f"{self.file_path}:{self.full_name}", steps)


def read_benchmark(path: Path, skipped: Skipped | None = None) -> Iterator[Trajectory]:
    """The proofs of a file, one at a time; theorems without traced tactics (term proofs) are left out.

    Steps remaining are the tactics left in the traced proof. An entry that lacks a field raises `QedError` with its
    number (from 1); given `skipped`, it is counted there instead. A file that is not JSON is always an error.
    """
    for number, entry in enumerate(_entries(path), 1):
        try:
            found = _TracedTheorem.model_validate(entry).trajectory()
        except ValidationError as error:
            note = f"{path}: entry {number}: {complaint(error)}"
            if skipped is None:
                raise bad_data(note) from None
            skipped.add(note)
            continue
        if found is not None:
            yield found


def _entries(path: Path) -> Iterator[Any]:
    ijson = library("ijson")
    try:
        with path.open("rb") as stream:
            yield from ijson.items(stream, "item", use_float=True)
    except FileNotFoundError:
        raise QedError(f"no such file: {path}", exit_code=ExitCode.FILE_NOT_FOUND) from None
    except OSError as error:
        raise QedError(f"cannot read {path}: {error.strerror}", exit_code=ExitCode.FILE_NOT_FOUND) from None
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise QedError(f"{path}: not a JSON array of theorems: {reason}", exit_code=ExitCode.BAD_DATASET) from None
