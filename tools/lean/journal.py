"""The undo journal: every write is recorded before it happens, with the bytes that it replaces.

    <state>/journal/entries/00000012.json   one entry a write, numbered in order
    <state>/journal/objects/<sha256>        the bytes before a write
    <state>/journal/lock                    held from the check of the file to the end of the rename

An entry is `prepared` before the rename and `done` after it. A process that is killed in between leaves a `prepared`
entry; since the lock is held throughout, whoever finds one knows that its writer is gone, and the file's hash says
whether the write took place.
"""

import contextlib
import hashlib
import time
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from tools.directories import state_dir
from tools.errors import ExitCode, QedError
from tools.lean.atomic import (
    changed_on_disk,
    discard,
    put_in_place,
    remove_leftovers,
    require_replaceable,
    stage,
    write_atomically,
)

DEFAULT_MAX_ENTRIES = 500
DEFAULT_MAX_BYTES = 256 * 1024 * 1024
_UNDO_HINT = "qed takes back only what it wrote itself. Bring the file back to that text first, or edit it by hand."


class EntryState(Enum):
    """How far a write has come."""

    PREPARED = "prepared"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Change:
    """A file's bytes before and after. `path` has its links followed; `undoes` is the entry that this takes back."""

    path: Path
    old: bytes
    new: bytes
    declarations: tuple[str, ...] = ()
    undoes: int | None = None


class JournalEntry(BaseModel):
    """One write. Hashes are SHA-256 in hexadecimal, `time` is in seconds since 1970; `undoes` marks an undo."""

    model_config = ConfigDict(frozen=True)

    id: int
    state: EntryState
    path: Path
    old_sha256: str
    new_sha256: str
    time: float
    declarations: tuple[str, ...] = ()
    undoes: int | None = None


class Journal:
    """The journal in a folder (by default in the state directory). Safe to use from several processes.

    The oldest entries are dropped beyond `max_entries`, or when what they hold exceeds `max_bytes`; the newest entry
    always stays.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        max_entries: int = DEFAULT_MAX_ENTRIES,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> None:
        self.folder = folder if folder is not None else state_dir() / "journal"
        self._entries = self.folder / "entries"
        self._objects = self.folder / "objects"
        self._max_entries = max_entries
        self._max_bytes = max_bytes

    def entries(self) -> list[JournalEntry]:
        """All entries that took place, oldest first; what a killed process left open is settled first."""
        with self._locked():
            return [e for e in self._settle() if e.state is EntryState.DONE]

    def undoable(self, path: Path | None = None) -> list[JournalEntry]:
        """The writes that can be taken back, oldest first: of one file, or of all."""
        with self._locked():
            return _undoable(self._settle(), path)

    def commit(self, change: Change) -> JournalEntry:
        """Records a change and carries it out.

        Raises `QedError`: `changed-on-disk` when the file is not `change.old` any more, `read-only`, `write-failed`
        when the file or the journal cannot be written. The file is then as it was.
        """
        require_replaceable(change.path)
        remove_leftovers(change.path)
        staged = stage(change.path, change.new, imitate=True)
        try:
            with self._locked():
                return self._carry_out(change, staged, self._settle())
        finally:
            discard(staged)

    def undo_last(self, path: Path | None = None) -> JournalEntry:
        """Takes back the last write (to `path`, or at all) and returns the entry of the undo.

        The undo is a write of its own, recorded like one; the next call takes back the write before. Raises
        `QedError`: `nothing-to-undo`, `changed-on-disk` when the file is not what that write left, `write-failed`.
        """
        candidates = self.undoable(path)
        if not candidates:
            raise QedError(
                "there is nothing to undo" + (f" in {path}" if path else ""),
                exit_code=ExitCode.NOTHING_TO_UNDO,
            )
        last = candidates[-1]
        try:
            current = last.path.read_bytes()
        except OSError as error:
            raise changed_on_disk(last.path, f"it cannot be read ({error.strerror})", hint=_UNDO_HINT) from error
        if _digest(current) != last.new_sha256:
            raise changed_on_disk(last.path, "it is not the text that qed wrote", hint=_UNDO_HINT)
        return self.commit(Change(last.path, current, self.old_bytes(last), last.declarations, last.id))

    def old_bytes(self, entry: JournalEntry) -> bytes:
        """The bytes of the file before a write. Raises `QedError` when the journal has lost them."""
        try:
            data = (self._objects / entry.old_sha256).read_bytes()
        except OSError as error:
            raise self._damaged(f"{entry.old_sha256} is missing") from error
        if _digest(data) != entry.old_sha256:
            raise self._damaged(f"{entry.old_sha256} is damaged")
        return data

    def _damaged(self, what: str) -> QedError:
        return QedError(f"the journal in {self.folder} cannot be used: {what}", exit_code=ExitCode.WRITE_FAILED)

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        try:
            for folder in (self._entries, self._objects):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(self.folder / "lock")
            lock.acquire()
        except OSError as error:
            raise self._damaged(error.strerror or str(error)) from error
        try:
            yield
        finally:
            lock.release()

    def _carry_out(self, change: Change, staged: Path, known: list[JournalEntry]) -> JournalEntry:
        if change.undoes is not None and change.undoes not in {e.id for e in _undoable(known, change.path)}:
            raise changed_on_disk(change.path, "another process has taken this write back just now")
        entry = JournalEntry(
            id=max((e.id for e in known), default=0) + 1,
            state=EntryState.PREPARED,
            path=change.path,
            old_sha256=_digest(change.old),
            new_sha256=_digest(change.new),
            time=time.time(),
            declarations=change.declarations,
            undoes=change.undoes,
        )
        stored = self._objects / entry.old_sha256
        if not stored.exists():
            write_atomically(stored, change.old)
        self._store(entry)
        try:
            # Directly before the rename: what came between this line and the next could not be noticed.
            if _hash_of(change.path) != entry.old_sha256:
                raise changed_on_disk(change.path, "somebody else has written it in the meantime")
            put_in_place(staged, change.path)
        except BaseException:
            self._settle_one(entry)
            raise
        done = entry.model_copy(update={"state": EntryState.DONE})
        # The file is written. If only the note of it fails, the entry stays prepared, and its hash tells later.
        with contextlib.suppress(QedError):
            self._store(done)
            self._prune([*known, done])
        return done

    def _entry_file(self, entry: JournalEntry) -> Path:
        return self._entries / f"{entry.id:08}.json"

    def _store(self, entry: JournalEntry) -> None:
        write_atomically(self._entry_file(entry), entry.model_dump_json().encode())

    def _load(self) -> list[JournalEntry]:
        found: list[JournalEntry] = []
        for file in sorted(self._entries.glob("*.json")):
            # A damaged entry must not stand in the way of the others.
            with contextlib.suppress(OSError, ValidationError):
                found.append(JournalEntry.model_validate_json(file.read_bytes()))
        return sorted(found, key=lambda entry: entry.id)

    def _settle(self) -> list[JournalEntry]:
        settled = (e if e.state is EntryState.DONE else self._settle_one(e) for e in self._load())
        return [entry for entry in settled if entry is not None]

    def _settle_one(self, entry: JournalEntry) -> JournalEntry | None:
        """Finds out whether a prepared write took place. If the file tells neither way, the entry stays as it is."""
        match _hash_of(entry.path):
            case entry.new_sha256:
                done = entry.model_copy(update={"state": EntryState.DONE})
                with contextlib.suppress(QedError):
                    self._store(done)
                return done
            case entry.old_sha256:
                discard(self._entry_file(entry))
                return None
            case _:
                return entry

    def _prune(self, known: list[JournalEntry]) -> None:
        """Drops the oldest entries beyond the limits, and the bytes that no entry refers to."""
        kept: set[int] = set()
        held: set[str] = set()
        total = 0
        for entry in reversed(known):
            size = 0 if entry.old_sha256 in held else self._size(entry.old_sha256)
            if kept and (len(kept) >= self._max_entries or total + size > self._max_bytes):
                break
            kept.add(entry.id)
            held.add(entry.old_sha256)
            total += size
        for entry in known:
            if entry.id not in kept:
                discard(self._entry_file(entry))
        # Under the lock nobody else is writing here: what is neither an entry nor held bytes is a leftover.
        for file in (*self._objects.iterdir(), *self._entries.glob(".*.tmp")):
            if file.name not in held:
                discard(file)

    def _size(self, name: str) -> int:
        try:
            return (self._objects / name).stat().st_size
        except OSError:
            return 0


def _undoable(entries: list[JournalEntry], path: Path | None) -> list[JournalEntry]:
    done = [e for e in entries if e.state is EntryState.DONE]
    taken_back = {e.undoes for e in done}
    real = path.resolve() if path is not None else None
    return [e for e in done if e.undoes is None and e.id not in taken_back and (real is None or e.path == real)]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hash_of(path: Path) -> str | None:
    try:
        return _digest(path.read_bytes())
    except OSError:
        return None
