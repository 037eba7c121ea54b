"""How all searches of a run are made up: the order, who proposes, who scores, with which weights."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from tools.environment.protocol import ProofEnvironment
from tools.lean.commands import Header
from tools.lean.document import Document, Hole
from tools.lean.toolchain import Toolchain
from tools.premises.library import PremiseLibrary, imports_of
from tools.progress.choice import ScoringModel
from tools.progress.script import steps_before_hole
from tools.search.estimator import ProgressEstimator, QueryScorer
from tools.search.generator import TacticGenerator
from tools.search.policy import BestFirst, SearchPolicy
from tools.search.portfolio_generator import PortfolioGenerator
from tools.search.premise_generator import LibraryPremiseGenerator
from tools.search.prove import SearchSettings
from tools.search.scorer import HeuristicScorer, LogProbabilityScorer, ProgressScorer, StateScorer, WeightedScorer
from tools.search.structural import StructuralGenerator
from tools.search.suggestion_generator import SuggestionGenerator


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each scorer counts (see `WeightedScorer`); a scorer that has nothing to go by counts nothing."""

    heuristic: float = 1.0
    progress: float = 0.5
    log_probability: float = 0.5

    def scorer(self, *, estimated: bool, sampled: bool) -> StateScorer:
        """The weighted scorer, where steps are `estimated` and tactics `sampled` from a model."""
        parts: list[tuple[float, StateScorer]] = [(self.heuristic, HeuristicScorer())]
        if estimated:
            parts.append((self.progress, ProgressScorer()))
        if sampled:
            parts.append((self.log_probability, LogProbabilityScorer()))
        return WeightedScorer(tuple(parts))


@dataclass(frozen=True, slots=True)
class SearchRecipe:
    """What is the same for all searches of a run.

    `premises` and `suggestions` say whether the library's premises and what Lean suggests are among the tactics;
    `scoring` is the LeanProgress model, if any.
    """

    policy: SearchPolicy = field(default_factory=BestFirst)
    workers: int = 1
    weights: Weights = field(default_factory=Weights)
    premises: bool = True
    suggestions: bool = False
    scoring: ScoringModel | None = None

    @contextlib.asynccontextmanager
    async def searches(self, toolchain: Toolchain, scorer: QueryScorer | None = None) -> AsyncGenerator["Searches"]:
        """What makes the settings of each search; what it holds (an index, a scoring model) is closed at the end.

        A `scorer` of the scoring model that there is already is used, and left open.
        """
        async with contextlib.AsyncExitStack() as held:
            library = None
            if self.premises:
                library = PremiseLibrary(toolchain)
                held.callback(library.close)
            if scorer is None and self.scoring is not None:
                scorer = await held.enter_async_context(self.scoring.scorer())
            yield Searches(self, library, scorer)


@dataclass(frozen=True, slots=True)
class Searches:
    """Makes settings of searches after a recipe, with an index of premises and a scorer if there are any."""

    recipe: SearchRecipe
    library: PremiseLibrary | None = None
    scorer: QueryScorer | None = None

    def settings(
        self, document: Document, hole: Hole, environment: ProofEnvironment, model: TacticGenerator | None = None
    ) -> SearchSettings:
        """The settings of one search at a hole of a document. `model` proposes as well.

        With a plain policy the model alone proposes; without a model the portfolio, tactic by tactic.
        """
        recipe = self.recipe
        sampled = [model] if model else []
        estimator = ProgressEstimator(self.scorer, steps_before_hole(document, hole)) if self.scorer else None
        guided = recipe.policy.guided
        own: Sequence[TacticGenerator] = (StructuralGenerator(),)
        if not guided:
            own = () if sampled else (PortfolioGenerator(), *own)
        looking = self._looking_things_up(document.header, environment) if own else ()
        return SearchSettings(
            policy=recipe.policy,
            generators=own,
            consulted=(*sampled, *looking),
            estimator=estimator,
            scorer=recipe.weights.scorer(estimated=estimator is not None, sampled=bool(sampled)),
            workers=recipe.workers,
        )

    def _looking_things_up(self, header: Header, environment: ProofEnvironment) -> Sequence[TacticGenerator]:
        found: list[TacticGenerator] = []
        if self.library is not None:
            found.append(LibraryPremiseGenerator(self.library, imports_of(header)))
        if self.recipe.suggestions:
            found.append(SuggestionGenerator(environment))
        return found
