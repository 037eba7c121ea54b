"""How searches are made up from a recipe."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.search.holes import at_hole
from tests.tools.search.spelling import Letters, Spelling
from tools.environment.protocol import TacticState
from tools.lean.document import Document
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, ToolchainKind
from tools.premises.library import PremiseLibrary
from tools.progress.choice import ScoringModel
from tools.progress.scorer import Query
from tools.search.generator import Candidate, SearchContext
from tools.search.limits import SearchLimits
from tools.search.policy import BreadthFirst
from tools.search.portfolio_generator import PortfolioGenerator
from tools.search.premise_generator import LibraryPremiseGenerator
from tools.search.prove import prove_goal
from tools.search.recipe import Searches, SearchRecipe, Weights
from tools.search.structural import StructuralGenerator
from tools.search.suggestion_generator import SuggestionGenerator
from tools.search.tree import Edge, Node

DOCUMENT = Document.parse("theorem t (p q : Prop) : p ∧ q := by\n  constructor\n  sorry\n")
HOLE = DOCUMENT.holes[0]
BARE = SearchRecipe(premises=False)
NODE = Node(TacticState(0, ("⊢ p",)), steps_remaining=4.0)


def test_without_anything_the_portfolio_and_the_shape_of_the_goal_propose() -> None:
    settings = Searches(BARE).settings(DOCUMENT, HOLE, Spelling())
    assert [type(each) for each in settings.generators] == [StructuralGenerator]
    assert settings.consulted == () and settings.estimator is None


def test_a_model_and_what_lean_suggests_are_consulted() -> None:
    model = Letters()
    settings = Searches(replace(BARE, suggestions=True)).settings(DOCUMENT, HOLE, Spelling(), model)
    assert settings.consulted[0] is model
    assert [type(each) for each in settings.consulted[1:]] == [SuggestionGenerator]


def test_a_model_alone() -> None:
    model = Letters()
    recipe = replace(BARE, policy=BreadthFirst(), suggestions=True)
    settings = Searches(recipe).settings(DOCUMENT, HOLE, Spelling(), model)
    assert (settings.generators, settings.consulted) == ((), (model,))


def test_breadth_first_tries_the_portfolio_tactic_by_tactic() -> None:
    settings = Searches(replace(BARE, policy=BreadthFirst())).settings(DOCUMENT, HOLE, Spelling())
    assert [type(each) for each in settings.generators] == [PortfolioGenerator, StructuralGenerator]


@pytest.mark.parametrize(
    ("weights", "better"),
    [(Weights(heuristic=1.0, progress=0.0), "cheap"), (Weights(heuristic=0.0, progress=1.0), "near")],
)
def test_weights_say_what_counts(weights: Weights, better: str) -> None:
    scorer = weights.scorer(estimated=True, sampled=False)
    edges = {
        "cheap": Edge(NODE, Candidate("a", 0.1), steps_remaining=5.0),
        "near": Edge(NODE, Candidate("b", 2.0), steps_remaining=1.0),
    }
    assert min(edges, key=lambda name: scorer.idea(edges[name])) == better


def test_without_estimates_and_samples_only_the_heuristic_counts() -> None:
    alone = Weights(progress=9.0, log_probability=9.0).scorer(estimated=False, sampled=False)
    assert alone.state(NODE) == Weights(progress=0.0).scorer(estimated=True, sampled=False).state(NODE)


async def test_a_scoring_model_is_loaded_at_the_first_question_only(tmp_path: Path) -> None:
    recipe = replace(BARE, scoring=ScoringModel(str(tmp_path / "missing")))
    toolchain = Toolchain(ToolchainKind.EMBEDDED, tmp_path)
    async with recipe.searches(toolchain) as searches:
        assert searches.settings(DOCUMENT, HOLE, Spelling()).estimator is not None


async def test_the_steps_before_the_hole_are_part_of_the_prefix() -> None:
    class Scorer:
        async def predict_many(self, queries: Iterable[Query], /) -> list[float]:
            return [float(len(query.prefix.split("\n"))) for query in queries]

    estimator = Searches(BARE, scorer=Scorer()).settings(DOCUMENT, HOLE, Spelling()).estimator
    assert estimator is not None
    child = NODE.child(TacticState(1, ("⊢ q",)), "left", 1.0)
    assert await estimator.steps_remaining([Edge(NODE, Candidate("a")), Edge(child, Candidate("b"))]) == [1.0, 2.0]


async def test_no_index_is_no_obstacle(tmp_path: Path) -> None:
    generator = LibraryPremiseGenerator(PremiseLibrary(Toolchain(ToolchainKind.LEAN, tmp_path / "lean")), ("Init",))
    state = TacticState(0, ("n : Nat\n⊢ n = n",))
    assert await generator.candidates(SearchContext(), state) == []
    assert generator.note.startswith("premises: ")


@pytest.mark.lean
async def test_a_fact_of_the_library_is_found_and_used(lean: LeanServer, toolchain: Toolchain) -> None:
    # Nothing that closes goals by itself puts the factor back.
    text = "theorem t (n m k : Nat) (P : Nat → Prop) (h : P ((n * k).gcd (m * k))) : P (n.gcd m * k) := by\n  sorry\n"
    async with SearchRecipe().searches(toolchain) as searches, at_hole(lean, text) as environment:
        document = Document.parse(text)
        settings = searches.settings(document, document.holes[0], environment)
        found = await prove_goal(environment, SearchContext(), SearchLimits(seconds=300), None, settings)
    assert any("Nat.gcd_mul_right" in proof for proof in found.proofs)
