"""Which Lean to run: a Lake project through `lake`, a `lean` on PATH, or the embedded toolchain."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from tools.errors import ExitCode, QedError

# Without the delay Lean publishes messages as soon as it has them: a trial is answered at once.
SERVER_OPTIONS = ("-Dserver.reportDelayMs=0",)
_VERSION_TIMEOUT_SECONDS = 60


class ToolchainKind(Enum):
    """The three ways to run Lean."""

    LAKE = "lake"
    LEAN = "lean"
    EMBEDDED = "embedded"


@dataclass(frozen=True)
class Toolchain:
    """A Lean that can be started.

    `executable` is `lake` or `lean` (for the embedded toolchain it is unused); `root` is the folder that the server
    runs in: the project's root, or the folder of the file.
    """

    kind: ToolchainKind
    root: Path
    executable: str = ""

    def server_command(self) -> list[str]:
        """The command that starts the language server. Installs the embedded toolchain if it is not there."""
        match self.kind:
            case ToolchainKind.LAKE:
                return [self.executable, "serve", "--", *SERVER_OPTIONS]
            case ToolchainKind.LEAN:
                return [self.executable, "--server", *SERVER_OPTIONS]
            case ToolchainKind.EMBEDDED:
                from tools.lean.embedded.install import ensure_installed
                from tools.lean.embedded.launch import server_command

                return server_command(ensure_installed(), options=SERVER_OPTIONS, reuse_workers=True)

    @cached_property
    def version(self) -> str:
        """The version of Lean, for example `4.28.0-pre`. Asks the executable, which can take seconds."""
        if self.kind is ToolchainKind.EMBEDDED:
            from tools.lean.embedded.install import LEAN_VERSION

            return LEAN_VERSION
        command = [self.executable, "--version"]
        if self.kind is ToolchainKind.LAKE:
            command = [self.executable, "env", "lean", "--version"]
        try:
            output = subprocess.run(
                command, check=False, capture_output=True, text=True, cwd=self.root, timeout=_VERSION_TIMEOUT_SECONDS
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return "unknown"
        _, _, rest = output.partition("version ")
        return rest.split(",")[0].strip() or "unknown"

    def describe(self) -> str:
        """The toolchain in a few words, for people."""
        match self.kind:
            case ToolchainKind.LAKE:
                return f"lake serve in {self.root}"
            case ToolchainKind.LEAN:
                return f"{self.executable} --server"
            case ToolchainKind.EMBEDDED:
                return f"embedded Lean {self.version}"


def find_project_root(path: Path) -> Path | None:
    """The root of the Lake project that holds `path`: the nearest folder above with a lakefile."""
    start = path.resolve()
    for folder in (start, *start.parents):
        if any((folder / name).is_file() for name in ("lakefile.lean", "lakefile.toml")):
            return folder
    return None


def discover(path: Path, choice: str = "auto") -> Toolchain:
    """Finds the toolchain for a file or folder.

    `choice` is `auto`, `lake`, `lean`, `embedded`, or the path of a `lean` or `lake` executable. Raises `QedError`
    when what was asked for is not there.
    """
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    project = find_project_root(folder)
    lake, lean = shutil.which("lake"), shutil.which("lean")
    match choice:
        case "auto":
            if project is not None and lake:
                return Toolchain(ToolchainKind.LAKE, project, lake)
            if lean:
                return Toolchain(ToolchainKind.LEAN, project or folder, lean)
            return Toolchain(ToolchainKind.EMBEDDED, project or folder)
        case "lake":
            if project is None:
                raise _missing(f"{folder} is not inside a Lake project (no lakefile found)", "lake")
            if not lake:
                raise _missing("`lake` is not on PATH", "lake")
            return Toolchain(ToolchainKind.LAKE, project, lake)
        case "lean":
            if not lean:
                raise _missing("`lean` is not on PATH", "lean")
            return Toolchain(ToolchainKind.LEAN, project or folder, lean)
        case "embedded":
            return Toolchain(ToolchainKind.EMBEDDED, project or folder)
        case _:
            return _from_executable(choice, folder, project)


def _from_executable(choice: str, folder: Path, project: Path | None) -> Toolchain:
    executable = shutil.which(str(Path(choice).expanduser()))
    if executable is None:
        raise _missing(f"no such toolchain: {choice}", choice)
    if Path(executable).stem == "lake":
        if project is None:
            raise _missing(f"{folder} is not inside a Lake project (no lakefile found)", choice)
        return Toolchain(ToolchainKind.LAKE, project, executable)
    return Toolchain(ToolchainKind.LEAN, project or folder, executable)


def _missing(message: str, choice: str) -> QedError:
    return QedError(
        message,
        hint=f"Install Lean with elan, or drop `--toolchain {choice}` to let qed choose.",
        exit_code=ExitCode.TOOLCHAIN_NOT_FOUND,
    )


def missing_modules(toolchain: Toolchain, modules: Sequence[str]) -> list[str]:
    """Those of the imported modules that the embedded toolchain does not have; for the others Lake answers."""
    if toolchain.kind is not ToolchainKind.EMBEDDED:
        return []
    from tools.lean.embedded.install import ensure_installed

    library = ensure_installed().library
    return [m for m in modules if not (library / Path(*m.split("."))).with_suffix(".olean").is_file()]


def require_imports(toolchain: Toolchain, path: Path, modules: Sequence[str]) -> None:
    """Raises `QedError` (`missing-import`) when a file imports what the embedded toolchain does not have."""
    missing = missing_modules(toolchain, modules)
    if not missing:
        return
    hint = "The embedded toolchain has Init, Std and Lean only. Install Lean with elan, and run qed in the project."
    raise QedError(
        f"{path} imports {', '.join(missing)}, which {toolchain.describe()} does not have",
        hint=hint,
        exit_code=ExitCode.MISSING_IMPORT,
    )
