"""The Lean files of a folder."""

import os
from dataclasses import dataclass
from pathlib import Path

_MAX_FOLDERS = 20_000


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """Lean files in order; `complete` is False where the folder is too large to be looked through."""

    paths: tuple[Path, ...]
    complete: bool


def project_files(root: Path, max_folders: int = _MAX_FOLDERS) -> ProjectFiles:
    """The Lean files under a folder; hidden folders (packages, build products) and links that lead out are left out.

    What cannot be read is passed over.
    """
    found: list[Path] = []
    real_root = root.resolve()
    for seen, (folder, folders, files) in enumerate(os.walk(root), 1):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(folder, name) for name in files if name.endswith(".lean") and not name.startswith("."))
        found += [path for path in paths if path.is_file() and path.resolve().is_relative_to(real_root)]
        if seen >= max_folders:
            return ProjectFiles(tuple(sorted(found)), complete=False)
    return ProjectFiles(tuple(sorted(found)), complete=True)
