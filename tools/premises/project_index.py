"""The declarations of a project's own files, found by the words of their names and statements."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.errors import QedError
from tools.lean.document import Document
from tools.lean.writeback import FileSnapshot

_WORD = re.compile(r"[^\s()\[\]{}⟨⟩,:.]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# A word of the name says more than one of the statement; the whole name says most.
_NAME_WEIGHT = 3.0
_STATEMENT_WEIGHT = 1.0
_EXACT_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Premise:
    """A declaration: its full name, its kind, its statement on one line, and where it stands (line from 1)."""

    name: str
    kind: str
    statement: str
    path: Path
    line: int
    has_hole: bool


class ProjectIndex:
    """The declarations of some files; a file is read again when it has changed on the disk."""

    def __init__(self) -> None:
        self._files: dict[Path, tuple[tuple[int, int], tuple[Premise, ...]]] = {}

    def refresh(self, files: Iterable[Path]) -> None:
        """Takes these files, and no others; one that cannot be read is passed over."""
        fresh: dict[Path, tuple[tuple[int, int], tuple[Premise, ...]]] = {}
        for path in files:
            try:
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                known = self._files.get(path)
                fresh[path] = known if known and known[0] == stamp else (stamp, _premises(path))
            except (OSError, QedError):
                continue
        self._files = fresh

    def find(self, query: str, limit: int) -> list[Premise]:
        """The declarations that share most with a query (a name, a part of one, words of a statement), best first."""
        wanted = [word.lower() for word in query.split()]
        if not wanted:
            return []
        scored = [(_score(premise, wanted), premise) for _, premises in self._files.values() for premise in premises]
        found = sorted((each for each in scored if each[0] > 0), key=lambda each: (-each[0], each[1].name))
        return [premise for _, premise in found[:limit]]


def _premises(path: Path) -> tuple[Premise, ...]:
    document = Document.parse(FileSnapshot.read(path).text)
    return tuple(
        Premise(
            each.name,
            each.kind,
            " ".join(document.text[each.signature.start : each.signature.end].split()),
            path,
            each.line,
            bool(each.holes),
        )
        for each in document.declarations
        if not each.is_anonymous
    )


def _score(premise: Premise, wanted: Sequence[str]) -> float:
    """How much of a query a declaration answers; a word that occurs nowhere costs nothing."""
    name = premise.name.lower()
    parts = {part.lower() for part in _CAMEL.findall(premise.name)} | set(re.split(r"[._]", name))
    statement = {word.lower() for word in _WORD.findall(premise.statement)}
    total = 0.0
    for word in wanted:
        if word == name:
            total += _EXACT_WEIGHT
        elif word in parts:
            total += _NAME_WEIGHT
        elif len(word) > 2 and word in name:
            total += _NAME_WEIGHT / 2
        if word in statement:
            total += _STATEMENT_WEIGHT
    return total / len(wanted)
