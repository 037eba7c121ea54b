"""The process that holds LeanDojo: it may die or hang, and nothing of it stays."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.tools.environment.leandojo.conftest import FIRST, Traced, answer, gone
from tools.environment.protocol import Crashed, LeanError

NO = {"error": "no"}


def _worker() -> psutil.Process:
    (found,) = _workers()
    return found


def _workers() -> list[psutil.Process]:
    below = psutil.Process().children(recursive=True)
    return [each for each in below if "tools.environment.leandojo.worker" in each.cmdline()]


async def test_the_process_is_killed_and_on(traced: Traced) -> None:
    traced.replay(answer("skip", {"sid": "next", "tacticState": FIRST}), answer("rfl", NO))
    async with traced.opened() as environment:
        state = await environment.run_tac(environment.initial_state, "skip")
        assert not isinstance(state, LeanError | Crashed)
        worker = _worker()
        worker.kill()
        while not gone(worker.pid):
            await asyncio.sleep(0.01)
        # A process that is found dead costs one trial; the next has a new one.
        outcomes = [await environment.run_tac(environment.initial_state, "rfl") for _ in range(2)]
        assert outcomes[1] == LeanError("no")


async def test_the_process_dies_at_a_tactic(traced: Traced) -> None:
    traced.replay(answer("simp", sleep=60), answer("rfl", NO))
    async with traced.opened() as environment:
        trial = asyncio.create_task(environment.run_tac(environment.initial_state, "simp", timeout=50))
        while not traced.requests():
            await asyncio.sleep(0.01)
        _worker().kill()
        outcome = await trial
        assert isinstance(outcome, Crashed) and "died (exit status -9)" in outcome.reason
        assert await environment.run_tac(environment.initial_state, "rfl") == LeanError("no")


async def test_a_process_that_hangs_is_killed(traced: Traced) -> None:
    traced.replay(answer("rfl", NO))
    async with traced.opened(grace=0.5) as environment:
        stopped = _worker()
        stopped.send_signal(signal.SIGSTOP)
        outcome = await environment.run_tac(environment.initial_state, "rfl", timeout=0.5)
        assert isinstance(outcome, Crashed) and outcome.reason.startswith("LeanDojo hangs")
        assert gone(stopped.pid)


async def test_a_tactic_that_keeps_talking_is_ended(traced: Traced) -> None:
    # LeanDojo counts its seconds anew at each line that Lean prints.
    traced.replay(answer("simp", babble=True))
    async with traced.opened(grace=0.2) as environment:
        outcome = await environment.run_tac(environment.initial_state, "simp", timeout=2)
        assert isinstance(outcome, Crashed) and outcome.reason.startswith("LeanDojo hangs")


async def test_a_cancelled_trial_leaves_nothing(traced: Traced) -> None:
    traced.replay(answer("simp", {"error": "of the first"}, sleep=60), answer("rfl", NO))
    async with traced.opened() as environment:
        trial = asyncio.create_task(environment.run_tac(environment.initial_state, "simp", timeout=50))
        while not traced.requests():
            await asyncio.sleep(0.01)
        trial.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trial
        assert _workers() == []
        assert await environment.run_tac(environment.initial_state, "rfl") == LeanError("no")
    assert all(gone(pid) for pid, _ in traced.starts())
    assert not traced.leftovers()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_qed(traced: Traced, ending: signal.Signals) -> None:
    traced.replay(answer("simp", sleep=600), deaf=True)
    code = (
        "import asyncio\n"
        "from tools.environment.leandojo.environment import LeanDojoEnvironment\n"
        "from tools.environment.leandojo.repository import TheoremAt\n"
        "from tools.environment.guards import screen_tactic\n"
        "async def main():\n"
        f"    at = TheoremAt({str(traced.root)!r}, {traced.commit!r}, 'Facts.lean', 'both')\n"
        "    environment = await LeanDojoEnvironment.open(at, screen=screen_tactic)\n"
        "    try:\n"
        "        await environment.run_tac(environment.initial_state, 'simp', timeout=600)\n"
        "    finally:\n"
        "        await environment.close()\n"
        "asyncio.run(main())\n"
    )
    home = Path(__file__).parents[4]
    with subprocess.Popen([sys.executable, "-c", code], cwd=home, stderr=subprocess.DEVNULL) as qed:
        while not traced.requests():
            assert qed.poll() is None
        family = psutil.Process(qed.pid).children(recursive=True)
        assert len(family) >= 2  # the process with LeanDojo, and Lean
        os.kill(qed.pid, ending)
        qed.wait()
    left = psutil.wait_procs(family, timeout=30)[1]
    assert [process for process in left if not gone(process.pid)] == []
    assert not traced.leftovers()
