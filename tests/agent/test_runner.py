"""What ends a command from outside, and what does not."""

import signal
import subprocess
import sys

import pytest

# It says that it has begun, and ends by itself after some time.
_COMMAND = """
import asyncio
from agent.cli.runner import run

async def main():
    print("begun", flush=True)
    try:
        await asyncio.sleep({seconds})
    except asyncio.CancelledError:
        print("cancelled", flush=True)
        raise
    print("done", flush=True)

try:
    run(main)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def _after(name: signal.Signals, *launch: str, seconds: float) -> str:
    """What the command says after it was sent this signal."""
    command = [*launch, sys.executable, "-c", _COMMAND.format(seconds=seconds)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(name)
        return process.stdout.read()


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels(name: signal.Signals) -> None:
    assert _after(name, seconds=600) == "cancelled\ninterrupted\n"


def test_under_nohup_the_terminal_may_go() -> None:
    assert _after(signal.SIGHUP, "nohup", seconds=1) == "done\n"
    assert _after(signal.SIGTERM, "nohup", seconds=600) == "cancelled\ninterrupted\n"
