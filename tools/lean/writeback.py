"""Reading a `.lean` file so that it can be written back, and writing it back.

What is read is kept as it is, to the byte: line endings, a byte order mark, a missing newline at the end. What is
written goes through the undo journal and appears at once and whole, or not at all.
"""

import contextlib
import dataclasses
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

from tools.errors import ExitCode, QedError
from tools.lean.atomic import changed_on_disk, require_replaceable
from tools.lean.journal import Change, Journal, JournalEntry

_BOM = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class LineEnding(Enum):
    """How the lines of a file end. A file without any line end counts as `LF`."""

    LF = "\n"
    CRLF = "\r\n"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class FileSnapshot:
    """A file as it was when it was read.

    `path` is the absolute path as it was named, `real_path` the file behind it with every link followed. `data` are
    the bytes, `sha256` their digest in hexadecimal; `text` is the text without a byte order mark and with its line
    ends as they are. `stat` is what the system said about the file.
    """

    path: Path
    real_path: Path
    data: bytes
    text: str
    sha256: str
    line_ending: LineEnding
    has_bom: bool

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a file.

        Raises `QedError`: `file-not-found` (also for what cannot be read), `is-a-directory`, `not-utf8` (with the
        byte offset and the line).
        """
        real_path, data = _read(path)
        has_bom = data.startswith(_BOM)
        body = data[len(_BOM) :] if has_bom else data
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _not_utf8(path, data, len(data) - len(body) + error.start) from error
        return cls(path.absolute(), real_path, data, text, digest(data), _line_ending(text), has_bom)

    def conform(self, text: str) -> str:
        """A piece of text with the line ends of this file: in a file that is CRLF throughout, every line end is.

        In a file of mixed line ends the text stays as it is.
        """
        if self.line_ending is not LineEnding.CRLF:
            return text
        return text.replace("\r\n", "\n").replace("\n", "\r\n")

    def with_text(self, text: str) -> Self:
        """The snapshot that reading the file will give after `text` has been written to it.

        Raises `QedError` for a text that UTF-8 cannot hold (a lone surrogate).
        """
        text = self.conform(text)
        try:
            body = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise QedError(
                f"cannot write {self.path}: the character at offset {error.start} of the new text is no character",
                exit_code=ExitCode.WRITE_FAILED,
            ) from error
        data = (_BOM if self.has_bom else b"") + body
        return dataclasses.replace(self, data=data, text=text, sha256=digest(data), line_ending=_line_ending(text))


def digest(data: bytes) -> str:
    """The SHA-256 digest in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def check_writable(snapshot: FileSnapshot) -> None:
    """Raises `QedError` (`read-only`) when the file may not be replaced: to be asked before work begins."""
    require_replaceable(snapshot.real_path)


def write(
    snapshot: FileSnapshot, new_text: str, *, declarations: Sequence[str] = (), journal: Journal | None = None
) -> JournalEntry:
    """Writes a new text over the file that was read, if it still is that file, and returns the journal's entry.

    Mode, owner (where it may be set), line ends, byte order mark and symbolic links stay; other hard links keep the
    old content. A kill at any moment leaves the old or the new file, whole, and a journal that knows which.
    `declarations` are the names to be shown by `qed undo`. Raises `QedError`: `read-only`, `changed-on-disk`,
    `write-failed`; the file is then as it was.
    """
    try:
        resolved = snapshot.path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise changed_on_disk(snapshot.path, "it is not there any more") from error
    if resolved != snapshot.real_path:
        raise changed_on_disk(snapshot.path, f"the link now leads to {resolved}")
    after = snapshot.with_text(new_text)
    change = Change(snapshot.real_path, snapshot.data, after.data, tuple(declarations))
    return (journal or Journal()).commit(change)


def _read(path: Path) -> tuple[Path, bytes]:
    try:
        real_path = path.resolve(strict=True)
        str(real_path).encode("utf-8")
        status = real_path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise QedError(
                f"{path} is a folder",
                hint="Name a .lean file in it.",
                exit_code=ExitCode.IS_A_DIRECTORY,
            )
        # Opening a pipe would wait for its writer for ever.
        if not stat.S_ISREG(status.st_mode):
            raise QedError(f"{path} is not a regular file", exit_code=ExitCode.FILE_NOT_FOUND)
        with real_path.open("rb") as file:
            return real_path, file.read()
    except UnicodeEncodeError as error:
        raise QedError(
            f"the path {os.fsencode(path)!r} is not UTF-8",
            hint="Rename the file or its folder.",
            exit_code=ExitCode.NOT_UTF8,
        ) from error
    except PermissionError as error:
        raise QedError(
            f"cannot read {path}: permission denied",
            hint="Allow reading it, or run qed as a user who may.",
            exit_code=ExitCode.FILE_NOT_FOUND,
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        with contextlib.suppress(OSError, ValueError):
            if path.is_symlink():
                reason = f"the link leads nowhere ({reason.lower()})"
        raise QedError(f"cannot read {path}: {reason}", exit_code=ExitCode.FILE_NOT_FOUND) from error


def _line_ending(text: str) -> LineEnding:
    crlf = text.count("\r\n")
    if crlf == 0:
        return LineEnding.LF
    return LineEnding.CRLF if crlf == text.count("\n") else LineEnding.MIXED


def _not_utf8(path: Path, data: bytes, offset: int) -> QedError:
    line = data.count(b"\n", 0, offset) + 1
    hint = "Lean reads UTF-8 only. Save the file as UTF-8."
    if data.startswith(_UTF16_MARKS):
        hint = "It looks like UTF-16. Lean reads UTF-8 only: `iconv -f UTF-16 -t UTF-8` converts it."
    return QedError(
        f"{path} is not UTF-8: byte 0x{data[offset]:02x} at offset {offset}, line {line}",
        hint=hint,
        exit_code=ExitCode.NOT_UTF8,
    )
