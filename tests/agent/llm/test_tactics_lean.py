"""The search with a model beside the structural steps, on real Lean."""

from collections.abc import Sequence

import pytest

from agent.llm.tactics import ModelTacticGenerator
from agent.prompts import PromptLibrary
from tests.agent.llm.scripted import ScriptedModel
from tests.tools.search.holes import at_hole
from tools.environment.protocol import ProofFinished
from tools.lean.server import LeanServer
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.generator import SearchContext, TacticGenerator
from tools.search.limits import Budget, SearchLimits
from tools.search.scorer import HeuristicScorer
from tools.search.structural import StructuralGenerator
from tools.search.tracked import TrackedEnvironment

pytestmark = pytest.mark.lean
# 1234 is the only witness, and nothing in the goal says so.
STATEMENT = "theorem t : ∃ n : Nat, n * n = 1522756 ∧ 0 < n"
ANSWERS = (
    "<think>The root of 1522756 is 1234, so use 1000 or 1234.</think>\n```lean\nrefine ⟨1000, ?_⟩\n```",
    "The witness is the square root.\n\n```lean\nexists 1234\n```",
    "```lean\nnative_decide\n```",
    "We should look for the root first.",
)


async def _search(lean: LeanServer, generators: Sequence[TacticGenerator]) -> SearchEnd:
    async with at_hole(lean, f"{STATEMENT} := by\n  sorry\n") as environment:
        budget = Budget(SearchLimits(seconds=120, tactics=100))
        tracked = TrackedEnvironment(environment, budget, lambda _: None)
        search = ProofSearch(tracked, SearchContext(), generators, HeuristicScorer(), budget)
        steps = await search.run()
        if steps is not None:
            proof = "\n".join(step.tactic for step in steps)
            assert isinstance(await environment.run_tac(environment.initial_state, proof), ProofFinished)
            assert "1234" in proof
        return search.end


async def test_the_model_proves_what_structure_alone_does_not(lean: LeanServer) -> None:
    structure = StructuralGenerator()
    assert await _search(lean, [structure]) is not SearchEnd.FOUND
    model = ScriptedModel(lambda prompt: ANSWERS if "1522756" in prompt else ())
    generator = ModelTacticGenerator(model, PromptLibrary.load(), samples=4)
    assert await _search(lean, [structure, generator]) is SearchEnd.FOUND
    assert generator.usage.completion_tokens > 0 and not generator.failures
