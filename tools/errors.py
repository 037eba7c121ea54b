"""Errors that a person reads: what happened, where, and what to do about it.

Every error that can end a command is a `QedError`. It carries a stable `code` (for scripts and `--json`) and the
`exit_code` of the process. The full table stands in the README; `ExitCode` is its source.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the `qed` command."""

    PROVED = 0
    NOT_PROVED = 1
    USAGE = 2
    BUDGET = 3
    FILE_NOT_FOUND = 10
    IS_A_DIRECTORY = 11
    NOT_UTF8 = 12
    READ_ONLY = 13
    CHANGED_ON_DISK = 14
    WRITE_FAILED = 15
    BUSY = 16
    LEAN_FAILED = 20
    FILE_HAS_ERRORS = 21
    MISSING_IMPORT = 22
    TOOLCHAIN_NOT_FOUND = 30
    NODE_NOT_FOUND = 31
    DOWNLOAD_FAILED = 32
    CORRUPT_TOOLCHAIN = 33
    NOTHING_TO_UNDO = 40
    CONFIG = 50
    MODEL_FAILED = 60
    NOT_ALLOWED = 61
    BAD_DATASET = 70
    BAD_CHECKPOINT = 71
    EXTRA_NOT_INSTALLED = 72
    DEVICE_NOT_FOUND = 73
    TRAINING_FAILED = 74
    INTERRUPTED = 130


class QedError(Exception):
    """Something that a person can act upon.

    `message` says what happened and where; `hint` says what to do (empty where there is nothing to do).
    """

    exit_code = ExitCode.LEAN_FAILED

    def __init__(self, message: str, *, hint: str = "", exit_code: ExitCode | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code

    @property
    def code(self) -> str:
        """The stable name of this kind of error, for example `file-not-found`."""
        return self.exit_code.name.lower().replace("_", "-")
