"""The first prover: portfolio, refutation, best-first search; no model."""

from tools.environment.protocol import LeanError, ProofEnvironment
from tools.search.closing import Closer
from tools.search.engine import BestFirstSearch, SearchEnd
from tools.search.generator import SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.refute import Refutation, refute
from tools.search.result import SearchResult
from tools.search.scorer import HeuristicScorer
from tools.search.shorten import shorten
from tools.search.structural import StructuralGenerator
from tools.search.tracked import OnProgress, TrackedEnvironment
from tools.search.tree import Node, Step

_SHORTENING_SECONDS = 15.0


async def asks_for_data(environment: ProofEnvironment) -> bool:
    """Whether a hole asks for a number, a function, a type: any value would do, and only its author knows which."""
    # `show (_ : Prop)` succeeds for propositions only.
    return isinstance(await environment.run_tac(environment.initial_state, "show (_ : Prop)"), LeanError)


async def prove_goal(
    environment: ProofEnvironment, context: SearchContext, limits: SearchLimits, on_progress: OnProgress
) -> SearchResult:
    """Looks for a proof of the hole's goal, and early on for a reason that there is none."""
    budget = Budget(limits)
    tracked = TrackedEnvironment(environment, budget, on_progress)
    refutation: Refutation | None = None
    steps: tuple[Step, ...] | None = None
    end = SearchEnd.EXHAUSTED
    closed = await Closer(tracked, context, budget).quickly(Node(tracked.initial_state))
    if closed is not None and not closed.state.num_goals:
        steps, end = closed.steps, SearchEnd.FOUND
    elif (refutation := await refute(tracked)) is None:
        search = BestFirstSearch(tracked, context, [StructuralGenerator()], HeuristicScorer(), budget)
        steps = await search.run()
        end = search.end
    proofs: tuple[str, ...] = ()
    if steps is not None:
        # Shortening has a clock of its own: a proof found late is worth the same.
        extra = Budget(SearchLimits(seconds=_SHORTENING_SECONDS))
        proofs = await shorten(TrackedEnvironment(environment, extra, lambda _: None), steps)
    return SearchResult(end, proofs, refutation, budget.tactics, budget.nodes, budget.elapsed, tuple(tracked.attempts))
