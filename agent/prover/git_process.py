"""Runs the `git` executable."""

import asyncio
import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.errors import ExitCode, QedError

_LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """How git ended and what it said."""

    code: int
    out: bytes
    err: bytes

    @property
    def ok(self) -> bool:
        """Whether git did what it was asked to do."""
        return self.code == 0

    @property
    def line(self) -> str:
        """The output where it is one name or path: without the line end."""
        return os.fsdecode(self.out).removesuffix("\n")

    @property
    def items(self) -> list[str]:
        """The output of a command with `-z`."""
        return os.fsdecode(self.out).split("\0")[:-1]

    @property
    def last_words(self) -> str:
        """The end of what git, or a hook, said, for a person: several lines perhaps, never none."""
        said = (self.err or self.out).decode("utf-8", "replace").strip().splitlines()
        return "\n".join(said[-_LAST_LINES:]) or f"exit status {self.code}"


async def git(folder: Path, *arguments: str, stdin: bytes = b"") -> GitAnswer:
    """Runs git in a folder, in the language that its messages are searched in. Raises `QedError` where there is no git.

    When the wait is cancelled, git is asked to end, so that it takes its locks away, and waited for.
    """
    # Files and no pipes: what a hook leaves running would keep a pipe open, and qed waiting.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        try:
            process = await asyncio.create_subprocess_exec(
                *("git", "-C", str(folder), *arguments),
                stdin=given,
                stdout=out,
                stderr=err,
                env={**os.environ, "LC_ALL": "C", "LANGUAGE": ""},
            )
        except OSError as error:
            raise QedError(
                f"git cannot be started: {error.strerror or error}",
                hint="Install git (https://git-scm.com), or leave out --git.",
                exit_code=ExitCode.TOOLCHAIN_NOT_FOUND,
            ) from error
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise
        out.seek(0)
        err.seek(0)
        return GitAnswer(code, out.read(), err.read())
