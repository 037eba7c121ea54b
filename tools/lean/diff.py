"""Changes of a file as people read them."""

import difflib
from collections.abc import Sequence
from pathlib import Path


def unified_diff(path: Path, before: str, after: str) -> str:
    """The change as a unified diff, empty when there is none."""
    lines: Sequence[str] = list(
        difflib.unified_diff(
            before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path.name}", f"b/{path.name}"
        )
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
