"""V8's optimised code for the embedded Lean, made once in the background and kept beside the installation.

What it is and how it is checked before V8 gets it: `host/code_cache.cjs`. Here is when it is made, by whom, and what is
removed. Without it Lean is slower, and nothing else is different; so nothing here raises because it could not be made.

`QED_CODE_CACHE` in the environment: `use` takes what is there and makes nothing in the background, `off` does not even
take what is there. Test runs set `use`.

The folder `code` of an installation (mode 0700; not used if anybody else may write to it) holds at most `KEPT` caches,
for other versions of Node.js or processors; a note of what the last one was made for; and a lock, which the one builder
holds while it works. A builder that was killed leaves a folder `.making-…`, which the next one removes.
"""

import errno
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from tools.lean.embedded.install import HOST, Installation
from tools.lean.embedded.node import Node, tethered

VARIABLE = "QED_CODE_CACHE"
"""Environment variable: `use` makes nothing in the background, `off` does not use what is there either."""

KEPT = 2
"""How many caches of an installation stay on disk, of some 30 MB each."""

SUFFIX = ".code"
GLUE_SUFFIX = ".glue"
_NOTE = "made.json"
_LOCK = ".lock"
_MAKING_PREFIX = ".making-"
_NICENESS = 19
_NEEDED_MEMORY = 2 << 30  # bytes: Lean runs in it twice, and must not push others out
_RETRY_SECONDS = 24 * 3600.0
_HOST_FILES = ("code_cache.cjs", "warm_up.cjs", "worker.cjs")
_ROOT = Path(__file__).parents[3]  # the folder that holds `tools`


def code_dir(installation: Installation) -> Path:
    """Return the folder of an installation's code caches; it need not be there."""
    return installation.root / "code"


def is_built(installation: Installation) -> bool:
    """Tell, at the cost of some stats, whether there is a code cache for this Node.js, processor and version."""
    note = _read_note(installation)
    if note.get("for") != _facts(installation) or "file" not in note:
        return False
    try:
        return (code_dir(installation) / str(note["file"])).stat().st_size == note["size"]
    except OSError:
        return False


def is_possible(installation: Installation) -> bool:
    """Tell whether this system and this user can have a code cache: files have owners, and the folder is the user's."""
    if not hasattr(os, "getuid"):
        return False
    folder = code_dir(installation)
    try:
        stats = (folder if folder.is_dir() else installation.root).stat()
    except OSError:
        return False
    return stats.st_uid == os.getuid() and not stats.st_mode & 0o022


def ensure_building(installation: Installation) -> bool:
    """Start making the code cache in the background, unless it is there; return whether a builder was started.

    Costs some stats if there is nothing to do, else the start of a process, which outlives this one, has the lowest
    priority, and takes some forty seconds of a processor. Does nothing if another builder is at work, after one that
    failed within a day, if little memory is free, or if `QED_CODE_CACHE` says so. Never raises.
    """
    try:
        if os.environ.get(VARIABLE) or not is_possible(installation) or is_built(installation):
            return False
        if _failed_lately(installation) or _is_building(installation) or not _has_memory():
            return False
        command = [
            sys.executable,
            "-m",
            "tools.lean.embedded.code_cache",
            str(installation.root),
            str(installation.node),
        ]
        subprocess.Popen(
            command,
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, psutil.Error):
        return False
    return True


def build(installation: Installation) -> str | None:
    """Make the code cache, in this process, unless another does so; return why it could not be made, else None.

    Takes half a minute or more, two processors at times. Does not raise: a full disk, a Node.js that cannot do it and
    the like are reasons.
    """
    folder = code_dir(installation)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not is_possible(installation):
            return f"{folder} does not belong to this user alone"
        with FileLock(folder / _LOCK, timeout=0):
            if is_built(installation):
                return None
            _remove_leftovers(folder)
            try:
                _make(installation, folder)
            except _FailedError as error:
                _write_note(installation, {"failed": str(error), "at": time.time()})
                return str(error)
            _remove_old(folder)
    except Timeout:
        return "another process is making it"
    except OSError as error:
        return str(error)
    return None


def remove(installation: Installation) -> None:
    """Remove all code caches of an installation; they are made again when somebody asks."""
    shutil.rmtree(code_dir(installation), ignore_errors=True)


def describe(installation: Installation) -> str:
    """Return what there is to say of the code cache, for people."""
    if os.environ.get(VARIABLE) == "off":
        return f"not used ({VARIABLE}=off)"
    if is_built(installation):
        return "made"
    if not is_possible(installation):
        return "none: the folder of the installation does not belong to this user alone"
    if _is_building(installation):
        return "being made in the background"
    if _failed_lately(installation):
        return f"could not be made: {_read_note(installation).get('failed')}"
    return "not made yet"


class _FailedError(Exception):
    """It could not be made, for a reason that will not go away by itself."""


def _make(installation: Installation, folder: Path) -> None:
    facts = _facts(installation)
    with tempfile.TemporaryDirectory(prefix=_MAKING_PREFIX, dir=folder) as making:
        script = HOST / "build_code_cache.cjs"
        node = Node(installation.node, None)
        with tethered(node, script, str(installation.root), making) as (command, stdin):
            answer = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            said = answer.stderr.strip().splitlines()
            reason = said[-1] if said else f"exit status {answer.returncode}"
            if "ENOSPC" in reason:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
            raise _FailedError(reason)
        made = Path(making) / answer.stdout.strip()
        size = made.stat().st_size
        for file in (made.with_suffix(GLUE_SUFFIX), made):
            if file.exists():
                file.replace(folder / file.name)
    _write_note(installation, {"for": facts, "file": made.name, "size": size})


def _remove_leftovers(folder: Path) -> None:
    # Under the lock nobody else is making anything: what lies here was left by a process that died.
    for leftover in folder.glob(f"{_MAKING_PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _remove_old(folder: Path) -> None:
    caches = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in caches[KEPT:]:
        old.unlink(missing_ok=True)
        old.with_suffix(GLUE_SUFFIX).unlink(missing_ok=True)


def _facts(installation: Installation) -> dict[str, Any]:
    """What a cache is made for, as far as it can be seen without starting Node.js (which looks more closely)."""
    files = {name: _identity(path) for name, path in _files(installation).items()}
    return {
        "files": files,
        "host": [zlib.crc32((HOST / name).read_bytes()) for name in _HOST_FILES],
        "options": os.environ.get("NODE_OPTIONS", ""),
        "processor": [platform.machine(), _processor()],
    }


def _files(installation: Installation) -> dict[str, Path]:
    return {"node": installation.node.resolve(), "wasm": installation.root / "lean.wasm"}


def _identity(path: Path) -> list[Any]:
    stats = path.stat()
    return [str(path), stats.st_size, stats.st_mtime_ns]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("model name")), "")


def _read_note(installation: Installation) -> dict[str, Any]:
    try:
        note = json.loads((code_dir(installation) / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _write_note(installation: Installation, note: dict[str, Any]) -> None:
    target = code_dir(installation) / _NOTE
    new = target.with_suffix(".new")
    new.write_text(json.dumps(note), encoding="utf-8")
    new.replace(target)


def _failed_lately(installation: Installation) -> bool:
    note = _read_note(installation)
    at = note.get("at")
    return isinstance(at, float) and 0 <= time.time() - at < _RETRY_SECONDS


def _is_building(installation: Installation) -> bool:
    lock = FileLock(code_dir(installation) / _LOCK, timeout=0)
    if not code_dir(installation).is_dir():
        return False
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def _has_memory() -> bool:
    return psutil.virtual_memory().available >= _NEEDED_MEMORY


def _main(root: Path, node: Path) -> None:
    os.nice(_NICENESS)
    if root.is_dir():
        build(Installation(root, node))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
