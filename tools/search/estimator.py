"""How many steps a proof has left after a tactic: asked of LeanProgress, many tactics at a time."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from tools.progress.scorer import Query
from tools.progress.trajectory import STEP_SEPARATOR, state_text
from tools.search.tree import Edge


class StepsEstimator(Protocol):
    """Estimates the steps that remain. It may take its time, but never the event loop's."""

    async def steps_remaining(self, edges: Sequence[Edge]) -> Sequence[float | None]:
        """For each tactic the steps that a proof has left after it; None where that cannot be told."""
        ...


class QueryScorer(Protocol):
    """What `AsyncProgressScorer` is to this module."""

    async def predict_many(self, queries: Iterable[Query], /) -> list[float]:
        """The steps that remain for each query."""
        ...


class ProgressEstimator:
    """Asks a LeanProgress model; implements `StepsEstimator`. An idea without a tactic of its own has no estimate.

    `before` are the steps of the proof that stand before the hole.
    """

    def __init__(self, scorer: QueryScorer, before: Sequence[str] = ()) -> None:
        self._scorer = scorer
        self._before = tuple(before)

    async def steps_remaining(self, edges: Sequence[Edge]) -> list[float | None]:
        """The model's prediction for each tactic, at least 0."""
        asked = [edge for edge in edges if edge.candidate.tactic]
        known = iter(await self._scorer.predict_many([self._query(edge) for edge in asked]))
        return [next(known) if edge.candidate.tactic else None for edge in edges]

    def _query(self, edge: Edge) -> Query:
        prefix = STEP_SEPARATOR.join((*self._before, *(step.tactic for step in edge.node.steps)))
        return Query(state_text(edge.node.state.goals), edge.candidate.tactic, prefix)
