"""Several LeanDojos at one theorem: what one reached is gone on from in another, and one may die."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import psutil
import pytest

from tests.tools.environment.leandojo.conftest import SPLIT, Traced, answer, gone
from tools.environment.leandojo.environment import LeanDojoEnvironment
from tools.environment.pool import EnvironmentPool
from tools.environment.protocol import Crashed, LeanError, ProofFinished, TacticState

_PATIENCE_SECONDS = 60

GOALS = tuple(SPLIT.removeprefix("2 goals\n").split("\n\n"))
CONSTRUCTOR = answer("constructor", {"sid": "next", "tacticState": SPLIT}, sid=0)
DONE = {"sid": "next", "tacticState": "no goals"}
NO = {"error": "no"}


async def test_a_state_of_another_is_reached_by_its_tactics_once(traced: Traced) -> None:
    traced.replay(CONSTRUCTOR, answer("rfl", NO, sid=1), answer("simp", DONE, sid=1))
    async with traced.opened() as environment:
        state = await environment.adopt(["constructor"], GOALS)
        assert (state.goals, environment.script(state)) == (GOALS, ("constructor",))
        assert traced.requests() == []
        assert await environment.run_tac(state, "rfl") == LeanError("no")
        again = await environment.adopt(["constructor"], GOALS)
        assert again.id != state.id
        done = await environment.run_tac(again, "simp")
        assert isinstance(done, ProofFinished)
        assert environment.script(TacticState(done.tactic_state_id, ())) == ("constructor", "simp")
    assert traced.requests() == [(0, "constructor"), (1, "rfl"), (1, "simp")]


async def test_a_state_that_was_reached_here_is_not_reached_again(traced: Traced) -> None:
    traced.replay(CONSTRUCTOR, answer("rfl", NO, sid=1))
    async with traced.opened() as environment:
        own = await environment.run_tac(environment.initial_state, "constructor")
        assert isinstance(own, TacticState)
        assert await environment.run_tac(await environment.adopt(["constructor"], own.goals), "rfl") == LeanError("no")
    assert traced.requests() == [(0, "constructor"), (1, "rfl")]


async def test_tactics_that_lead_elsewhere_here(traced: Traced) -> None:
    traced.replay(CONSTRUCTOR, answer("rfl", NO))
    async with traced.opened() as environment:
        for script in (["constructor"], ["rfl"]):
            state = await environment.adopt(script, ("⊢ another",))
            outcome = await environment.run_tac(state, "rfl")
            assert isinstance(outcome, Crashed) and f"does not take `{script[0]}` as it did" in outcome.reason


async def test_metavariables_are_counted_otherwise_in_another(traced: Traced) -> None:
    traced.replay(
        answer("apply f", {"sid": "next", "tacticState": "h : ?u.3\n⊢ f ?m.17 = 5"}), answer("rfl", NO, sid=1)
    )
    async with traced.opened() as environment:
        same = await environment.adopt(["apply f"], ("h : ?u.4\n⊢ f ?m.9 = 5",))
        assert await environment.run_tac(same, "rfl") == LeanError("no")


@asynccontextmanager
async def _pool(traced: Traced, *recordings: Sequence[dict[str, Any]]) -> AsyncGenerator[EnvironmentPool]:
    """A pool whose environments replay these recordings, each its own."""
    left = list(recordings)

    async with AsyncExitStack() as stack:

        async def another() -> LeanDojoEnvironment:
            traced.replay(*left.pop(0))
            return await stack.enter_async_context(traced.opened())

        pool = EnvironmentPool(await another(), another, len(recordings))
        stack.push_async_callback(pool.close)
        yield pool


async def _asked(traced: Traced, request: tuple[int, str]) -> None:
    while request not in traced.requests():
        await asyncio.sleep(0.01)


@pytest.fixture
def nohup() -> Iterator[None]:
    """What is started ignores that its terminal goes."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("nohup")
async def test_a_worker_dies_and_its_tactic_is_tried_elsewhere(traced: Traced) -> None:
    first = [CONSTRUCTOR, answer("simp_all", sleep=600, sid=1)]
    second = [CONSTRUCTOR, answer("omega", NO, sid=1), answer("simp_all", DONE, sid=1)]
    async with _pool(traced, first, second) as pool:
        split = await pool.run_tac(pool.initial_state, "constructor")
        assert isinstance(split, TacticState)
        trial = asyncio.create_task(pool.run_tac(split, "simp_all", timeout=500))
        await _asked(traced, (1, "simp_all"))
        # The second is opened for this, and reaches the state by its tactics.
        assert await pool.run_tac(split, "omega") == LeanError("no")
        assert pool.size == 2
        (lean, _), _ = traced.starts()
        _holder_of(lean).kill()
        done = await trial
        assert isinstance(done, ProofFinished)
        assert pool.script(TacticState(done.tactic_state_id, ())) == ("constructor", "simp_all")
    assert traced.requests() == [
        *[(0, "constructor"), (1, "simp_all")],  # of the first
        *[(0, "constructor"), (1, "omega"), (1, "simp_all")],
    ]
    # Nobody waits for a Lean whose holder was killed: it goes by itself.
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not all(gone(pid) for pid, _ in traced.starts()):
            await asyncio.sleep(0.01)


def _holder_of(lean: int) -> psutil.Process:
    """The process that holds the LeanDojo whose Lean this is."""
    above = [psutil.Process(lean), *psutil.Process(lean).parents()]
    return next(each for each in above if "tools.environment.leandojo.worker" in each.cmdline())


async def test_a_tactic_that_kills_every_lean(traced: Traced) -> None:
    each = [answer("decide", kill=9), answer("rfl", NO)]
    async with _pool(traced, each, each) as pool:
        root = pool.initial_state
        outcomes = await asyncio.gather(pool.run_tac(root, "decide"), pool.run_tac(root, "rfl"))
        assert isinstance(outcomes[0], Crashed) and outcomes[1] == LeanError("no")
        assert await pool.run_tac(root, "rfl") == LeanError("no")
