"""Proofs that are handed in: real Lean, nothing written."""

import json

import pytest

from tests.tools.search.holes import at_hole
from tests.tools.toolbox.calling import Caller
from tools.lean.server import LeanServer
from tools.search.generator import SearchContext
from tools.search.whole_proof import ProofTrial
from tools.toolbox.registry import call
from tools.toolbox.submit_proof import SubmitProofTool
from tools.toolbox.tool import ToolResult, ToolVerdict

pytestmark = pytest.mark.lean
TEXT = "axiom P : Nat → Prop\naxiom step : ∀ n, P n → P (n + 1)\n\ntheorem t (h : P 0) : P 2 ∧ P 1 := by\n  sorry\n"
PLACE = {"path": "/there/T.lean", "declaration": "t", "hole": 1}


async def submit(lean: LeanServer, tools: Caller, proof: str) -> tuple[ToolResult, list[ProofTrial]]:
    """What comes of a proof, and what was told of it."""
    trials: list[ProofTrial] = []
    tool = SubmitProofTool(lambda: at_hole(lean, TEXT), SearchContext(), PLACE, trials.append)
    result = await call(tool, json.dumps({"proof": proof}), tools.context)
    assert result.data["path"] == PLACE["path"] and result.data["declaration"] == "t"
    return result, trials


@pytest.mark.parametrize("by", ["", "by\n  ", "\n"])
async def test_one_that_is_taken(lean: LeanServer, tools: Caller, by: str) -> None:
    result, (trial,) = await submit(lean, tools, f"{by}exact ⟨step 1 (step 0 h), step 0 h⟩")
    assert result.verdict is ToolVerdict.OK and "it is taken" in result.text
    assert trial == ProofTrial("exact ⟨step 1 (step 0 h), step 0 h⟩") and not tools.proposals


async def test_one_that_is_refused(lean: LeanServer, tools: Caller) -> None:
    result, (trial,) = await submit(lean, tools, "by\n  constructor\n  · exact step 0 h\n  · exact steps h")
    assert result.verdict is ToolVerdict.LEAN_REFUSED and not trial.passes
    assert "line 3: " in result.text and "line 4: " in result.text and result.data["taken"] is False


@pytest.mark.parametrize(
    ("proof", "part"),
    [
        ("constructor <;> sorry", "sorry"),
        ("run_tac pure ()", "run_tac"),
        ("exact?", "write what it suggests in its place"),
        ("```lean\nsimp\n```", "leave out the fences"),
        ("", "there is no proof"),
    ],
)
async def test_one_that_lean_does_not_see(lean: LeanServer, tools: Caller, proof: str, part: str) -> None:
    result, trials = await submit(lean, tools, proof)
    assert result.verdict is ToolVerdict.NOT_ALLOWED and part in result.text and not trials
