"""`qed` in a process forked from one that has imported everything: a new interpreter spends seconds on imports."""

import contextlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from multiprocessing import forkserver, reduction
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
_IMPORTS = "tests.agent.forked_imports"


def run_forked(
    folder: Path,
    arguments: Sequence[str],
    variables: Mapping[str, str],
    seconds: float,
    *,
    stdin: str = "",
    before: Callable[[], None] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Runs `qed` in a folder, with these variables and no others, and waits for its end.

    `before` is a function of a module, called in the process before `qed`. Raises `subprocess.TimeoutExpired`.
    """
    with contextlib.ExitStack() as held:
        given, out, err = (held.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write(stdin.encode())
        given.seek(0)
        files = tuple(_Inherited(each.fileno()) for each in (given, out, err))
        what = (folder, arguments, variables, files, before)
        process = _fork_server().Process(target=_run, args=what, daemon=True)
        process.start()
        process.join(seconds)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["qed", *arguments], seconds)
        process.close()
        texts: list[str] = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(["qed", *arguments], code, *texts)


class _Inherited:
    """A file descriptor that the forked process has as well."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __getstate__(self) -> object:
        return reduction.DupFd(self.number)

    def __setstate__(self, passed: Any) -> None:
        self.number = passed.detach()


@cache
def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_IMPORTS])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(REPOSITORY))
        forkserver.ensure_running()
    return context


def _run(
    folder: Path,
    arguments: Sequence[str],
    variables: Mapping[str, str],
    files: Sequence[_Inherited],
    before: Callable[[], None] | None,
) -> None:
    """In the forked process: makes it what a new interpreter would be, and gives it to `qed`."""
    assert _IMPORTS in sys.modules  # the server says nothing of imports that fail
    from agent.cli.main import main

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    for number, file in enumerate(files):
        os.dup2(file.number, number)
        os.close(file.number)
    sys.stdin, sys.stdout = os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    sys.argv = ["qed", *arguments]
    if before:
        before()
    main()
