"""The engine on environments of our own: order, several workers, cancelling. Lean is asked in test_prove.py."""

import asyncio

import pytest

from tests.tools.search.spelling import WORD, Letters, Spelling
from tools.environment.protocol import TacticOutcome, TacticState
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.generator import Candidate, SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.policy import BestFirst, BreadthFirst, SearchPolicy
from tools.search.scorer import HeuristicScorer
from tools.search.watched import SearchWatch


def _search(environment: Spelling, policy: SearchPolicy, workers: int = 1, depth: int = 3) -> ProofSearch:
    budget = Budget(SearchLimits(depth=depth))
    return ProofSearch(
        environment, SearchContext(), [Letters()], HeuristicScorer(), budget, policy=policy, workers=workers
    )


async def _spelled(search: ProofSearch) -> str:
    return "".join(step.tactic for step in await search.run() or ())


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("policy", [BestFirst(), BreadthFirst()])
async def test_the_word_is_found(policy: SearchPolicy, workers: int) -> None:
    search = _search(Spelling(), policy, workers)
    assert await _spelled(search) == WORD
    assert search.end is SearchEnd.FOUND


async def test_breadth_first_goes_level_by_level() -> None:
    environment = Spelling()
    await _spelled(_search(environment, BreadthFirst()))
    lengths = [len(word) for word in environment.asked]
    assert lengths == sorted(lengths)
    assert environment.asked[:6] == ["a", "b", "c", "d", "aa", "ab"]


async def test_as_many_candidates_as_samples() -> None:
    environment = Spelling()
    search = _search(environment, BreadthFirst(samples=2))
    assert await search.run() is None
    assert search.end is SearchEnd.EXHAUSTED
    assert set("".join(environment.asked)) == {"a", "b"}
    assert len(environment.asked) == 2 + 4 + 8


async def test_workers_work_at_once() -> None:
    alone, together = Spelling(slow=0.001), Spelling(slow=0.001)
    await _spelled(_search(alone, BreadthFirst()))
    await _spelled(_search(together, BreadthFirst(), workers=4))
    assert (alone.most_at_once, together.most_at_once) == (1, 4)


async def test_nothing_is_tried_twice_and_the_end_is_noticed() -> None:
    environment = Spelling(slow=0.001)
    search = _search(environment, BreadthFirst(), workers=3, depth=2)
    assert await search.run() is None
    assert search.end is SearchEnd.EXHAUSTED
    assert sorted(environment.asked) == sorted({*"abcd", *(x + y for x in "abcd" for y in "abcd")})


async def test_what_is_cancelled_goes_on_where_it_was() -> None:
    environment = Spelling(slow=0.001)
    search = _search(environment, BestFirst(), workers=2)
    breaks = 0
    while search.end is not SearchEnd.FOUND:
        run = asyncio.ensure_future(search.run())
        enough = len(environment.asked) + 3
        while not run.done() and len(environment.asked) < enough:
            await asyncio.sleep(0)
        breaks += not run.done()
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
    # What was under way when it was broken off is tried again, and nothing else.
    again = len(environment.asked) - len(set(environment.asked))
    assert breaks > 5 and again <= 2 * breaks


class _Broken:
    """A generator that fails."""

    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        raise ValueError("broken")


async def test_what_a_generator_raises_ends_the_search() -> None:
    environment = Spelling()
    budget = Budget(SearchLimits())
    search = ProofSearch(environment, SearchContext(), [_Broken()], HeuristicScorer(), budget, workers=3)
    with pytest.raises(ValueError, match="broken"):
        await search.run()


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "\n",
        "⊢",
        "case",
        "[Error pretty printing expression: maximum recursion depth has been reached]",
        "h :\n⊢ \ud800",
    ],
)
@pytest.mark.parametrize("policy", [BestFirst(), BreadthFirst()])
async def test_a_state_that_lean_cannot_print_is_searched_like_any_other(policy: SearchPolicy, shown: str) -> None:
    class Unprinted(Spelling):
        async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
            outcome = await super().run_tac(state, tactic, timeout=timeout)
            hidden = isinstance(outcome, TacticState) and outcome.goals == ("⊢ S d",)
            return TacticState(outcome.id, (shown,)) if hidden and isinstance(outcome, TacticState) else outcome

    environment = Unprinted()
    search = _search(environment, policy)
    search.watch = SearchWatch(lambda progress: None, search.budget)
    assert await _spelled(search) == WORD
    assert shown in [record.goal for record in search.watch.records]
