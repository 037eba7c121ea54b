"""What qed wrote in a project: taken back, and shown."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Undone:
    """A write that was taken back; `diff` leads from the text that qed wrote to the one before."""

    path: Path
    declarations: tuple[str, ...]
    diff: str


def undo_last(root: Path) -> Undone:
    """Takes back the last write in a project. Raises `QedError`: nothing to undo, or the file was changed since."""
    from tools.errors import ExitCode, QedError
    from tools.lean.diff import unified_diff
    from tools.lean.journal import Journal

    journal = Journal()
    mine = [entry for entry in journal.undoable() if entry.path.is_relative_to(root)]
    if not mine:
        raise QedError(f"there is nothing to undo in {root}", exit_code=ExitCode.NOTHING_TO_UNDO)
    last = mine[-1]
    before = journal.old_bytes(last)
    written = last.path.read_bytes() if last.path.is_file() else b""
    journal.undo_last(last.path)
    return Undone(last.path, last.declarations, unified_diff(last.path, _text(written), _text(before)))


def written_since(root: Path, since: datetime) -> str:
    """What qed's writes changed in a project since a time, as unified diffs to the files as they are now."""
    from tools.errors import QedError
    from tools.lean.diff import unified_diff
    from tools.lean.journal import Journal

    journal = Journal()
    first: dict[Path, str] = {}
    for entry in journal.entries():
        if entry.time >= since.timestamp() and entry.path.is_relative_to(root) and entry.path not in first:
            try:
                first[entry.path] = _text(journal.old_bytes(entry))
            except QedError:  # dropped: the journal holds so much and no more
                continue
    now = {path: _text(path.read_bytes()) if path.is_file() else "" for path in first}
    return "".join(unified_diff(path, before, now[path]) for path, before in sorted(first.items()))


def last_written(path: Path) -> str:
    """The digest (SHA-256, in hexadecimal) of what qed wrote to a file last; empty where it never did."""
    from tools.lean.journal import Journal

    real = path.resolve()
    return next((entry.new_sha256 for entry in reversed(Journal().entries()) if entry.path == real), "")


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
