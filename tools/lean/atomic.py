"""Replacing a file so that at every moment it is the old one or the new one, whole.

The new bytes go into a temporary file of the same folder (a rename is atomic only within one file system), are
brought to the disk, and are renamed over the old file; then the folder is brought to the disk. Temporary files carry
the id of their process (`.NAME.qed-PID-XXXX.tmp`), so that those of a killed process are known as leftovers.
"""

import contextlib
import errno
import os
import secrets
import shutil
import stat
from pathlib import Path

from tools.errors import ExitCode, QedError

# File names may have 255 bytes on nearly every file system; the temporary name adds some forty to the file's.
_MAX_NAME_BYTES = 200
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def require_replaceable(path: Path) -> None:
    """Raises `QedError` when a file may not be replaced: `read-only`, or `changed-on-disk` when it is gone.

    A file without any write bit counts as read-only even for root, whom the system would let write it.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise changed_on_disk(path, f"it is not there any more ({error.strerror})") from error
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise QedError(
            f"{path} is read-only",
            hint=f"Allow writing it (chmod u+w {path}) and run the command again.",
            exit_code=ExitCode.READ_ONLY,
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise QedError(
            f"{path} cannot be replaced: the folder {path.parent} is read-only",
            hint="qed writes a new file beside the old one and renames it, so that a crash leaves no half file.",
            exit_code=ExitCode.READ_ONLY,
        )


def stage(target: Path, data: bytes, *, imitate: bool = False) -> Path:
    """Writes `data` to a new temporary file beside `target`, brings it to the disk, and returns its path.

    With `imitate` it gets the mode of `target`, its owner (where the user may set it) and its extended attributes.
    Nothing is left behind on failure. Raises `QedError` (`write-failed`).
    """
    temp = target.with_name(f"{_prefix(target)}{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            if imitate:
                _imitate(descriptor, target)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        discard(temp)
        raise write_failure(target, error, len(data)) from error
    except BaseException:
        discard(temp)
        raise
    return temp


def put_in_place(temp: Path, target: Path) -> None:
    """Renames a staged file over `target`; on failure the staged file is removed. Raises `QedError`."""
    try:
        temp.replace(target)
    except OSError as error:
        discard(temp)
        raise write_failure(target, error, 0) from error
    except BaseException:
        discard(temp)
        raise
    sync_folder(target.parent)


def write_atomically(target: Path, data: bytes) -> None:
    """Stages `data` and puts it in place, with the permissions of a private file. Raises `QedError`."""
    put_in_place(stage(target, data), target)


def discard(temp: Path) -> None:
    """Removes a staged file, if it is there."""
    with contextlib.suppress(OSError):
        temp.unlink()


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder to the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_leftovers(target: Path) -> list[Path]:
    """Removes the temporary files that killed processes have left beside `target`; returns what was removed."""
    prefix, removed = _prefix(target), list[Path]()
    with contextlib.suppress(OSError):
        for entry in target.parent.iterdir():
            if entry.name.startswith(prefix) and entry.name.endswith(".tmp") and _is_leftover(entry, prefix):
                discard(entry)
                removed.append(entry)
    return removed


def write_failure(target: Path, error: OSError, size: int) -> QedError:
    """The error that says why `target` could not be written; `size` is in bytes."""
    if error.errno in _NO_SPACE:
        what = "the disk quota is used up" if error.errno == errno.EDQUOT else "the disk is full"
        return QedError(
            f"cannot write {target}: {what}: {size} bytes are needed in {target.parent}{_free(target.parent)}; "
            "the file is as it was",
            hint=f"Make room on the file system of {target.parent} and run the command again.",
            exit_code=ExitCode.WRITE_FAILED,
        )
    return QedError(
        f"cannot write {target}: {error.strerror or error}; the file is as it was",
        hint=f"qed writes a new file into {target.parent} and renames it: both must be allowed.",
        exit_code=ExitCode.WRITE_FAILED,
    )


def changed_on_disk(
    path: Path, how: str, *, hint: str = "Run the command again to work on the file as it is now."
) -> QedError:
    """The error that says that a file is not the one that was read."""
    return QedError(
        f"{path} has changed: {how}; nothing was written",
        hint=hint,
        exit_code=ExitCode.CHANGED_ON_DISK,
    )


def _free(folder: Path) -> str:
    try:
        return f", {shutil.disk_usage(folder).free} are free"
    except OSError:
        return ""


def _prefix(target: Path) -> str:
    return f".{os.fsdecode(os.fsencode(target.name)[:_MAX_NAME_BYTES])}.qed-"


def _is_leftover(temp: Path, prefix: str) -> bool:
    """Whether the process that made a temporary file is gone, or its id now belongs to a younger process."""
    import psutil  # only where something was left; settings are read with this module, and that has to be quick

    pid, _, _ = temp.name[len(prefix) :].partition("-")
    if not pid.isdecimal():
        return False
    try:
        return psutil.Process(int(pid)).create_time() > temp.stat().st_mtime + 1
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, OSError):
        return False


def _imitate(descriptor: int, target: Path) -> None:
    """Gives an open file the owner, mode and extended attributes (access lists among them) of another."""
    made, like = os.fstat(descriptor), target.stat()
    if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(target):
                os.setxattr(descriptor, name, os.getxattr(target, name))
