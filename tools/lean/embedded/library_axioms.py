"""The axioms among the constants of the embedded library.

A library without its private parts shows theorems and opaque constants as axioms too; what they are declared as stands
in an extension of the environment (`privateConstKindsExt`). All files are looked at once, which takes seconds; the
result lies beside the installation.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.lean.embedded.install import ensure_installed
from tools.lean.olean.module import CompiledModule
from tools.lean.olean.names import Name

_FILE = "axioms.json"


@cache
def library_axioms() -> frozenset[Name]:
    """The axioms of all modules of the library. Installs the embedded Lean if it is not there."""
    root = ensure_installed().root
    known = _remembered(root / _FILE)
    if known is None:
        known = frozenset(_found(root / "lib"))
        with contextlib.suppress(OSError):  # a folder that is not ours to write: looked at anew next time
            _remember(root / _FILE, known)
    return known


def _remembered(file: Path) -> frozenset[Name] | None:
    try:
        names = json.loads(file.read_text(encoding="utf-8"))
        return frozenset(tuple(name) for name in names) or None
    except (OSError, ValueError, TypeError):
        return None


def _remember(file: Path, names: frozenset[Name]) -> None:
    temporary = file.with_name(f"{file.name}.{os.getpid()}")  # other processes may find it out at the same time
    temporary.write_text(json.dumps(sorted(names, key=repr)), encoding="utf-8")
    temporary.replace(file)


def _found(library: Path) -> Iterator[Name]:
    for file in library.rglob("*.olean"):
        if not file.name.startswith("._"):
            yield from CompiledModule.read(file).declared_axioms()
