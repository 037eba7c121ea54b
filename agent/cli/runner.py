"""What all commands share: running a coroutine with orderly interruption, and errors that people can read."""

import functools
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import click

from tools.errors import ExitCode, QedError

P = ParamSpec("P")
T = TypeVar("T")


def show_error(error: QedError, *, as_json: bool = False) -> None:
    """Prints an error to stderr, or as one JSON object to stdout."""
    if as_json:
        import json

        body = {"code": error.code, "exit_code": int(error.exit_code), "message": error.message, "hint": error.hint}
        click.echo(json.dumps({"error": body}, ensure_ascii=False))
        return
    click.secho("error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(error.message, err=True)
    if error.hint:
        click.secho("  hint: ", fg="cyan", nl=False, err=True)
        click.echo(error.hint, err=True)


def command_errors(function: Callable[P, int | None]) -> Callable[P, None]:
    """Turns the result of a command into its exit code, and a `QedError` into a message and its exit code."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = function(*args, **kwargs)
        except QedError as error:
            show_error(error, as_json=bool(kwargs.get("as_json")))
            code = error.exit_code
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            code = ExitCode.INTERRUPTED
        except BrokenPipeError:  # the reader of our output has gone, as in `qed goals FILE | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = ExitCode.PROVED
        sys.exit(int(code or 0))

    return wrapped


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs a coroutine and returns its result.

    Ctrl+C, SIGTERM and SIGHUP cancel it, so that everything it started is ended in order; under `nohup` SIGHUP does
    not. Raises KeyboardInterrupt when it was interrupted.
    """
    import asyncio

    async def guarded() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # the one that `asyncio.run` has made
        loop.add_signal_handler(signal.SIGINT, task.cancel)
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            loop.add_signal_handler(signal.SIGHUP, task.cancel)
        return await main()

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
