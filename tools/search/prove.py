"""The first prover: portfolio, refutation, best-first search; no model."""

from dataclasses import dataclass

from tools.environment.protocol import ProofEnvironment
from tools.search.engine import BestFirstSearch, SearchEnd
from tools.search.generator import SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.portfolio import close, closing_groups
from tools.search.refute import Refutation, refute
from tools.search.scorer import HeuristicScorer
from tools.search.shorten import shorten
from tools.search.structural import StructuralGenerator
from tools.search.tracked import OnProgress, TrackedEnvironment
from tools.search.tree import Step

_SHORTENING_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search came to. `proofs` are texts of the same proof, the nicest first; empty when none was found."""

    end: SearchEnd
    proofs: tuple[str, ...] = ()
    refutation: Refutation | None = None
    tactics: int = 0
    nodes: int = 0
    seconds: float = 0.0


async def prove_goal(
    environment: ProofEnvironment, context: SearchContext, limits: SearchLimits, on_progress: OnProgress
) -> SearchResult:
    """Looks for a proof of the hole's goal, and early on for a reason that there is none."""
    budget = Budget(limits)
    tracked = TrackedEnvironment(environment, budget, on_progress)
    state = tracked.initial_state
    core = closing_groups(context, state.main_goal, state.goals[0])[0]
    refutation: Refutation | None = None
    if (tactic := await close(tracked, state, core, limits.seconds)) is not None:
        steps: tuple[Step, ...] | None = (Step(tactic, state.num_goals, 0),)
        end = SearchEnd.FOUND
    elif (refutation := await refute(tracked)) is not None:
        steps, end = None, SearchEnd.EXHAUSTED
    else:
        search = BestFirstSearch(tracked, context, StructuralGenerator(tracked), HeuristicScorer(), budget)
        steps = await search.run()
        end = search.end
    proofs: tuple[str, ...] = ()
    if steps is not None:
        # Shortening has a clock of its own: a proof found late is worth the same.
        extra = Budget(SearchLimits(seconds=_SHORTENING_SECONDS))
        proofs = await shorten(TrackedEnvironment(environment, extra, lambda _: None), steps)
    return SearchResult(end, proofs, refutation, budget.tactics, budget.nodes, budget.elapsed)
