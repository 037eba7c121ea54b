"""The index on the disk: one SQLite file for a set of library folders, with SQLite's own full-text search (FTS5).

FTS5 ranks by BM25. Measured on the 77,000 declarations that `import Lean` brings along (CPU time): the library `bm25s`
ranks in 1 ms, but wants numpy (150 ms to import) and all of it indexed anew (2 s) when a module changes; FTS5 ranks in
5 to 12 ms, opens in 1 ms, changes one module by itself, lets several processes read and write, and is in Python.
Each module is written in one transaction: whoever is killed leaves whole modules.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock

from tools.directories import cache_dir
from tools.errors import ExitCode, QedError
from tools.premises.declarations import Declaration, Module
from tools.premises.printing import Shape
from tools.premises.words import constant_words, document_words, encoded, name_words, size_words

VERSION: Final = 5
"""Raised whenever the tables, or what is written into them, change."""

_BUSY_SECONDS: Final = 30.0
_MAX_TYPE: Final = 4000
_MODULE_BITS: Final = 20  # a row's number holds its module's above these bits
_TABLES: Final = """
CREATE TABLE module (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, path TEXT NOT NULL, modified INTEGER NOT NULL,
                     size INTEGER NOT NULL, imports TEXT NOT NULL, problem TEXT NOT NULL);
CREATE TABLE declaration (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL,
                          conclusion INTEGER NOT NULL, head TEXT NOT NULL, variables TEXT NOT NULL, doc TEXT NOT NULL,
                          deprecated INTEGER NOT NULL, types TEXT NOT NULL, determined INTEGER NOT NULL);
CREATE INDEX declaration_name ON declaration (name);
CREATE TABLE shape (module INTEGER NOT NULL, name TEXT NOT NULL, binders TEXT NOT NULL, dot INTEGER NOT NULL,
                    short TEXT NOT NULL);
CREATE INDEX shape_module ON shape (module);
CREATE VIRTUAL TABLE premise USING fts5 (name, conclusion, hypotheses, doc,
                                         tokenize = "ascii tokenchars '_'");
CREATE VIRTUAL TABLE frequency USING fts5vocab (premise, 'row');
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one version of a file from another: when it was changed (ns since 1970), and its size in bytes."""

    modified: int
    size: int

    @classmethod
    def of(cls, path: str | Path) -> "Stamp":
        """The stamp of a file. Raises `OSError`."""
        status = Path(path).stat()
        return cls(status.st_mtime_ns, status.st_size)


@dataclass(frozen=True, slots=True)
class StoredModule:
    """A module in the index; `problem` says why it could not be read, and is empty for the others."""

    id: int
    name: str
    path: str
    stamp: Stamp
    imports: tuple[str, ...]
    problem: str


def store_path(folders: Sequence[Path]) -> Path:
    """Where the index of these library folders is kept."""
    key = hashlib.sha256("\n".join(str(folder) for folder in folders).encode()).hexdigest()[:16]
    return cache_dir() / "premises" / f"{key}.sqlite"


class Store:
    """An open index. For one thread at a time. Methods raise `sqlite3.Error`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    @contextlib.contextmanager
    def opened(cls, path: Path) -> Generator["Store"]:
        """Opens an index, and closes it in the end. Raises `QedError` and `sqlite3.Error`."""
        store = cls(connect(path))
        try:
            yield store
        finally:
            store.connection.close()

    def modules(self) -> dict[str, StoredModule]:
        """All modules, by name."""
        rows = self.connection.execute("SELECT id, name, path, modified, size, imports, problem FROM module")
        return {
            name: StoredModule(number, name, path, Stamp(modified, size), tuple(imports.split()), problem)
            for number, name, path, modified, size, imports, problem in rows
        }

    def shapes(self) -> dict[str, Shape]:
        """How the arguments of all constants are written."""
        rows = self.connection.execute("SELECT name, binders, dot, short FROM shape")
        return {name: Shape(binders, dot, short) for name, binders, dot, short in rows}

    def remove(self, name: str) -> None:
        """Removes a module with all that it declares."""
        row = self.connection.execute("SELECT id FROM module WHERE name = ?", (name,)).fetchone()
        if row is None:
            return
        first, last = rows_of(row[0])
        for table, column in (("premise", "rowid"), ("declaration", "id")):
            self.connection.execute(f"DELETE FROM {table} WHERE {column} BETWEEN ? AND ?", (first, last))
        self.connection.execute("DELETE FROM shape WHERE module = ?", row)
        self.connection.execute("DELETE FROM module WHERE id = ?", row)

    def add(self, name: str, path: Path, stamp: Stamp, module: Module | None, problem: str = "") -> None:
        """Writes a module in the place of its older version; None is one that could not be read."""
        with self.connection:
            self.remove(name)
            imports = " ".join(module.imports) if module else ""
            cursor = self.connection.execute(
                "INSERT INTO module (name, path, modified, size, imports, problem) VALUES (?, ?, ?, ?, ?, ?)",
                (name, str(path), stamp.modified, stamp.size, imports, problem),
            )
            if module is not None and cursor.lastrowid is not None:
                self._fill(cursor.lastrowid, module)

    def _fill(self, number: int, module: Module) -> None:
        first, last = rows_of(number)
        declarations = list(zip(range(first, last), module.declarations, strict=False))
        self.connection.executemany(
            "INSERT INTO declaration VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(row, declaration) for row, declaration in declarations),
        )
        self.connection.executemany(
            "INSERT INTO premise (rowid, name, conclusion, hypotheses, doc) VALUES (?, ?, ?, ?, ?)",
            ((row, *_words(declaration)) for row, declaration in declarations),
        )
        self.connection.executemany(
            "INSERT INTO shape VALUES (?, ?, ?, ?, ?)",
            ((number, name, shape.binders, shape.dot, shape.short) for name, shape in module.shapes),
        )


def rows_of(module: int) -> tuple[int, int]:
    """The first and the last number that a row of a module can have."""
    return module << _MODULE_BITS, ((module + 1) << _MODULE_BITS) - 1


def module_of(row: int) -> int:
    """The module that a row belongs to."""
    return row >> _MODULE_BITS


def connect(path: Path) -> sqlite3.Connection:
    """Opens the file, makes it where there is none, and starts afresh where it is damaged or of another version.

    Raises `QedError` (`write-failed`) where nothing can be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _opened(path) or _made(path)
    except (OSError, sqlite3.Error) as error:
        raise _cannot_write(path, error) from error


def discard(path: Path) -> None:
    """Removes an index: it can be made again."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _opened(path: Path) -> sqlite3.Connection | None:
    """An index that is there; None if there is none that can be used."""
    if not path.is_file():
        return None
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # a cache: damage is noticed, and it is made again
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            connection.execute("SELECT count(*) FROM module").fetchone()
            return connection
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError:
        pass
    connection.close()
    return None


def _made(path: Path) -> sqlite3.Connection:
    """A new index, made by one process at a time under another name."""
    with FileLock(path.with_suffix(".making")):
        if (connection := _opened(path)) is None:
            discard(path)
            fresh = path.with_suffix(".new")
            discard(fresh)
            connection = sqlite3.connect(fresh)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT")
            connection.close()
            fresh.replace(path)
            connection = _opened(path)
    if connection is None:
        raise sqlite3.DatabaseError("it was damaged again at once")
    return connection


def _cannot_write(path: Path, error: Exception) -> QedError:
    return QedError(
        f"the index of premises cannot be kept in {path}: {error}",
        hint="QED_CACHE_DIR names another folder for what can be had again.",
        exit_code=ExitCode.WRITE_FAILED,
    )


def _row(row: int, declaration: Declaration) -> tuple[int | str, ...]:
    signature = declaration.signature
    text = signature.text()
    return (
        row, declaration.name, declaration.kind, text[:_MAX_TYPE], len(text) - len(signature.conclusion),
        signature.head, " ".join(signature.variables), declaration.doc.strip(), int(declaration.is_deprecated),
        " ".join(sorted(signature.types)), int(signature.is_determined),
    )  # fmt: skip


def _words(declaration: Declaration) -> tuple[str, str, str, str]:
    signature = declaration.signature
    size = len(signature.of_conclusion)
    columns = (
        name_words(declaration.name),
        [*constant_words(sorted(signature.of_conclusion)), *size_words(size, size)],
        constant_words(sorted(signature.of_hypotheses)),
        document_words(declaration.doc),
    )
    first, second, third, fourth = (" ".join(encoded(word) for word in words) for words in columns)
    return first, second, third, fourth
