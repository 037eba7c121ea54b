"""One row of a LeanProgress data set, and its files: JSON Lines.

The fields are those of lean-dojo-v2 (`goal`, `prefix`, `tactic`, `steps_remaining`); `theorem` is ours. Fields beyond
these are ignored. What cannot be read is named with file and line.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.errors import ExitCode, QedError

MAX_STEPS = 1_000_000
"""No proof has more steps; a larger label is a mistake, and would drown all others."""
_MAX_NOTES = 20
_Row = TypeVar("_Row", bound=BaseModel)


class ProgressQuestion(BaseModel):
    """A tactic in a proof state.

    `goal` is the whole state as Lean prints it (several goals: blank lines between them); `prefix` holds the tactics so
    far, one a line.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    goal: str
    prefix: str = ""
    tactic: str


class ProgressExample(ProgressQuestion):
    """A question with its answer: how many steps are left after the tactic, 0 for the one that ends the proof.

    `theorem` says what the row belongs to: training and evaluation never share one.
    """

    steps_remaining: Annotated[int, Field(strict=True, ge=0, le=MAX_STEPS)]
    theorem: str = ""


@dataclass
class Skipped:
    """What was passed over, counted; the first few with their reasons."""

    count: int = 0
    notes: list[str] = field(default_factory=list[str])

    def add(self, note: str) -> None:
        """Counts one more."""
        self.count += 1
        if len(self.notes) < _MAX_NOTES:
            self.notes.append(note)


def bad_data(message: str) -> QedError:
    """The error for data that cannot be read."""
    return QedError(message, hint="`--skip-bad` passes over what is bad.", exit_code=ExitCode.BAD_DATASET)


def open_text(path: Path) -> TextIOWrapper:
    """Opens a file of data; raises `QedError` where that is not possible."""
    try:
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n")
    except FileNotFoundError:
        raise QedError(f"no such file: {path}", exit_code=ExitCode.FILE_NOT_FOUND) from None
    except IsADirectoryError:
        raise QedError(f"{path} is a folder, not a file", exit_code=ExitCode.IS_A_DIRECTORY) from None
    except OSError as error:
        raise QedError(f"cannot read {path}: {error.strerror}", exit_code=ExitCode.FILE_NOT_FOUND) from None


def read_examples(path: Path, skipped: Skipped | None = None) -> Iterator[ProgressExample]:
    """The rows of a file, one at a time; see `parse_lines`."""
    with open_text(path) as lines:
        yield from parse_lines(lines, str(path), ProgressExample, skipped)


def parse_lines(lines: Iterable[str], source: str, model: type[_Row], skipped: Skipped | None = None) -> Iterator[_Row]:
    """The rows in lines of JSON, one at a time; blank lines are no rows. `source` names them in errors.

    A line that is no row raises `QedError` with source and line; given `skipped`, it is counted there instead.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _parsed(line, model)
        except ValueError as error:
            note = f"{source}:{number}: {error}"
            if skipped is None:
                raise bad_data(note) from None
            skipped.add(note)


def _parsed(line: str, model: type[_Row]) -> _Row:
    """A row; raises ValueError with a message for people."""
    value = _parsed_object(line)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ValueError(complaint(error)) from None


def _parsed_object(line: str) -> dict[str, object]:
    """The JSON object of a line; raises ValueError with a message for people."""
    if any("\udc80" <= character <= "\udcff" for character in line):
        raise ValueError("not UTF-8")
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value  # pyright: ignore[reportUnknownVariableType]


def complaint(error: ValidationError) -> str:
    """What is wrong with the first bad field, in one line."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"the field `{name}` is missing"
    return f"`{name}`: {first['msg'][:1].lower()}{first['msg'][1:]}, got {first['input']!r:.60}"


def write_examples(path: Path, rows: Iterable[ProgressExample]) -> int:
    """Writes rows as they come, and returns their number.

    Folders above are made. The file appears when it is complete: what was there before stays until then, also when
    the rows fail half way. Raises `QedError` where it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            count = _write(out, rows)
        draft.replace(path)
    except OSError as error:
        raise QedError(f"cannot write {path}: {error.strerror or error}", exit_code=ExitCode.WRITE_FAILED) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return count


def _write(out: IO[str], rows: Iterable[ProgressExample]) -> int:
    count = 0
    for row in rows:
        # A lone surrogate is text to JSON but not to UTF-8: it is written as an escape.
        line = row.model_dump(exclude_defaults=True)
        text = json.dumps(line, ensure_ascii=False)
        try:
            out.write(text + "\n")
        except UnicodeEncodeError:
            out.write(json.dumps(line) + "\n")
        count += 1
    return count
