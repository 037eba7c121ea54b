"""Slow generators: asked beside the trials, in order, a few at a time; pausing; estimates of what remains."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pytest

from tests.tools.search.spelling import WORD, Letters, Spelling
from tools.environment.protocol import TacticState
from tools.progress.scorer import Query
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.estimator import ProgressEstimator
from tools.search.generator import Candidate, SearchContext, TacticGenerator
from tools.search.limits import Budget, SearchLimits
from tools.search.payoff import Payoff
from tools.search.policy import BestFirst, BreadthFirst, SearchPolicy
from tools.search.saved import SavedSearch, saved, take_up
from tools.search.scorer import HeuristicScorer, ProgressScorer, StateScorer
from tools.search.watched import NodeStatus, SearchWatch


@dataclass
class _Oracle:
    """Proposes letters when it is let to; remembers for which words it was asked, and for how many at once."""

    letters: str = "abcd"
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list[str])
    at_once: int = 0
    most_at_once: int = 0

    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        self.asked.append(state.pp)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
        finally:
            self.at_once -= 1
        return [Candidate(letter, origin="oracle") for letter in self.letters]


class _Nothing:
    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        return []


def _search(
    environment: Spelling,
    oracle: _Oracle,
    *,
    quick: TacticGenerator | None = None,
    policy: SearchPolicy | None = None,
    seconds: float = 600.0,
) -> ProofSearch:
    budget = Budget(SearchLimits(seconds=seconds, depth=3, tactics=10_000, nodes=10_000))
    return ProofSearch(
        environment,
        SearchContext(),
        [quick or _Nothing()],
        HeuristicScorer(),
        budget,
        consulted=[oracle],
        policy=policy or BestFirst(),
        payoff=Payoff(learning=0.0),
        watch=SearchWatch(lambda progress: None, budget),
    )


@pytest.mark.parametrize("policy", [BestFirst(), BreadthFirst()])
async def test_a_search_waits_for_those_it_has_asked(policy: SearchPolicy) -> None:
    oracle = _Oracle()
    search = _search(Spelling(), oracle, policy=policy)
    running = asyncio.ensure_future(search.run())
    while not oracle.asked:
        await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert not running.done()
    oracle.gate.set()
    steps = await running
    assert "".join(step.tactic for step in steps or ()) == WORD


async def test_trials_go_on_while_somebody_is_asked() -> None:
    environment, oracle = Spelling(), _Oracle()
    search = _search(environment, oracle, quick=Letters())
    # The oracle never answers: what the quick generator proposes is enough.
    steps = await search.run()
    assert "".join(step.tactic for step in steps or ()) == WORD
    assert len(oracle.asked) == oracle.most_at_once == 4


async def test_nothing_more_to_come_is_the_end() -> None:
    oracle = _Oracle(letters="a")
    oracle.gate.set()
    search = _search(Spelling(), oracle)
    assert await search.run() is None
    assert search.end is SearchEnd.EXHAUSTED
    assert len(oracle.asked) == 3
    assert all(record.status is NodeStatus.DEAD for record in search.watch.records)


async def test_the_clock_does_not_wait() -> None:
    search = _search(Spelling(), _Oracle(), seconds=0.05)
    assert await search.run() is None
    assert search.end is SearchEnd.BUDGET


async def test_what_was_asked_when_it_was_broken_off_is_asked_again() -> None:
    environment, oracle = Spelling(), _Oracle()
    search = _search(environment, oracle)
    running = asyncio.ensure_future(search.run())
    while not oracle.asked:
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert oracle.at_once == 0
    oracle.gate.set()
    steps = await search.run()
    assert "".join(step.tactic for step in steps or ()) == WORD
    assert oracle.asked[0] == oracle.asked[1]


async def test_on_disk_it_is_asked_elsewhere() -> None:
    first, second = _Oracle(), _Oracle()
    second.gate.set()
    search = _search(Spelling(), first)
    running = asyncio.ensure_future(search.run())
    while not first.asked:
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    kept = saved(search, file="A.lean", declaration="t", hole=1)
    kept = SavedSearch.model_validate_json(kept.model_dump_json())
    environment = Spelling()
    other = _search(environment, second)
    await take_up(other, kept, environment)
    steps = await other.run()
    assert "".join(step.tactic for step in steps or ()) == WORD
    assert second.asked[0] == first.asked[0]


async def test_what_nobody_is_there_to_ask_for_is_passed_over() -> None:
    search = _search(Spelling(), _Oracle(), quick=Letters())
    running = asyncio.ensure_future(search.run())
    while not search.reached():
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    kept = saved(search, file="A.lean", declaration="t", hole=1)
    assert any(each.candidate and each.candidate.origin == "consultation" for each in kept.waiting)
    environment = Spelling()
    alone = ProofSearch(environment, SearchContext(), [Letters()], HeuristicScorer(), Budget(SearchLimits(depth=3)))
    await take_up(alone, kept, environment)
    steps = await alone.run()
    assert "".join(step.tactic for step in steps or ()) == WORD


async def test_what_an_asked_generator_raises_ends_the_search() -> None:
    class Broken:
        async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
            raise ValueError("broken")

    search = _search(Spelling(), _Oracle())
    search = ProofSearch(
        Spelling(), SearchContext(), [_Nothing()], HeuristicScorer(), search.budget, consulted=[Broken()]
    )
    with pytest.raises(ValueError, match="broken"):
        await search.run()


async def test_nothing_is_begun_while_a_search_is_paused() -> None:
    environment = Spelling(slow=0.001)
    oracle = _Oracle(letters="")
    oracle.gate.set()
    search = _search(environment, oracle, quick=Letters())
    running = asyncio.ensure_future(search.run())
    while len(environment.asked) < 5:
        await asyncio.sleep(0)
    search.pause()
    elapsed = search.budget.elapsed
    await asyncio.sleep(0.02)  # what was under way ends
    tried, asked = len(environment.asked), len(oracle.asked)
    await asyncio.sleep(0.05)
    assert (len(environment.asked), len(oracle.asked)) == (tried, asked)
    assert tried <= 6 and not running.done()
    assert search.budget.elapsed == elapsed
    search.resume()
    steps = await running
    assert "".join(step.tactic for step in steps or ()) == WORD


@dataclass
class _Prophet:
    """Knows how many letters are missing; repeats what it was asked."""

    asked: list[Query] = field(default_factory=list[Query])

    async def predict_many(self, queries: Iterable[Query], /) -> list[float]:
        known = list(queries)
        self.asked += known
        return [self.missing(query.prefix.replace("\n", "") + query.tactic) for query in known]

    def missing(self, word: str) -> float:
        return float(len(WORD) - len(word)) if WORD.startswith(word) else 9.0


def _estimated(environment: Spelling, prophet: _Prophet, scorer: StateScorer) -> ProofSearch:
    budget = Budget(SearchLimits(depth=3))
    return ProofSearch(
        environment,
        SearchContext(),
        [Letters()],
        scorer,
        budget,
        estimator=ProgressEstimator(prophet),
        policy=BestFirst(),
        payoff=Payoff(learning=0.0),
        watch=SearchWatch(lambda progress: None, budget),
    )


async def test_what_is_near_its_end_is_tried_first() -> None:
    blind, seeing, prophet = Spelling(), Spelling(), _Prophet()
    await _estimated(blind, _Prophet(), HeuristicScorer()).run()
    search = _estimated(seeing, prophet, ProgressScorer())
    steps = await search.run()
    assert "".join(step.tactic for step in steps or ()) == WORD
    assert seeing.asked == ["d", "dc", "dcb"]
    assert len(blind.asked) > len(seeing.asked)
    assert prophet.asked[0].goal == "⊢ S" and prophet.asked[-1].prefix == "d\nc"


async def test_the_estimates_stand_in_the_tree() -> None:
    search = _estimated(Spelling(), _Prophet(), ProgressScorer())
    await search.run()
    records = {record.tactic: record for record in search.watch.records}
    assert records[""].steps_remaining == 3.0  # one more than after the best tactic
    assert (records["d"].steps_remaining, records["c"].steps_remaining) == (2.0, 1.0)
    assert records["d"].plain()["steps_remaining"] == 2.0
    assert records["b"].steps_remaining is None and "steps_remaining" not in records["b"].plain()
