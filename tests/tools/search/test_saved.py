"""Searches on disk: written, read, gone on with. What is damaged is said."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.tools.search.spelling import WORD, Letters, Spelling
from tools.environment.protocol import TacticState
from tools.errors import QedError
from tools.progress.search_trees import read_trees
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.generator import SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.payoff import Payoff
from tools.search.policy import BestFirst, BreadthFirst, SearchPolicy
from tools.search.saved import SavedSearch, saved, take_up, training_lines
from tools.search.scorer import HeuristicScorer
from tools.search.watched import NodeStatus, SearchWatch


def _search(environment: Spelling, policy: SearchPolicy, tactics: int = 4000) -> ProofSearch:
    budget = Budget(SearchLimits(depth=3, tactics=tactics, nodes=tactics))
    watch = SearchWatch(lambda progress: None, budget)
    return ProofSearch(
        environment,
        SearchContext(),
        [Letters()],
        HeuristicScorer(),
        budget,
        policy=policy,
        payoff=Payoff(learning=0.0),  # the clock must not change the order
        watch=watch,
    )


async def _broken_off(environment: Spelling, policy: SearchPolicy, asked: int) -> ProofSearch:
    search = _search(environment, policy)
    run = asyncio.ensure_future(search.run())
    while len(environment.asked) < asked:
        await asyncio.sleep(0)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    return search


@pytest.mark.parametrize("policy", [BestFirst(), BreadthFirst()])
async def test_a_saved_search_goes_on_elsewhere(tmp_path: Path, policy: SearchPolicy) -> None:
    whole = Spelling()
    assert await _search(whole, policy).run() is not None
    first, second = Spelling(), Spelling()
    saved(await _broken_off(first, policy, 10), file="A.lean", declaration="t", hole=1).write(tmp_path / "s.json")
    kept = SavedSearch.read(tmp_path / "s.json")
    assert (kept.file, kept.declaration, kept.policy) == ("A.lean", "t", policy.name)
    search = _search(second, policy)
    await take_up(search, kept, second)
    steps = await search.run()
    assert "".join(step.tactic for step in steps or ()) == WORD
    assert search.end is SearchEnd.FOUND
    # At most the one that was under way is tried again.
    assert whole.asked in (first.asked + second.asked, first.asked[:-1] + second.asked)


async def test_the_tree_is_whole_after_going_on() -> None:
    whole, first, second = Spelling(), Spelling(), Spelling()
    straight = _search(whole, BestFirst())
    await straight.run()
    kept = saved(await _broken_off(first, BestFirst(), 10), file="A.lean", declaration="t", hole=1)
    search = _search(second, BestFirst())
    await take_up(search, kept, second)
    await search.run()
    both = saved(search, file="A.lean", declaration="t", hole=1, before=kept)
    ours = sorted((r.way, r.record.status) for r in both.tree)
    theirs = sorted((r.way, r.record.status) for r in straight.watch.kept())
    assert [way for way, _ in ours] == [way for way, _ in theirs]
    assert [w for w, status in ours if status is NodeStatus.PROVED] == [(), ("d",), ("d", "c"), ("d", "c", "b")]


async def test_the_tree_is_training_data(tmp_path: Path) -> None:
    search = _search(Spelling(), BestFirst())
    await search.run()
    kept = saved(search, file="A.lean", declaration="t", hole=1)
    file = tmp_path / "tree.jsonl"
    file.write_text("\n".join(training_lines(kept.tree, "A.t")) + "\n", encoding="utf-8")
    (trajectory,) = read_trees(file)
    assert trajectory.theorem == "A.t"
    assert {(row.tactic, row.steps_remaining) for row in trajectory.rows} >= {("d", 2), ("c", 1), ("b", 0)}


async def test_another_goal_is_refused() -> None:
    kept = saved(await _broken_off(Spelling(), BestFirst(), 5), file="A.lean", declaration="t", hole=1)
    other = Spelling(initial_state=TacticState(0, ("⊢ T",)))
    with pytest.raises(QedError, match=r"t in A\.lean is not what the saved search was about"):
        await take_up(_search(other, BestFirst()), kept, other)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no search that qed saved"),
        ("[]", "is no search that qed saved"),
        ('{"qed_search": 2}', "qed_search"),
        ("\xff", "is no search that qed saved"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "s.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(QedError, match=said):
        SavedSearch.read(file)
    with pytest.raises(QedError, match="cannot read"):
        SavedSearch.read(tmp_path / "none.json")


async def test_a_field_too_many_or_too_few(tmp_path: Path) -> None:
    kept = saved(await _broken_off(Spelling(), BestFirst(), 5), file="A.lean", declaration="t", hole=1)
    file = tmp_path / "s.json"
    row = json.loads(kept.model_dump_json())
    del row["waiting"][0]["order"]
    file.write_text(json.dumps(row))
    with pytest.raises(QedError, match=r"waiting\.0\.order"):
        SavedSearch.read(file)
