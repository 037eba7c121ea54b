"""The folder `.qed` of a project: where it is, and what qed reads of it.

`.qed/config.toml` holds settings, `.qed/prompts/NAME.md` a project's own wording of a prompt. Both are read once and
together, so that what is used is what was looked at when trust was asked for.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.errors import ExitCode, QedError
from tools.lean.toolchain import find_project_root

FOLDER = ".qed"
CONFIG_FILE = "config.toml"
PROMPT_FOLDER = "prompts"


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """What a project brings along: `contents` by the path below `.qed`, with `/` between folders."""

    root: Path
    contents: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) over the names and contents of all files."""
        total = hashlib.sha256()
        for name in sorted(self.contents):
            for part in (name.encode(), self.contents[name]):
                # The hash of each part has a fixed length: no two sets of files run into the same bytes.
                total.update(hashlib.sha256(part).digest())
        return total.hexdigest()

    def path(self, name: str) -> Path:
        """Where a file of `contents` lies."""
        return self.root / FOLDER / name


def find_project(start: Path) -> Path | None:
    """The folder whose `.qed` counts for `start`: the root of the Lake project, or the nearest folder above."""
    start = start.resolve()
    lake = find_project_root(start)
    candidates = ([lake] if lake else []) + [start, *start.parents]
    return next((folder for folder in candidates if (folder / FOLDER).is_dir()), None)


def read_project(start: Path) -> ProjectFiles | None:
    """What the project of a file or folder brings along; None where there is nothing.

    Raises `QedError` when a file cannot be read.
    """
    root = find_project(start)
    if root is None:
        return None
    contents: dict[str, bytes] = {}
    for name, path in _files(root / FOLDER):
        try:
            contents[name] = path.read_bytes()
        except OSError as error:
            raise QedError(f"cannot read {path}: {error.strerror}", exit_code=ExitCode.CONFIG) from error
    return ProjectFiles(root, contents) if contents else None


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if (folder / CONFIG_FILE).is_file():
        yield CONFIG_FILE, folder / CONFIG_FILE
    for path in sorted((folder / PROMPT_FOLDER).glob("*.md")):
        yield f"{PROMPT_FOLDER}/{path.name}", path
