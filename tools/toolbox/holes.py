"""Holes as models name them: a declaration and a number, or a line."""

import difflib
from collections.abc import Sequence

from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.lean.document import Document, Hole
from tools.toolbox.tool import Arguments


class HoleArguments(Arguments):
    """Names one hole of a file."""

    file: str = Field(description="Path of the Lean file, relative to the project.")
    declaration: str = Field(default="", description="Name of the declaration that holds the hole (the `sorry`).")
    hole: int = Field(default=0, description="Which hole of the declaration, from 1. The first, if not given.")
    line: int = Field(default=0, description="Line of the hole, from 1: instead of, or besides, the declaration.")


def find_hole(document: Document, arguments: HoleArguments) -> Hole:
    """The hole that the arguments name; where they name none at all, the only one of the file.

    Raises `QedError` (usage) that tells which holes there are.
    """
    found: Sequence[Hole] = document.holes
    if not found:
        raise _no_such_hole(f"{arguments.file} has no hole (no sorry)", document)
    if arguments.declaration:
        found = _of_declaration(document, arguments)
    if arguments.line:
        lines = {hole.span for hole in document.holes_at(arguments.line)}
        found = [hole for hole in found if hole.span in lines]
        if not found:
            raise _no_such_hole(f"there is no hole at line {arguments.line} of {arguments.file}", document)
    if not arguments.declaration and not arguments.line and not arguments.hole and len(found) > 1:
        raise _no_such_hole(f"{arguments.file} has {len(found)} holes: name a declaration or a line", document)
    number = arguments.hole or 1
    if not 1 <= number <= len(found):
        raise _no_such_hole(f"there is no hole {number} there: there are {len(found)}, counted from 1", document)
    return found[number - 1]


def describe_hole(hole: Hole) -> str:
    """A hole in a few words, numbered as models count."""
    return f"hole {hole.index + 1} of {hole.declaration} (line {hole.line})"


def _of_declaration(document: Document, arguments: HoleArguments) -> list[Hole]:
    declarations = document.find_declarations(arguments.declaration)
    if not declarations:
        names = [each.name for each in document.declarations if not each.is_anonymous]
        close = difflib.get_close_matches(arguments.declaration, names, n=3)
        meant = f"; perhaps {' or '.join(close)}" if close else ""
        raise _no_such_hole(f"there is no declaration {arguments.declaration} in {arguments.file}{meant}", document)
    if len(declarations) > 1:
        names = ", ".join(f"{each.name} (line {each.line})" for each in declarations)
        raise _no_such_hole(f"{arguments.declaration} is the name of several: {names}", document)
    holes = [hole for each in declarations for hole in each.holes]
    if not holes:
        raise _no_such_hole(f"{arguments.declaration} has no hole (no sorry)", document)
    return holes


def _no_such_hole(message: str, document: Document) -> QedError:
    holes = "; ".join(describe_hole(hole) for hole in document.holes[:20])
    hint = f"The holes are: {holes}." if holes else "To prove it anew, first put sorry in the place of its proof."
    return QedError(message, hint=hint, exit_code=ExitCode.USAGE)
