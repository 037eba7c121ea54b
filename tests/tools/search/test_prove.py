"""The whole search at a hole: proofs that Lean accepts, refutations, limits, and a search that goes on."""

import asyncio

import pytest

from tests.tools.search.holes import at_hole
from tools.environment.protocol import ProofFinished
from tools.lean.server import LeanServer
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.generator import SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.prove import prove_goal
from tools.search.result import SearchResult
from tools.search.scorer import HeuristicScorer
from tools.search.structural import StructuralGenerator
from tools.search.watched import Phase, SearchProgress

pytestmark = pytest.mark.lean
TREE = """inductive Tree where
  | leaf : Tree
  | node : Tree → Tree → Tree

def Tree.mirror : Tree → Tree
  | .leaf => .leaf
  | .node l r => .node r.mirror l.mirror

def Tree.size : Tree → Nat
  | .leaf => 1
  | .node l r => l.size + r.size

"""
FILE = SearchContext(definitions=("Tree.mirror", "Tree.size"), types=("Tree",))
HARD = "theorem t (f : Nat → Nat) (h : ∀ n, f (f n) = n + 1987) : False"
ENDLESS = "axiom P : Nat → Prop\n\ntheorem t (h : ∀ n, P (n + 1) → P n) : P 0"


async def _prove(lean: LeanServer, text: str, context: SearchContext, limits: SearchLimits) -> SearchResult:
    async with at_hole(lean, f"{text} := by\n  sorry\n") as environment:
        result = await prove_goal(environment, context, limits, lambda _: None)
        for proof in result.proofs:
            assert isinstance(await environment.run_tac(environment.initial_state, proof), ProofFinished)
        return result


@pytest.mark.parametrize(
    "statement",
    [
        "theorem t (p q r : Prop) : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r)",
        "theorem t (p q : Nat → Prop) (h : ∃ n, p n ∧ q n) : ∃ n, q n",
        "theorem t (f g : Nat → Nat) (h : ∀ n, f n = g n) : f = g",
        "theorem t : ∃ n : Nat, n * n = 4",
        "theorem t (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length",
        f"{TREE}theorem t (x : Tree) : x.mirror.mirror = x",
        f"{TREE}theorem t (x : Tree) : x.mirror.size = x.size",
        f"{TREE}theorem t (x : Tree) : 0 < x.size",
    ],
)
async def test_proved(lean: LeanServer, statement: str) -> None:
    result = await _prove(lean, statement, FILE if "Tree" in statement else SearchContext(), SearchLimits(60))
    assert result.end is SearchEnd.FOUND and result.proofs
    assert result.refutation is None and result.tactics > 0


async def test_what_is_false_is_refuted_not_searched(lean: LeanServer) -> None:
    result = await _prove(lean, "theorem t (n : Nat) : n < 5", SearchContext(), SearchLimits(60))
    assert result.refutation is not None and result.refutation.witness == ("n = 5",)
    assert not result.proofs and result.nodes == 0


@pytest.mark.parametrize(
    "limits",
    [SearchLimits(seconds=2, depth=10_000), SearchLimits(tactics=8), SearchLimits(nodes=1)],
)
async def test_limits_hold(lean: LeanServer, limits: SearchLimits) -> None:
    result = await _prove(lean, ENDLESS, SearchContext(), limits)
    assert result.end is SearchEnd.BUDGET and not result.proofs
    assert result.tactics <= limits.tactics and result.nodes <= limits.nodes


async def test_nothing_left_to_try(lean: LeanServer) -> None:
    limits = SearchLimits(seconds=100, depth=0)
    result = await _prove(lean, "theorem t (p q : Prop) (h : p) (g : q → p) : q ∨ ¬p", SearchContext(), limits)
    assert not result.proofs
    assert result.end is SearchEnd.EXHAUSTED or result.refutation is not None


async def test_progress_counts_upwards(lean: LeanServer) -> None:
    seen: list[SearchProgress] = []
    async with at_hole(lean, f"{HARD} := by\n  sorry\n") as environment:
        await prove_goal(environment, SearchContext(), SearchLimits(tactics=8), seen.append)
    counts = [progress.tactics for progress in seen]
    assert counts == sorted(counts) and counts[0] == 0 and counts[-1] == 8
    assert [p.phase for p in seen] == sorted((p.phase for p in seen), key=list(Phase).index)
    assert all(progress.tactic for progress in seen[1:])


async def test_a_search_that_was_cancelled_goes_on(lean: LeanServer) -> None:
    text = f"{TREE}theorem t (x y : Tree) (h : x.mirror = y) : y.mirror = x := by\n  sorry\n"
    async with at_hole(lean, text) as environment:
        budget = Budget(SearchLimits(seconds=120))
        search = ProofSearch(environment, FILE, [StructuralGenerator()], HeuristicScorer(), budget)
        steps = None
        for _ in range(60):
            try:
                async with asyncio.timeout(0.7):
                    steps = await search.run()
                    break
            except TimeoutError:
                continue
        else:
            steps = await search.run()
        assert steps is not None and search.end is SearchEnd.FOUND
        script = "\n".join(step.tactic for step in steps)
        assert isinstance(await environment.run_tac(environment.initial_state, script), ProofFinished)
