"""Receipts: what was proved, how it was checked and what it rests on, one JSON object a line.

<state>/receipts.jsonl
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from tools.directories import state_dir
from tools.errors import ExitCode, QedError

SCHEMA_VERSION = 1

AxiomsHow = Literal["read from the .olean", "#print axioms", "walked with #print", "not answered"]
Sha256 = str


class ToolchainNote(BaseModel):
    """The Lean that checked: its kind (`lake`, `lean`, `embedded`), a description, and the version of Lean."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str
    version: str


class LemmaNote(BaseModel):
    """A helper lemma that was written along with a proof."""

    model_config = ConfigDict(frozen=True)

    declaration: str
    statement_sha256: Sha256
    proof_sha256: Sha256


class Receipt(BaseModel):
    """What stands behind one written proof. Hashes are SHA-256 in hexadecimal, `seconds` the time spent in all.

    `axioms` is None where Lean could not be asked, and `axioms_how` says so; `imports_how` says why imported constants
    are believed. `recheck` is the result of an
    independent checker, or why there was none.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[1] = SCHEMA_VERSION
    time: AwareDatetime
    file: Path
    declaration: str
    statement_sha256: Sha256
    proof_sha256: Sha256
    lemmas: tuple[LemmaNote, ...] = ()
    file_sha256_before: Sha256
    file_sha256_after: Sha256
    toolchain: ToolchainNote
    axioms: tuple[str, ...] | None
    axioms_how: AxiomsHow
    imports_how: str = ""
    screening: str
    checks: tuple[str, ...]
    recheck: str
    seconds: float = Field(ge=0)

    @model_validator(mode="after")
    def _axioms_are_answered_or_not(self) -> Self:
        if (self.axioms is None) != (self.axioms_how == "not answered"):
            raise ValueError("axioms must be None exactly when they were not answered")
        return self


class ReceiptBook:
    """The receipts in a file (by default in the state directory). Safe to use from several processes."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file if file is not None else state_dir() / "receipts.jsonl"

    def add(self, receipt: Receipt) -> None:
        """Appends a receipt and brings it to the disk. Raises `QedError` (`write-failed`)."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.file.with_name(f"{self.file.name}.lock")), self.file.open("a+b") as out:
                line = receipt.model_dump_json().encode() + b"\n"
                # A line that a killed process left half is ended here, so that it spoils itself only.
                out.write(line if _ends_in_newline(self.file) else b"\n" + line)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise QedError(
                f"cannot write the receipt to {self.file}: {error.strerror or error}",
                exit_code=ExitCode.WRITE_FAILED,
            ) from error

    def __iter__(self) -> Iterator[Receipt]:
        """The receipts, oldest first; lines that are no receipts of this schema are passed over."""
        try:
            lines = self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        for line in lines:
            with contextlib.suppress(ValidationError):
                yield Receipt.model_validate_json(line)


def _ends_in_newline(file: Path) -> bool:
    data_end = file.stat().st_size
    if data_end == 0:
        return True
    with file.open("rb") as data:
        data.seek(data_end - 1)
        return data.read(1) == b"\n"
