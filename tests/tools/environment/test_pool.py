"""Several environments used as one. The first half counts on small ones of our own, the second asks Lean."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.pool import EnvironmentPool
from tools.environment.protocol import Crashed, LeanError, ProofFinished, TacticOutcome, TacticState
from tools.environment.scratch import Scratch
from tools.errors import QedError
from tools.lean.server import LeanServer
from tools.lean.text import Span

EMPTY = TacticState(0, ("",))


@dataclass
class _Adding:
    """Every tactic is added to the goal; `crash` crashes it, `end` finishes. It runs when `gate` is open."""

    name: str
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    ran: list[str] = field(default_factory=list[str])
    crashes_on: str = ""
    closed: bool = False
    initial_state: TacticState = EMPTY
    _scripts: dict[int, tuple[str, ...]] = field(default_factory=lambda: {0: ()})

    async def adopt(self, script: Sequence[str], goals: tuple[str, ...]) -> TacticState:
        state = TacticState(len(self._scripts), goals)
        self._scripts[state.id] = tuple(script)
        return state

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        await self.gate.wait()
        script = "".join((*self._scripts[state.id], tactic))
        self.ran.append(script)
        if tactic == self.crashes_on:
            return Crashed("as told")
        return ProofFinished(99) if tactic == "end" else TacticState(98, (script,))

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        return (f"{self.name}{tactic}",)

    def script(self, state: TacticState) -> tuple[str, ...]:
        return self._scripts[state.id]

    async def close(self) -> None:
        self.closed = True


def _pool(size: int, *, open_gates: bool = True) -> tuple[EnvironmentPool, list[_Adding]]:
    opened = [_Adding("0")]

    async def another() -> _Adding:
        opened.append(_Adding(str(len(opened))))
        if open_gates:
            opened[-1].gate.set()
        return opened[-1]

    if open_gates:
        opened[0].gate.set()
    return EnvironmentPool(opened[0], another, size), opened


async def _state(pool: EnvironmentPool, state: TacticState, tactic: str) -> TacticState:
    outcome = await pool.run_tac(state, tactic)
    assert isinstance(outcome, TacticState)
    return outcome


async def _both_open(pool: EnvironmentPool, opened: list[_Adding]) -> tuple[TacticState, TacticState]:
    """Asks two things at once, and lets them run when two environments are there for them."""
    runs = asyncio.gather(_state(pool, pool.initial_state, "a"), _state(pool, pool.initial_state, "b"))
    while len(opened) < 2:
        await asyncio.sleep(0)
    for environment in opened:
        environment.gate.set()
    return await runs


async def test_one_after_the_other_needs_one() -> None:
    pool, opened = _pool(4)
    a = await _state(pool, pool.initial_state, "a")
    ab = await _state(pool, a, "b")
    assert (ab.goals, pool.script(ab)) == (("ab",), ("a", "b"))
    finished = await pool.run_tac(ab, "end")
    assert isinstance(finished, ProofFinished)
    assert len(opened) == pool.size == 1


async def test_side_by_side_as_many_as_may_be() -> None:
    pool, opened = _pool(3, open_gates=False)
    runs = [asyncio.ensure_future(pool.run_tac(pool.initial_state, letter)) for letter in "abcdef"]
    while len(opened) < 3:
        await asyncio.sleep(0)
    assert not any(environment.ran for environment in opened)
    for environment in opened:
        environment.gate.set()
    outcomes = await asyncio.gather(*runs)
    assert [outcome.goals for outcome in outcomes if isinstance(outcome, TacticState)] == [(c,) for c in "abcdef"]
    assert len(opened) == 3 and all(environment.ran for environment in opened)
    assert len({outcome.id for outcome in outcomes if isinstance(outcome, TacticState)}) == 6
    await pool.close()
    assert all(environment.closed for environment in opened)


async def test_the_one_that_knows_the_way_is_asked() -> None:
    pool, opened = _pool(2, open_gates=False)
    a, b = await _both_open(pool, opened)
    for way, letter in ((a, "a"), (b, "b"), (a, "a")):
        before = {environment.name: len(environment.ran) for environment in opened}
        await _state(pool, way, "x")
        (asked,) = [environment for environment in opened if len(environment.ran) > before[environment.name]]
        assert asked.ran[0] == letter


async def test_a_crash_is_tried_again_elsewhere() -> None:
    pool, opened = _pool(2, open_gates=False)
    await _both_open(pool, opened)
    opened[0].crashes_on = "c"
    outcomes = [await pool.run_tac(pool.initial_state, "c") for _ in range(4)]
    assert all(isinstance(outcome, TacticState) for outcome in outcomes)
    opened[1].crashes_on = "c"
    assert await pool.run_tac(pool.initial_state, "c") == Crashed("as told")


async def test_another_that_cannot_be_opened() -> None:
    first = _Adding("0")

    async def another() -> _Adding:
        raise QedError("no more Lean")

    pool = EnvironmentPool(first, another, 5)
    runs = asyncio.gather(*(pool.run_tac(pool.initial_state, letter) for letter in "abc"))
    await asyncio.sleep(0)
    first.gate.set()
    assert len(await runs) == len(first.ran) == 3
    assert pool.size == 1


async def test_who_stops_waiting_takes_nothing_along() -> None:
    pool, opened = _pool(1, open_gates=False)
    runs = [asyncio.ensure_future(pool.run_tac(pool.initial_state, letter)) for letter in "abc"]
    await asyncio.sleep(0.01)
    runs[0].cancel()
    runs[1].cancel()
    opened[0].gate.set()
    assert isinstance(await runs[2], TacticState)
    assert await pool.suggest(pool.initial_state, "x?") == ("0x?",)


TEXT = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"


@pytest.mark.lean
async def test_two_leans_on_one_tree(lean: LeanServer) -> None:
    at = TEXT.index("sorry")
    scratch = Scratch(TEXT, Span(at, at + 5), True, 0, len(TEXT), 100_000)
    opened: list[LanguageServerEnvironment] = []

    async def another() -> LanguageServerEnvironment:
        path = Path(f"/scratch/Pool{len(opened)}.lean")
        opened.append(await LanguageServerEnvironment.open(lean, path, scratch, screen=lambda _: None))
        return opened[-1]

    pool = EnvironmentPool(await another(), another, 2)
    try:
        root = pool.initial_state
        split, given_up = await asyncio.gather(pool.run_tac(root, "constructor"), pool.run_tac(root, "exact hp"))
        assert isinstance(split, TacticState) and isinstance(given_up, LeanError)
        while pool.size < 2:
            await asyncio.sleep(0.05)
        left, right = await asyncio.gather(
            pool.run_tac(split, "· exact hp"), pool.run_tac(split, "case right => exact hq")
        )
        assert isinstance(left, TacticState) and isinstance(right, TacticState)
        assert isinstance(await pool.run_tac(left, "exact hq"), ProofFinished)
        assert isinstance(await pool.run_tac(right, "exact hp"), ProofFinished)
    finally:
        await pool.close()
