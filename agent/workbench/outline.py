"""The holes of a project, read from its files without Lean."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HoleInfo:
    """One hole. `number` counts within the declaration, from 1; `line` counts from 1; `statement` is one line."""

    declaration: str
    number: int
    line: int
    statement: str = ""
    fillable: bool = True
    """False for a hole in a statement: that is not for proofs to fill."""


@dataclass(frozen=True, slots=True)
class FileOutline:
    """One Lean file. `name` is relative to the project, `path` absolute with links followed.

    `problem` says why it could not be read; the rest is then empty.
    """

    path: Path
    name: str
    holes: tuple[HoleInfo, ...] = ()
    declarations: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ProjectOutline:
    """The files of a project; `complete` is False where the folder is too large to be looked through."""

    files: tuple[FileOutline, ...]
    complete: bool


def project_outline(root: Path) -> ProjectOutline:
    """Looks for the Lean files of a folder and reads them. Blocks; for a thread."""
    from tools.lean.project_files import project_files

    found = project_files(root)
    return ProjectOutline(outline(found.paths, root), found.complete)


def outline(files: Sequence[Path], root: Path) -> tuple[FileOutline, ...]:
    """Reads the files. What cannot be read is told in `problem`. Blocks; for a thread."""
    from tools.errors import QedError
    from tools.lean.writeback import FileSnapshot

    found: list[FileOutline] = []
    for file in files:
        path = file.resolve()
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        try:
            found.append(_of_text(path, name, FileSnapshot.read(path).text))
        except QedError as error:
            found.append(FileOutline(path, name, problem=error.message))
    return tuple(found)


def _of_text(path: Path, name: str, text: str) -> FileOutline:
    from tools.lean.document import Document

    document = Document.parse(text)
    statements = {
        each.span: " ".join(document.text[each.signature.start : each.signature.end].split())
        for each in document.declarations
        if each.holes
    }
    holes = [
        HoleInfo(hole.declaration, hole.index + 1, hole.line, statements[each.span], not hole.in_statement)
        for each in document.declarations
        for hole in each.holes
    ]
    names = tuple(each.name for each in document.declarations if not each.is_anonymous)
    return FileOutline(path, name, tuple(holes), names)
