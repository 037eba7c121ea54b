"""Tactics scored by a real LeanProgress model, which counts the `∧` of a goal, and run in the real Lean."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any

import pytest

from tests.tools.progress.trained import Trained
from tests.tools.toolbox.calling import Caller, write
from tools.errors import QedError
from tools.lean.toolchain import Toolchain
from tools.progress.async_scorer import AsyncProgressScorer
from tools.progress.choice import ScoringModel
from tools.progress.scorer import LeanProgressScorer, Query
from tools.search.recipe import SearchRecipe
from tools.toolbox.registry import toolbox
from tools.toolbox.tool import ToolVerdict
from tools.toolbox.workspace import Workspace

pytestmark = pytest.mark.lean
CHAIN = """theorem chain (p q r s : Prop) (h : p ∧ q ∧ r ∧ s) : p ∧ q ∧ r ∧ s := by
  sorry

theorem begun (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  have h := hp
  constructor
  · exact h
  · sorry

theorem nothing (n : Nat) (h : 1 < n) : n = 0 := by
  sorry
"""
SETUP = "p q r s : Prop\nh : p ∧ q ∧ r ∧ s\n"


@pytest.fixture(scope="module")
async def scoring(
    toolchain: Toolchain, trained: Trained, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Workspace]:
    model = ScoringModel(str(trained.folder), device="cpu")
    workspace = Workspace(tmp_path_factory.mktemp("scoring"), toolchain.kind.value, recipe=SearchRecipe(scoring=model))
    write(workspace, "Chain.lean", CHAIN)
    yield workspace
    await workspace.close()


@pytest.fixture
def tools(scoring: Workspace) -> Caller:
    return Caller(scoring)


@pytest.fixture(scope="module")
def reference(trained: Trained) -> LeanProgressScorer:
    return LeanProgressScorer(str(trained.folder), device="cpu")


def _scores(trials: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    return {trial["tactic"]: trial.get("steps_remaining") for trial in trials}


def _near(value: float | None, expected: float) -> bool:
    return value is not None and abs(value - expected) < 0.01


async def test_lean_judges_and_the_model_ranks(tools: Caller, reference: LeanProgressScorer) -> None:
    script = "refine ⟨h.1, ?_⟩\nrefine ⟨h.2.1, ?_⟩\nskip"
    tactics = ["rfl", "sorry", "skip", script, "exact h"]
    result = await tools("score_tactics", file="Chain.lean", declaration="chain", tactics=tactics)
    assert result.verdict is ToolVerdict.OK
    trials = result.data["trials"]
    scores = _scores(trials)
    before = "refine ⟨h.1, ?_⟩\nrefine ⟨h.2.1, ?_⟩"
    asked = [Query(f"{SETUP}⊢ p ∧ q ∧ r ∧ s", "skip"), Query(f"{SETUP}⊢ r ∧ s", "skip", before)]
    whole, rest = reference.predict_many(asked)
    assert _near(scores["skip"], whole) and _near(scores[script], rest)
    between = ["skip", script] if whole <= rest else [script, "skip"]
    assert [trial["tactic"] for trial in trials] == ["exact h", *between, "rfl", "sorry"]
    assert (scores["exact h"], scores["rfl"], scores["sorry"]) == (0.0, None, None)
    assert "1. exact h: closes\n" in result.text and f"progress, about {whole:.1f} steps" in result.text
    assert "rfl: error\n" in result.text and "estimate" not in result.data
    assert [data["kind"] for data in tools.data] == ["trial"] * 5


class Asked(Workspace):
    """A workspace whose LeanProgress keeps what it is asked, and sees one step left everywhere."""

    queries: list[Query]

    def scorer(self) -> AsyncProgressScorer:
        self.queries = []
        return AsyncProgressScorer(lambda: self)

    def predict_many(self, queries: Iterable[Query], /) -> list[float]:
        self.queries += queries
        return [1.0] * len(self.queries)


async def test_the_steps_before_the_hole_and_those_of_after_are_the_prefix(toolchain: Toolchain, tools: Caller) -> None:
    asked = Asked(tools.workspace.root, toolchain.kind.value, recipe=SearchRecipe(scoring=ScoringModel("made/up")))
    try:
        after = "have a := hp; have b := hq"
        given = ["have c := a\nclear c", "skip"]
        result = await Caller(asked)("score_tactics", file="Chain.lean", line=8, after=after, tactics=given)
    finally:
        await asked.close()
    assert [trial["steps_remaining"] for trial in result.data["trials"]] == [1.0, 1.0]
    before = "have h := hp\nconstructor\nexact h\nhave a := hp\nhave b := hq"
    goal = "case right\np q : Prop\nhp : p\nhq : q\nh a : p\nb : q\n"
    assert asked.queries == [
        Query(f"{goal}c : p\n⊢ q", "clear c", f"{before}\nhave c := a"),
        Query(f"{goal}⊢ q", "skip", before),
    ]


async def test_a_state_is_estimated_through_simple_steps(tools: Caller) -> None:
    result = await tools("score_tactics", file="Chain.lean", declaration="nothing")
    scores = _scores(result.data["trials"])
    known = [score for score in scores.values() if score is not None]
    assert 0 < len(known) <= len(scores) <= 12 and 0.0 not in known
    assert _near(result.data["estimate"], min(known) + 1)
    assert all(not trial["goals"] and not trial["detail"] for trial in result.data["trials"])
    assert result.text.startswith(f"The state itself: about {min(known) + 1:.1f} steps")
    closed = await tools("score_tactics", file="Chain.lean", declaration="chain")
    assert closed.data["trials"][0]["verdict"] == "closes" and closed.data["estimate"] == 1.0


async def test_what_cannot_be_scored(tools: Caller) -> None:
    refused = await tools("score_tactics", file="Chain.lean", declaration="chain", tactics=["rfl", "exact 1"])
    assert refused.verdict is ToolVerdict.LEAN_REFUSED
    assert set(_scores(refused.data["trials"]).values()) == {None}
    barred = await tools("score_tactics", file="Chain.lean", declaration="chain", tactics=["sorry"])
    assert barred.verdict is ToolVerdict.NOT_ALLOWED
    begun = await tools("score_tactics", file="Chain.lean", declaration="chain", after="exact h", tactics=["skip"])
    assert "`after` itself: nothing is left to try" in begun.text
    many = await tools("score_tactics", file="Chain.lean", declaration="chain", tactics=["exact h"] * 26)
    assert len(many.data["trials"]) == 24 and "[2 more were not scored: 24 at most]" in many.text
    unknown = await tools("score_tactics", file="Chain.lean", declaration="chian")
    assert unknown.verdict is ToolVerdict.BAD_ARGUMENTS


async def test_a_model_that_is_not_there_is_told_and_only_when_it_is_needed(
    toolchain: Toolchain, tools: Caller
) -> None:
    gone = Workspace(
        tools.workspace.root, toolchain.kind.value, recipe=SearchRecipe(scoring=ScoringModel("/no/such/model"))
    )
    try:
        asking = Caller(gone)
        closes = await asking("score_tactics", file="Chain.lean", declaration="chain", tactics=["exact h"])
        assert closes.verdict is ToolVerdict.OK
        asked = await asking("score_tactics", file="Chain.lean", declaration="chain", tactics=["skip"])
        assert asked.verdict is not ToolVerdict.OK and "no such folder: /no/such/model" in asked.text
    finally:
        await gone.close()


def test_it_is_offered_where_a_model_is_chosen(tools: Caller) -> None:
    named = [tool.name for tool in toolbox(tools.workspace)]
    assert named[named.index("try_tactics") + 1] == "score_tactics"
    plain = Workspace(tools.workspace.root, "embedded")
    assert "score_tactics" not in [tool.name for tool in toolbox(plain)]
    with pytest.raises(QedError, match="no LeanProgress model is chosen"):
        plain.scorer()
