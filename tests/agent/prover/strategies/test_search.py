"""Search as a strategy: real Lean."""

from dataclasses import replace

import pytest

from agent.prover.events import Closed, Searching
from agent.prover.outcome import Disproved, Found, Open
from agent.prover.report import OpenReason
from agent.prover.strategies.search import SearchStrategy
from tests.agent.prover.workshop import workshop
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean


async def test_what_it_finds_and_what_it_learns(toolchain: Toolchain, lean: LeanServer) -> None:
    text = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"
    async with workshop(toolchain, lean, text) as at:
        outcome = await SearchStrategy().attempt(at.case, at.workshop)
    assert isinstance(outcome, Found) and outcome.proofs
    assert at.workshop.effort.tactics and any(isinstance(event, Searching) for event in at.events)
    assert at.events.count(Closed(at.case.number)) == 1


async def test_a_step_of_a_sketch_closes_no_hole(toolchain: Toolchain, lean: LeanServer) -> None:
    async with workshop(toolchain, lean, "theorem t : 1 + 1 = 2 := by\n  sorry\n") as at:
        outcome = await SearchStrategy().attempt(replace(at.case, depth=1), at.workshop)
    assert isinstance(outcome, Found) and not any(isinstance(event, Closed) for event in at.events)


async def test_a_false_statement(toolchain: Toolchain, lean: LeanServer) -> None:
    async with workshop(toolchain, lean, "theorem t (n : Nat) : n < 3 := by\n  sorry\n") as at:
        assert isinstance(await SearchStrategy().attempt(at.case, at.workshop), Disproved)


async def test_failed_tactics_are_lessons(toolchain: Toolchain, lean: LeanServer) -> None:
    text = "axiom P : Nat → Prop\n\ntheorem t : P 3 := by\n  sorry\n"
    async with workshop(toolchain, lean, text) as at:
        outcome = await SearchStrategy(seconds=60).attempt(at.case, at.workshop)
    assert isinstance(outcome, Open) and outcome.reason is OpenReason.EXHAUSTED
    assert at.workshop.lessons.of("tactic")
