"""The search at one hole from beginning to end: portfolio, refutation, proof search, shortening."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.environment.protocol import LeanError, ProofEnvironment
from tools.search.closing import Closer
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.estimator import StepsEstimator
from tools.search.generator import SearchContext, TacticGenerator
from tools.search.limits import Budget, SearchLimits
from tools.search.policy import BestFirst, SearchPolicy
from tools.search.refute import Refutation, refute
from tools.search.result import SearchResult
from tools.search.scorer import HeuristicScorer, StateScorer
from tools.search.shorten import shorten
from tools.search.structural import StructuralGenerator
from tools.search.tracked import TrackedEnvironment
from tools.search.tree import Node, Step
from tools.search.watched import OnProgress, Phase, SearchWatch

_SHORTENING_SECONDS = 15.0


@dataclass(frozen=True)
class SearchSettings:
    """How a search works: the order of its queue, who proposes tactics, who scores, how many work at once.

    For `generators`, `consulted`, `estimator` and `workers` see `ProofSearch`.
    """

    policy: SearchPolicy = field(default_factory=BestFirst)
    generators: Sequence[TacticGenerator] = field(default_factory=lambda: (StructuralGenerator(),))
    consulted: Sequence[TacticGenerator] = ()
    estimator: StepsEstimator | None = None
    scorer: StateScorer = field(default_factory=HeuristicScorer)
    workers: int = 1


async def asks_for_data(environment: ProofEnvironment) -> bool:
    """Whether a hole asks for a number, a function, a type: any value would do, and only its author knows which."""
    # `show (_ : Prop)` succeeds for propositions only.
    return isinstance(await environment.run_tac(environment.initial_state, "show (_ : Prop)"), LeanError)


class HoleSearch:
    """Looks for a proof of a hole's goal, and early on for a reason that there is none.

    `on_progress` is called at most some twenty times a second, and once more when a phase begins and at the end.
    `search` is the tree: it can be looked at, saved, and gone on with, also when `run` was cancelled.
    """

    def __init__(
        self,
        environment: ProofEnvironment,
        context: SearchContext,
        limits: SearchLimits,
        on_progress: OnProgress | None,
        settings: SearchSettings | None = None,
    ) -> None:
        settings = settings or SearchSettings()
        budget = Budget(limits)
        watch = SearchWatch(on_progress, budget)
        self._environment = environment
        self._tracked = TrackedEnvironment(environment, budget, watch.tactic)
        self.search = ProofSearch(
            self._tracked,
            context,
            settings.generators,
            settings.scorer,
            budget,
            consulted=settings.consulted,
            estimator=settings.estimator,
            policy=settings.policy,
            workers=settings.workers,
            watch=watch,
        )

    async def run(self) -> SearchResult:
        """Tries what is quick, then searches.

        With a plain policy, and where another search is gone on with, it searches at once.
        """
        steps: tuple[Step, ...] | None = None
        refutation: Refutation | None = None
        end = SearchEnd.EXHAUSTED
        if not self.search.has_begun and self.search.policy.guided:
            steps = await self._closed_quickly()
            if steps is None:
                self.search.watch.phase(Phase.REFUTING)
                refutation = await refute(self._tracked, self.search.context.constructors)
        if steps is not None:
            end = SearchEnd.FOUND
        elif refutation is None:
            self.search.watch.phase(Phase.SEARCHING)
            steps = await self.search.run()
            end = self.search.end
        budget, attempts = self.search.budget, tuple(self._tracked.attempts)
        seconds = budget.elapsed
        proofs = await self._texts(steps) if steps is not None else ()
        self.search.watch.report()
        return SearchResult(end, proofs, refutation, budget.tactics, budget.nodes, seconds, attempts)

    async def _closed_quickly(self) -> tuple[Step, ...] | None:
        root = Node(self._tracked.initial_state)
        self.search.watch.opened(root, self.search.scorer.state(root))
        self.search.watch.phase(Phase.CLOSING)
        closed = await Closer(self._tracked, self.search.context, self.search.budget).quickly(root)
        if closed is None or closed.state.num_goals:
            return None
        self.search.watch.proved(closed)
        return closed.steps

    async def _texts(self, steps: tuple[Step, ...]) -> tuple[str, ...]:
        # Shortening has a clock of its own: a proof found late is worth the same.
        self.search.watch.phase(Phase.SHORTENING)
        extra = Budget(SearchLimits(seconds=_SHORTENING_SECONDS))
        return await shorten(TrackedEnvironment(self._environment, extra, self.search.watch.tactic), steps)


async def prove_goal(
    environment: ProofEnvironment,
    context: SearchContext,
    limits: SearchLimits,
    on_progress: OnProgress | None,
    settings: SearchSettings | None = None,
) -> SearchResult:
    """One `HoleSearch`, run to its end."""
    return await HoleSearch(environment, context, limits, on_progress, settings).run()
