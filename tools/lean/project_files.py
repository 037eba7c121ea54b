"""The Lean files of a folder."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.lean.git_ignore import IgnoreRules, rules_at, rules_in

_MAX_FOLDERS = 20_000
_LAKEFILES = frozenset({"lakefile.lean", "lakefile.toml"})
# Where Lake put packages and build products before it had `.lake`.
_LAKE_FOLDERS = frozenset({"lake-packages", "build"})


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """Lean files in order; `complete` is False where the folder is too large to be looked through."""

    paths: tuple[Path, ...]
    complete: bool


def project_files(root: Path, max_folders: int = _MAX_FOLDERS) -> ProjectFiles:
    """The Lean files under a folder.

    Left out: hidden folders and files, Lake's packages and build products, links that lead out, and in a work tree of
    git what its ignore files name. What cannot be read is passed over. Blocks; for a thread where the folder is large.
    """
    found: list[Path] = []
    real_root = root.resolve()
    above: dict[Path, IgnoreRules | None] = {}
    for seen, (walked, folders, files) in enumerate(os.walk(root), 1):
        folder, entries = Path(walked), {*folders, *files}
        rules = rules_in(folder, entries, above.pop(folder)) if folder in above else rules_at(root)
        folders[:] = sorted(name for name in folders if _is_entered(name, entries, rules))
        above |= {folder / name: rules for name in folders}
        found += _lean_files(folder, files, rules, real_root)
        if seen >= max_folders:
            return ProjectFiles(tuple(sorted(found)), complete=False)
    return ProjectFiles(tuple(sorted(found)), complete=True)


def _is_entered(name: str, beside: set[str], rules: IgnoreRules | None) -> bool:
    if name.startswith(".") or (name in _LAKE_FOLDERS and not _LAKEFILES.isdisjoint(beside)):
        return False
    return rules is None or not rules.ignores(name, is_folder=True)


def _lean_files(folder: Path, files: Sequence[str], rules: IgnoreRules | None, real_root: Path) -> list[Path]:
    names = (name for name in files if name.endswith(".lean") and not name.startswith("."))
    wanted = (name for name in names if rules is None or not rules.ignores(name, is_folder=False))
    return [path for path in (folder / name for name in wanted) if _is_file_within(path, real_root)]


def _is_file_within(path: Path, real_root: Path) -> bool:
    """Whether a path in a folder within the root is a file, and that file lies within it too."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return path.is_file() and path.resolve().is_relative_to(real_root)
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return False
    return stat.S_ISREG(mode)
