"""Whole proofs on trial: real Lean."""

import pytest

from tests.tools.search.holes import at_hole
from tools.environment.protocol import ProofFinished
from tools.lean.server import LeanServer
from tools.search.generator import SearchContext
from tools.search.whole_proof import ProofTrial, try_proof

pytestmark = pytest.mark.lean
AND = "theorem t (p q r : Prop) (hp : p) (hq : q) (h : p → q → r) : r ∧ q := by\n  sorry\n"
# Nothing that is asked of every goal proves it.
HARD = "axiom P : Nat → Prop\naxiom step : ∀ n, P n → P (n + 1)\n\ntheorem t (h : P 0) : P 4 ∧ P 3 := by\n  sorry\n"


async def trial(lean: LeanServer, text: str, block: str, first_line: int = 1) -> ProofTrial:
    """A proof of a text's hole on trial; one that passes is tried again as it came back."""
    async with at_hole(lean, text) as environment:
        found = await try_proof(environment, SearchContext(), block, seconds=60, first_line=first_line)
        if found.passes:
            assert isinstance(await environment.run_tac(environment.initial_state, found.block), ProofFinished)
    return found


async def test_a_proof(lean: LeanServer) -> None:
    block = "constructor\n· exact h hp hq\n· exact hq"
    found = await trial(lean, AND, block)
    assert found == ProofTrial(block) and not found.refusals and found.tactics == 1


async def test_errors_have_lines_counted_as_one_wants(lean: LeanServer) -> None:
    block = "constructor\n· exact step 1 h\n· exact step 2 h"
    found = await trial(lean, HARD, block, first_line=2)
    assert [each.line for each in found.errors] == [3, 4] and found.reach == 3
    assert found.block == block
    first, second = found.refusals
    assert first.startswith("line 3: ") and second.startswith("line 4: ") and "P 0" in first and "P 0" in second


async def test_goals_that_are_left_are_shown(lean: LeanServer) -> None:
    found = await trial(lean, HARD, "constructor\nexact step 3 (step 2 (step 1 (step 0 h)))")
    (told,) = found.refusals
    assert told.startswith("line 2: at the end of the proof there are unsolved goals") and told.endswith("⊢ P 3")


@pytest.mark.parametrize(
    "block",
    [
        "constructor",
        "constructor\n· exact h hp hq\n· exact hp",
        "constructor\n· exact h hp hq\n· first\n  | exact hp\n  | exact h",
        "refine ⟨h hp hq, ?_⟩\nexact hp",
        "exact ⟨h hp hq, hq⟩\nrfl",
    ],
)
async def test_an_end_is_found(lean: LeanServer, block: str) -> None:
    found = await trial(lean, AND, block)
    assert found.passes and found.block != block and found.block.startswith(block.split("\n")[0])
    assert found.tactics > 1


async def test_a_proof_that_is_wrong_at_its_first_step(lean: LeanServer) -> None:
    found = await trial(lean, HARD, "exact nothing_like_it")
    assert not found.passes and found.reach == 1 and "nothing_like_it" in found.told()


async def test_a_proof_that_takes_too_long(lean: LeanServer) -> None:
    async with at_hole(lean, HARD) as environment:
        endless = "have : 2 ^ 400000 % 7 = 3 := by\n  iterate 100000 (have : 2 ^ 64 = 2 ^ 64 := by simp)\n  simp"
        found = await try_proof(environment, SearchContext(), endless, seconds=0.5)
    assert found.told() == "Lean had not finished after 0.5 seconds" and found.reach == float("inf")
