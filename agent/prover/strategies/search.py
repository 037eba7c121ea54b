"""Search: what is quick, a look for a counterexample, then the proof search; alone, or with a model that proposes."""

from dataclasses import dataclass

from agent.prover.asked_model import AskedModel
from agent.prover.case import Case
from agent.prover.events import Closed, Searching
from agent.prover.outcome import Disproved, Found, Open, Outcome
from agent.prover.report import OpenReason
from agent.prover.strategy import Workshop
from agent.prover.tree_layout import telling
from tools.search.engine import SearchEnd
from tools.search.limits import SearchLimits
from tools.search.prove import HoleSearch
from tools.search.result import SearchResult
from tools.search.watched import NodeStatus, Phase, SearchProgress

_REASONS = {
    SearchEnd.BUDGET: OpenReason.BUDGET,
    SearchEnd.EXHAUSTED: OpenReason.EXHAUSTED,
    SearchEnd.FOUND: OpenReason.REJECTED,
}
_SAMPLES = 8
_MAX_TREE = 400
_TOLD_FAILURES = 12


@dataclass(frozen=True)
class SearchStrategy:
    """The proof search, for at most `seconds` (None: as long as there is time).

    With `asks_model` the model proposes tactics beside all others.
    """

    seconds: float | None = None
    asks_model: bool = False
    samples: int = _SAMPLES

    @property
    def name(self) -> str:
        """What people call it."""
        return "search with the model" if self.asks_model else "search"

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Searches within the purse; what failed at the start goes to the lessons."""
        left = workshop.purse.seconds_left
        limits = SearchLimits(seconds=left if self.seconds is None else min(self.seconds, left))
        model = self._model(workshop)
        async with workshop.at(case) as environment:
            settings = workshop.searches.settings(case.document, case.hole, environment, model)
            watching = _Watching(case, workshop)
            search = HoleSearch(environment, case.context, limits, watching.progress, settings)
            if model is not None:
                await model.check()
            try:
                result = await search.run()
            finally:
                _account(search, workshop)
        if result.refutation is not None:
            return Disproved(result.refutation)
        if result.proofs:
            return Found(result.proofs)
        _learn(result, workshop)
        return Open(_REASONS[result.end], _detail(result, model))

    def _model(self, workshop: Workshop) -> AskedModel | None:
        if not self.asks_model:
            return None
        assert workshop.model is not None and workshop.prompts is not None  # only then is it on the ladder
        policy = workshop.searches.recipe.policy
        return AskedModel(workshop.model, workshop.prompts, policy, "tactic_suggestion", self.samples)


@dataclass
class _Watching:
    """Makes events of a search's reports, with the best of the states that wait."""

    case: Case
    workshop: Workshop
    best: float = float("inf")
    goal: str = ""
    has_closed: bool = False

    def progress(self, progress: SearchProgress) -> None:
        if progress.phase is Phase.SHORTENING and not (self.has_closed or self.case.depth):
            self.has_closed = True
            self.workshop.show(Closed(self.case.number))
        for change in progress.changes:
            if change.status is NodeStatus.OPEN and change.score < self.best:
                self.best, self.goal = change.score, " ".join(change.goal.rpartition("⊢")[2].split())
        event = Searching(
            self.case.number,
            progress.tactics,
            progress.nodes,
            progress.tactic,
            progress.seconds,
            progress.limit,
            self.goal,
        )
        self.workshop.show(event)


def _account(search: HoleSearch, workshop: Workshop) -> None:
    """Adds what was done to the account; the tree is that of the last search at the hole itself."""
    budget, effort = search.search.budget, workshop.effort
    effort.tactics += budget.tactics
    effort.nodes += budget.nodes
    records = [kept.record for kept in search.search.watch.kept()]
    effort.tree = [record.plain() for record in telling(records, _MAX_TREE)]


def _learn(result: SearchResult, workshop: Workshop) -> None:
    refused = (attempt.tactic for attempt in result.attempts if attempt.verdict == "error")
    failed = [tactic for tactic in refused if "\n" not in tactic]
    for tactic in list(dict.fromkeys(failed))[:_TOLD_FAILURES]:
        workshop.lessons.learn("tactic", tactic)


def _detail(result: SearchResult, model: AskedModel | None) -> str:
    how = "out of time" if result.end is SearchEnd.BUDGET else "nothing left to try"
    notes = "".join(f"; {note}" for note in model.notes()) if model else ""
    return f"not proved: {how} after {result.tactics} tactics in {result.nodes} states{notes}"
