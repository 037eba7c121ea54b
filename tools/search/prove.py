"""The first prover: portfolio, refutation, best-first search; no model."""

from tools.environment.protocol import LeanError, ProofEnvironment
from tools.search.closing import Closer
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.generator import SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.refute import Refutation, refute
from tools.search.result import SearchResult
from tools.search.scorer import HeuristicScorer
from tools.search.shorten import shorten
from tools.search.structural import StructuralGenerator
from tools.search.tracked import TrackedEnvironment
from tools.search.tree import Node, Step
from tools.search.watched import OnProgress, Phase, SearchWatch

_SHORTENING_SECONDS = 15.0


async def asks_for_data(environment: ProofEnvironment) -> bool:
    """Whether a hole asks for a number, a function, a type: any value would do, and only its author knows which."""
    # `show (_ : Prop)` succeeds for propositions only.
    return isinstance(await environment.run_tac(environment.initial_state, "show (_ : Prop)"), LeanError)


async def prove_goal(
    environment: ProofEnvironment, context: SearchContext, limits: SearchLimits, on_progress: OnProgress
) -> SearchResult:
    """Looks for a proof of the hole's goal, and early on for a reason that there is none.

    `on_progress` is called at most some twenty times a second, and once more when a phase begins and at the end.
    """
    budget = Budget(limits)
    watch = SearchWatch(on_progress, budget)
    tracked, scorer = TrackedEnvironment(environment, budget, watch.tactic), HeuristicScorer()
    refutation: Refutation | None = None
    steps: tuple[Step, ...] | None = None
    end = SearchEnd.EXHAUSTED
    root = Node(tracked.initial_state)
    watch.opened(root, (await scorer.scores([root]))[0])
    watch.phase(Phase.CLOSING)
    closed = await Closer(tracked, context, budget).quickly(root)
    if closed is not None and not closed.state.num_goals:
        steps, end = closed.steps, SearchEnd.FOUND
        watch.proved(closed)
    else:
        watch.phase(Phase.REFUTING)
        refutation = await refute(tracked)
    if steps is None and refutation is None:
        watch.phase(Phase.SEARCHING)
        search = ProofSearch(tracked, context, [StructuralGenerator()], scorer, budget, watch=watch)
        steps = await search.run()
        end = search.end
    proofs: tuple[str, ...] = ()
    if steps is not None:
        # Shortening has a clock of its own: a proof found late is worth the same.
        watch.phase(Phase.SHORTENING)
        extra = Budget(SearchLimits(seconds=_SHORTENING_SECONDS))
        proofs = await shorten(TrackedEnvironment(environment, extra, watch.tactic), steps)
    watch.report()
    return SearchResult(end, proofs, refutation, budget.tactics, budget.nodes, budget.elapsed, tuple(tracked.attempts))
