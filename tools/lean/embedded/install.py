"""Installing the embedded Lean into the user's cache.

An installation is one folder that is made under another name and renamed when it is whole; its manifest lists the
size of every file. So a folder with the right name is complete, whatever happened to the process that made it, and a
file that was lost or cut short later is noticed by its size.
"""

import errno
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from tools.directories import cache_dir
from tools.errors import ExitCode, QedError
from tools.lean.embedded.node import Node, find_node, tethered
from tools.lean.embedded.package import PACKAGE, TARBALL_NAME, VERSION, Progress, fetch_tarball, unpack

PREPARE_VERSION = 5
"""Raised whenever the files that `host/prepare.cjs` writes change."""

LEAN_VERSION = "4.28.0-pre"
"""The version of Lean in the package."""

HOST = Path(__file__).parent / "host"
"""The JavaScript that runs Lean."""

_MANIFEST = "manifest.json"
_CHECKED_FILES = ("lean.js", "lean.wasm", "lean.sym", "lib/Init.olean", "lib/Init/Prelude.olean")
_NEEDED_BYTES = 700 << 20
_REPAIR_HINT = "run `qed doctor --repair` to install it again"
_LEFTOVER_PREFIX = ".making-"


@dataclass(frozen=True)
class Installation:
    """An embedded Lean that is ready to run."""

    root: Path
    """The folder with the prepared `lean.js`, `lean.wasm`, `lean.sym` and `lib/`."""
    node: Path
    """The executable of Node.js."""

    @property
    def library(self) -> Path:
        """The folder with the `.olean` files."""
        return self.root / "lib"

    @property
    def lean_version(self) -> str:
        """The version of Lean, as Lean writes it."""
        return LEAN_VERSION


def installation_dir() -> Path:
    """Return where the embedded Lean is (or would be) installed."""
    return cache_dir() / f"{PACKAGE}-{VERSION}-p{PREPARE_VERSION}"


def find_installed() -> Installation | None:
    """Return the installation if there is one, at the cost of a few stats.

    Raises `QedError`: `ExitCode.CORRUPT_TOOLCHAIN` if its main files are not as they were installed, and
    `ExitCode.NODE_NOT_FOUND`.
    """
    root = installation_dir()
    if not root.is_dir():
        return None
    _check(root, _CHECKED_FILES)
    return Installation(root, find_node().executable)


def verify(installation: Installation) -> None:
    """Check the size of every file of an installation (some 2,100 stats).

    For use after Lean has failed to start. Raises `QedError` (`ExitCode.CORRUPT_TOOLCHAIN`).
    """
    _check(installation.root, None)


def ensure_installed(progress: Progress | None = None) -> Installation:
    """Return the installation, making it first if needed: this downloads 120 MB and takes half a minute.

    Blocks; meant to be called in a thread. Safe in several processes at once: the others wait for the first.
    `progress` is called with `(what, done, total)` in bytes, `what` being one of `download`, `verify`, `unpack`,
    `prepare` and `wait` (for another process).

    Raises `QedError`: `NODE_NOT_FOUND`, `DOWNLOAD_FAILED`, or `CORRUPT_TOOLCHAIN` (see `repair`).
    """
    report = progress or _no_progress
    found = find_installed()
    if found is not None:
        return found
    node = find_node()
    try:
        with _lock(report):
            found = find_installed()
            if found is not None:
                return found
            _install(node, installation_dir(), report)
    except OSError as error:
        raise _explained(error) from error
    installed = find_installed()
    assert installed is not None  # the rename has just succeeded
    return installed


def repair(progress: Progress | None = None) -> Installation:
    """Remove the installation, whatever its state, and make it again. Raises as `ensure_installed` does."""
    root = installation_dir()
    try:
        with _lock(progress or _no_progress):
            if root.exists():
                # Renamed first: a removal that is interrupted must not leave half a folder under the real name.
                doomed = Path(tempfile.mkdtemp(prefix=_LEFTOVER_PREFIX, dir=root.parent))
                root.rename(doomed / root.name)
                shutil.rmtree(doomed, ignore_errors=True)
    except OSError as error:
        raise _explained(error) from error
    return ensure_installed(progress)


def _no_progress(what: str, done: int, total: int) -> None:
    pass


def _lock(report: Progress) -> FileLock:
    folder = cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{PACKAGE}.lock")
    if not _acquired_at_once(lock):
        report("wait", 0, 0)
    return lock


def _acquired_at_once(lock: FileLock) -> bool:
    """Probe the lock, so that a person who has to wait is told so; the caller acquires it for good."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    return True


def _install(node: Node, root: Path, report: Progress) -> None:
    # Under the lock nobody else is making anything: what lies here was left by a process that died.
    for leftover in [*root.parent.glob(f"{_LEFTOVER_PREFIX}*"), *root.parent.glob("download-*")]:
        shutil.rmtree(leftover, ignore_errors=True)
    kept = root.parent / TARBALL_NAME
    tarball = fetch_tarball(node, kept, report)
    making = Path(tempfile.mkdtemp(prefix=_LEFTOVER_PREFIX, dir=root.parent))
    try:
        making.chmod(0o755)
        package = making / "package"
        package.mkdir()
        unpack(tarball, package, report)
        report("prepare", 0, 0)
        whole = making / root.name
        _prepare(node, package, whole)
        (package / "lib").rename(whole / "lib")
        _write_manifest(whole)
        whole.rename(root)
        _sync(root.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    kept.unlink(missing_ok=True)


def _prepare(node: Node, package: Path, target: Path) -> None:
    with tethered(node, HOST / "prepare.cjs", str(package), str(target)) as (command, stdin):
        answer = subprocess.run(command, capture_output=True, text=True, check=False, stdin=stdin)
    if answer.returncode == 0:
        return
    said = answer.stderr.strip().splitlines()
    reason = said[-1] if said else f"exit status {answer.returncode}"
    if "ENOSPC" in reason:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
    raise QedError(f"could not prepare the embedded Lean: {reason}", exit_code=ExitCode.CORRUPT_TOOLCHAIN)


def _write_manifest(root: Path) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    sizes = {path.relative_to(root).as_posix(): path.stat().st_size for path in files}
    for name in _CHECKED_FILES:
        if name not in sizes:
            raise QedError(f"the package lacks {name}", exit_code=ExitCode.CORRUPT_TOOLCHAIN)
    manifest = root / _MANIFEST
    manifest.write_text(json.dumps({"lean": LEAN_VERSION, "files": sizes}), encoding="utf-8")
    # The rename must not reach the disk before what it promises.
    for path in [*files, manifest]:
        _sync(path)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no such thing for folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems (and Windows, for files opened to read) have no fsync; the rename is then all there is.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES):
            raise
    finally:
        os.close(descriptor)


def _check(root: Path, names: tuple[str, ...] | None) -> None:
    """Compare the sizes of `names` (all files where None) with the manifest."""
    try:
        sizes: dict[str, int] = json.loads((root / _MANIFEST).read_text(encoding="utf-8"))["files"]
        for name in sizes if names is None else names:
            actual = (root / name).stat().st_size
            if actual != sizes[name]:
                raise _corrupt(root, f"{name} has {actual} bytes instead of {sizes[name]}")
    except FileNotFoundError as error:
        raise _corrupt(root, f"{Path(error.filename).relative_to(root)} is missing") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _corrupt(root, str(error)) from error


def _corrupt(root: Path, what: str) -> QedError:
    return QedError(
        f"the embedded Lean in {root} is damaged: {what}",
        hint=f"{_REPAIR_HINT} (or delete that folder)",
        exit_code=ExitCode.CORRUPT_TOOLCHAIN,
    )


def _explained(error: OSError) -> QedError:
    folder = cache_dir()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return QedError(
            f"no space left in {folder}: installing Lean needs {_NEEDED_BYTES >> 20} MB, half of them for good",
            hint="make room, or set QED_CACHE_DIR to a folder with more",
            exit_code=ExitCode.DOWNLOAD_FAILED,
        )
    return QedError(
        f"could not install Lean in {folder}: {error}",
        hint="set QED_CACHE_DIR to a folder that you can write to",
        exit_code=ExitCode.DOWNLOAD_FAILED,
    )
