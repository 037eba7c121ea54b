"""Which holes of which files a command line names: `FILE`, `FILE:LINE`, `FILE::Decl.name`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_LINE = re.compile(r"^(?P<file>.+?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?$")


@dataclass(frozen=True, slots=True)
class Target:
    """A file and, if given, a line and column (from 1 and 0, as Lean prints them) or the name of a declaration."""

    path: Path
    line: int | None = None
    column: int | None = None
    declaration: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a target. A file whose real name looks like a target is taken for the file."""
        if Path(text).exists():
            return cls(Path(text))
        file, double_colon, name = text.partition("::")
        if double_colon and name:
            return cls(Path(file), declaration=name)
        if match := _LINE.match(text):
            column = match["column"]
            return cls(Path(match["file"]), int(match["line"]), int(column) if column else None)
        return cls(Path(text))

    def __str__(self) -> str:
        if self.declaration:
            return f"{self.path}::{self.declaration}"
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
