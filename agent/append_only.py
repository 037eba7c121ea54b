"""Files that only grow, a line at a time: what a killed process was writing spoils its own line only."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from tools.directories import state_dir
from tools.errors import ExitCode, QedError


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of such files in the state directory, each the work of one process at a time.

    `<state>/<folder>/<name>.jsonl`, and a `.lock` beside it. `thing` is what people call one, `hint` says where the
    others are found.
    """

    folder: str
    thing: str
    hint: str

    @property
    def path(self) -> Path:
        """Where they are kept."""
        return state_dir() / self.folder

    @property
    def files(self) -> Sequence[Path]:
        """All of them, the oldest first."""
        return sorted(self.path.glob("*.jsonl"))

    def file(self, name: str) -> Path:
        """The file of this name, which need not be there."""
        return self.path / f"{name}.jsonl"

    def find(self, name: str) -> Path:
        """The file of this name, or of the beginning of it where that is enough. Raises `QedError`."""
        files = self.files
        matching = [each for each in files if each.stem == name] or [
            each for each in files if each.stem.startswith(name)
        ]
        if len(matching) == 1:
            return matching[0]
        problem = f"no {self.thing} {name}" if not matching else f"several {self.thing}s begin with {name}"
        raise QedError(problem, hint=self.hint, exit_code=ExitCode.USAGE)

    def claim(self, file: Path) -> FileLock:
        """Keeps other processes from working on it until the lock is released.

        Raises `QedError`: `BUSY` where another process works on it, `WRITE_FAILED` where nothing can be written.
        """
        lock = FileLock(file.with_suffix(".lock"), thread_local=False)
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire(timeout=0)
        except Timeout:
            raise QedError(
                f"{self.thing} {file.stem} is open in another qed", hint="Wait for its end.", exit_code=ExitCode.BUSY
            ) from None
        except OSError as error:
            raise self.unwritable(file, error) from error
        return lock

    def append(self, file: Path, lines: Sequence[str], *, durable: bool = True) -> None:
        """Appends lines with one call; a half line at the end is ended first. `durable`: they are on the disk then.

        Raises `QedError`.
        """
        try:
            _append(file, lines, durable=durable)
        except OSError as error:
            raise self.unwritable(file, error) from error

    def unwritable(self, file: Path, error: OSError) -> QedError:
        """What is said where it cannot be written."""
        return QedError(
            f"cannot write the {self.thing} to {file}: {error.strerror or error}",
            hint="Set QED_STATE_DIR to a folder that you can write to.",
            exit_code=ExitCode.WRITE_FAILED,
        )


def new_name(now: datetime) -> str:
    """A name for something new that sorts by its time."""
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _append(file: Path, lines: Sequence[str], *, durable: bool) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as out:
        if out.tell():
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":
                data = b"\n" + data
        out.write(data)
        out.flush()
        if durable:
            os.fsync(out.fileno())
