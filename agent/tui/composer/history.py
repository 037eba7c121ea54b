"""What was sent before, kept in a file of JSON lines that several qed may use at once.

A line is added with one write to the end of the file, so that no other qed's line is hurt. The file is shortened to
the newest thousand lines when it has grown to twice as many, under a lock that also those take who add.
"""

import contextlib
import json
import os
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

MOST_KEPT = 1000
_LONGEST = 20_000
"""Characters. A longer text is kept for this run only."""
_READ_AT_MOST = 4_000_000
"""Bytes from the end of the file, however long it is."""
_PATIENCE = 5.0
"""Seconds to wait for another qed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A text that was sent in the project at `root`."""

    text: str
    root: str


@dataclass
class History:
    """The texts that were sent. Without a file they are kept in memory only."""

    file: Path | None = None
    root: Path | None = None
    _entries: list[Entry] | None = field(default=None, repr=False)

    @property
    def entries(self) -> list[str]:
        """Texts, each once, the last first: those of this project, then those of others."""
        here = self._here
        own = [entry.text for entry in reversed(self._loaded) if entry.root == here]
        others = [entry.text for entry in reversed(self._loaded) if entry.root != here]
        return list(dict.fromkeys(own + others))

    def add(self, text: str) -> None:
        """Takes a text for this run. `save` brings it to the disk."""
        entry = Entry(text, self._here)
        if text and (not self._loaded or self._loaded[-1] != entry):
            self._loaded.append(entry)

    def save(self, text: str) -> None:
        """Adds a text to the file. It may wait for another qed: not for the event loop. Raises `OSError`."""
        if self.file is None or not text or len(text) > _LONGEST:
            return
        line = json.dumps({"root": self._here, "text": text}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self.file):
            _append(self.file, line)
            _shorten(self.file)

    @property
    def _here(self) -> str:
        return str(self.root) if self.root is not None else ""

    @property
    def _loaded(self) -> list[Entry]:
        if self._entries is None:
            self._entries = _read(self.file) if self.file is not None else []
        return self._entries


@contextlib.contextmanager
def _locked(file: Path) -> Generator[None]:
    """The lock of a history. Where it cannot be had the line is added all the same: only shortening could lose it."""
    from filelock import FileLock, Timeout  # not needed for the first picture

    lock = FileLock(file.with_suffix(".lock"))
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _append(file: Path, line: bytes) -> None:
    with open(file, "a+b", buffering=0, opener=_private) as out:
        if out.tell():
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":
                line = b"\n" + line  # ends a line that was cut off
        out.write(line)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _shorten(file: Path) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    if len(lines) <= 2 * MOST_KEPT:
        return
    shorter = file.with_suffix(f".{os.getpid()}.tmp")
    shorter.touch(0o600)
    shorter.write_bytes(b"".join(lines[-MOST_KEPT:]))
    shorter.replace(file)


def _read(file: Path) -> list[Entry]:
    """The newest entries of a file, the oldest first. What is no entry is passed over, and so is a missing file."""
    try:
        with file.open("rb") as source:
            size = source.seek(0, os.SEEK_END)
            source.seek(max(0, size - _READ_AT_MOST))
            lines = source.read().split(b"\n")
    except OSError:
        return []
    entries = [entry for line in lines[-2 * MOST_KEPT :] if (entry := _parsed(line)) is not None]
    return entries[-MOST_KEPT:]


def _parsed(line: bytes) -> Entry | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    fields = cast(dict[str, Any], record)
    text, root = fields.get("text"), fields.get("root", "")
    return Entry(text, root) if isinstance(text, str) and text and isinstance(root, str) else None
