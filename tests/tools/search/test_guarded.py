"""Generators that misbehave."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.tools.search.spelling import Letters, Spelling
from tools.environment.protocol import TacticState
from tools.errors import QedError
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.generator import Candidate, SearchContext
from tools.search.guarded import GuardedGenerator
from tools.search.limits import Budget, SearchLimits
from tools.search.scorer import HeuristicScorer

STATE = TacticState(0, ("⊢ p",))


class _Misbehaving:
    """Does as told for each state in turn."""

    def __init__(self, *behaviour: str) -> None:
        self._behaviour = iter(behaviour)
        self.asked = 0

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        self.asked += 1
        match next(self._behaviour, "good"):
            case "raises":
                raise ValueError("no idea")
            case "hangs":
                await asyncio.sleep(3600)
            case "floods":
                return [Candidate(f"exact h{number // 2}") for number in range(10_000)]
            case "is empty":
                return [Candidate(""), Candidate("  \n")]
            case "cannot go on":
                raise QedError("no key")
            case _:
                pass
        return [Candidate("simp")]


async def _tactics(guarded: GuardedGenerator) -> list[str]:
    return [candidate.tactic for candidate in await guarded.candidates(SearchContext(), STATE)]


@pytest.mark.parametrize(("behaviour", "note"), [("raises", "failed: ValueError: no idea"), ("hangs", "took over")])
async def test_one_failure_is_forgiven(behaviour: str, note: str) -> None:
    guarded = GuardedGenerator(_Misbehaving(behaviour), "the model", seconds=0.05)
    assert await _tactics(guarded) == []
    assert await _tactics(guarded) == ["simp"]
    assert len(guarded.notes) == 1 and guarded.notes[0].startswith(f"the model {note}")


async def test_three_failures_in_a_row_are_not() -> None:
    inner = _Misbehaving("raises", "raises", "good", "raises", "raises", "raises", "good")
    guarded = GuardedGenerator(inner, "the model")
    assert [await _tactics(guarded) for _ in range(8)] == [[], [], ["simp"], [], [], [], [], []]
    assert inner.asked == 6
    assert guarded.notes == ["the model failed: ValueError: no idea", "the model is not asked again"]


async def test_ten_thousand_candidates() -> None:
    guarded = GuardedGenerator(_Misbehaving("floods"), "the model", most=5)
    assert await _tactics(guarded) == [f"exact h{number}" for number in range(5)]
    assert guarded.notes == ["the model proposed 10000 tactics for one state; 5 were taken"]


async def test_nothing_is_no_tactic() -> None:
    assert await _tactics(GuardedGenerator(_Misbehaving("is empty"), "the model")) == []


async def test_an_error_for_the_person_passes() -> None:
    with pytest.raises(QedError, match="no key"):
        await _tactics(GuardedGenerator(_Misbehaving("cannot go on"), "the model"))


async def test_a_cancelled_search_is_cancelled() -> None:
    guarded = GuardedGenerator(_Misbehaving("hangs"), "the model")
    asking = asyncio.ensure_future(_tactics(guarded))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert guarded.notes == []


async def test_the_search_goes_on_without_it() -> None:
    generators = [GuardedGenerator(_Misbehaving(*["raises"] * 99), "the model"), Letters()]
    budget = Budget(SearchLimits(depth=3))
    search = ProofSearch(Spelling(), SearchContext(), generators, HeuristicScorer(), budget, workers=2)
    assert await search.run() is not None
    assert search.end is SearchEnd.FOUND
