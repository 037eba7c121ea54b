"""Where compiled modules lie: the library folders of a toolchain and of a project's packages."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.lean.toolchain import Toolchain, ToolchainKind

_ASK_SECONDS: Final = 60
_LIBRARY: Final = Path("lib", "lean")
_PACKAGE_LIBRARIES: Final = (Path(".lake", "build", "lib", "lean"), Path(".lake", "build", "lib"))


@dataclass(frozen=True)
class LibraryRoots:
    """Folders in which the module `A.B` is the file `A/B.olean`; the first folder that has it counts."""

    folders: tuple[Path, ...]

    def find(self, module: str) -> Path | None:
        """The `.olean` of a module."""
        relative = f"{module.replace('.', '/')}.olean"
        for folder in self.folders:
            path = folder / relative
            if path.is_file():
                return path
        return None


def library_roots(toolchain: Toolchain) -> LibraryRoots:
    """The folders of a toolchain. Asks a native `lean` where its library is, once; installs the embedded one.

    Of a Lake project: those of its packages and its own as well, because imports lead through them.
    Raises `QedError`.
    """
    if toolchain.kind is ToolchainKind.EMBEDDED:
        from tools.lean.embedded.install import ensure_installed

        return LibraryRoots((ensure_installed().library,))
    folders: list[Path] = []
    prefix = _prefix(toolchain)
    if prefix is not None:
        folders.append(prefix / _LIBRARY)
    if toolchain.kind is ToolchainKind.LAKE:
        folders += package_libraries(toolchain.root)
        folders += (toolchain.root / each for each in _PACKAGE_LIBRARIES)
    return LibraryRoots(tuple(folder for folder in folders if folder.is_dir()))


def package_libraries(root: Path) -> list[Path]:
    """The library folders of the packages that Lake has fetched into a project, by name."""
    packages = root / ".lake" / "packages"
    if not packages.is_dir():
        return []
    return [
        folder
        for package in sorted(packages.iterdir())
        for folder in (package / each for each in _PACKAGE_LIBRARIES)
        if folder.is_dir()
    ]


def _prefix(toolchain: Toolchain) -> Path | None:
    command: Sequence[str] = (toolchain.executable, "--print-prefix")
    if toolchain.kind is ToolchainKind.LAKE:
        command = (toolchain.executable, "env", "lean", "--print-prefix")
    try:
        said = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=toolchain.root, timeout=_ASK_SECONDS
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(said.splitlines()[-1]) if said else None
