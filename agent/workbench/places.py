"""What a person means by a place: a declaration, a file, a line, or a hole."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.workbench.outline import FileOutline, HoleInfo
from tools.errors import ExitCode, QedError

_NUMBER = re.compile(r"(?P<name>.+)#(?P<number>\d+)")
_LINE = re.compile(r"(?P<name>.+\.lean):(?P<line>\d+)")
_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One hole: `number` counts within the declaration, from 1; `name` is the file, relative to the project."""

    path: Path
    name: str
    declaration: str
    number: int

    def describe(self) -> str:
        """The place in a few words, as it can be typed."""
        return f"{self.declaration}#{self.number}" if self.number > 1 else self.declaration

    def arguments(self) -> dict[str, str | int]:
        """The place as the tools take it."""
        return {"file": self.name, "declaration": self.declaration, "hole": self.number}


def places(files: Sequence[FileOutline]) -> list[Place]:
    """Every hole that a proof may fill, in the order of the files."""
    return [_place(file, hole) for file in files for hole in file.holes if hole.fillable]


def find_places(files: Sequence[FileOutline], text: str) -> list[Place]:
    """The holes that a text means: `FILE`, `FILE:LINE`, `NAME`, `NAME#2`; of a name, its last parts are enough.

    Raises `QedError` (usage) when it means none, or declarations in several places.
    """
    text = text.strip().removeprefix("@")
    if match := _LINE.fullmatch(text):
        return _at_line(files, match["name"], int(match["line"]))
    if text.endswith(".lean"):
        return _of_file(find_file(files, text))
    number = None
    if match := _NUMBER.fullmatch(text):
        text, number = match["name"], int(match["number"])
    found = _declared(files, text)
    if number is None:
        return found
    chosen = [place for place in found if place.number == number]
    if not chosen:
        raise _usage(f"{text} has {len(found)} holes; there is no hole {number}")
    return chosen


def find_file(files: Sequence[FileOutline], name: str) -> FileOutline:
    """The file of this name, or of a path that ends so. Raises `QedError` (usage)."""
    exact = [file for file in files if file.name == name or str(file.path) == name]
    found = exact or [file for file in files if file.name.endswith(f"/{name}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise _usage(f"{name} is the name of several files: {_some(file.name for file in found)}")
    close = difflib.get_close_matches(name, [file.name for file in files], n=3)
    raise _usage(f"there is no file {name} here", f"Perhaps {' or '.join(close)}?" if close else "")


def _place(file: FileOutline, hole: HoleInfo) -> Place:
    return Place(file.path, file.name, hole.declaration, hole.number)


def _of_file(file: FileOutline) -> list[Place]:
    if file.problem:
        raise _usage(file.problem)
    found = places([file])
    if not found:
        raise _usage(f"{file.name} has no open hole (no sorry)")
    return found


def _at_line(files: Sequence[FileOutline], name: str, line: int) -> list[Place]:
    file = find_file(files, name)
    found = [_place(file, hole) for hole in file.holes if hole.line == line and hole.fillable]
    if not found:
        lines = _some(str(hole.line) for hole in file.holes)
        raise _usage(f"there is no open hole at line {line} of {file.name}", f"Holes are at: {lines}." if lines else "")
    return found


def _declared(files: Sequence[FileOutline], name: str) -> list[Place]:
    every = places(files)
    found = [place for place in every if place.declaration == name]
    found = found or [place for place in every if place.declaration.endswith(f".{name}")]
    if len({(place.path, place.declaration) for place in found}) > 1:
        where = _some(f"{place.declaration} in {place.name}" for place in found)
        raise _usage(f"{name} is the name of several: {where}", "Say the file and the line: FILE:LINE.")
    if found:
        return found
    if any(name in file.declarations for file in files):
        raise _usage(f"{name} has no open hole (no sorry)")
    close = difflib.get_close_matches(name, [place.declaration for place in every], n=3)
    raise _usage(f"there is no hole {name} here", f"Perhaps {' or '.join(close)}?" if close else "/holes lists them.")


def _some(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    return ", ".join(listed[:_MAX_NAMED]) + (" …" if len(listed) > _MAX_NAMED else "")


def _usage(message: str, hint: str = "") -> QedError:
    return QedError(message, hint=hint, exit_code=ExitCode.USAGE)
