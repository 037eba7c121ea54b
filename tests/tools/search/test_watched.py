"""What is told of a search. The environment of the first half is a table of our own; the second half asks Lean."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from tests.tools.search.holes import at_hole
from tools.environment.protocol import LeanError, ProofFinished, TacticOutcome, TacticState
from tools.lean.server import LeanServer
from tools.search.engine import ProofSearch, SearchEnd
from tools.search.generator import Candidate, SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.prove import prove_goal
from tools.search.scorer import HeuristicScorer
from tools.search.tree import Node
from tools.search.watched import NodeRecord, NodeStatus, Phase, SearchProgress, SearchWatch


def _state(number: int, *goals: str) -> TacticState:
    return TacticState(number, goals)


ROOT = _state(0, "⊢ p 0")
TABLE: dict[tuple[int, str], TacticOutcome] = {
    (0, "a"): _state(1, "⊢ p 1"),
    (0, "b"): _state(2, "⊢ p 2", "⊢ p 22"),
    (1, "c"): _state(3, "⊢ p 3"),
    (2, "d"): ProofFinished(4),
}


@dataclass
class _Scripted:
    """Answers from the table; nothing else succeeds."""

    initial_state: TacticState = ROOT
    table: dict[tuple[int, str], TacticOutcome] = field(default_factory=lambda: TABLE)

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        return self.table.get((state.id, tactic), LeanError("no"))

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        return ()

    def script(self, state: TacticState) -> tuple[str, ...]:
        return ()

    async def close(self) -> None:
        pass


class _Letters:
    """Proposes the same letters everywhere."""

    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        return [Candidate(tactic, cost) for cost, tactic in enumerate("abcd")]


async def _records(table: dict[tuple[int, str], TacticOutcome]) -> tuple[SearchEnd, dict[int, NodeRecord]]:
    told: list[SearchProgress] = []
    budget = Budget(SearchLimits())
    watch = SearchWatch(told.append, budget)
    environment = _Scripted(table=table)
    search = ProofSearch(environment, SearchContext(), [_Letters()], HeuristicScorer(), budget, watch=watch)
    await search.run()
    watch.report()
    return search.end, {record.id: record for progress in told for record in progress.changes}


async def test_the_way_to_a_proof_is_told() -> None:
    end, records = await _records(TABLE)
    assert end is SearchEnd.FOUND
    proved = [record for record in records.values() if record.status is NodeStatus.PROVED]
    assert [(r.tactic, r.parent, r.goals, r.depth) for r in proved] == [
        ("", None, 1, 0),
        ("b", 0, 2, 1),
        ("d", proved[1].id, 0, 2),
    ]
    assert proved[0].goal == "⊢ p 0" and proved[2].goal == ""


async def test_what_leads_nowhere_dies_up_to_the_root() -> None:
    end, records = await _records({key: outcome for key, outcome in TABLE.items() if key != (2, "d")})
    assert end is SearchEnd.EXHAUSTED
    assert {record.tactic: record.status for record in records.values()} == {
        "": NodeStatus.DEAD,
        "a": NodeStatus.DEAD,
        "b": NodeStatus.DEAD,
        "c": NodeStatus.DEAD,
    }


async def test_a_state_that_waits_keeps_those_above_it_alive() -> None:
    watch = SearchWatch(lambda _: None)
    root = Node(ROOT)
    child = root.child(_state(1, "⊢ p 1"), "a", 1.0)
    told: list[SearchProgress] = []
    watch.on_progress = told.append
    watch.opened(root, 1.0)
    watch.idea(root, 1.0)
    watch.expanded(root, 1.0)
    watch.opened(child, 2.0)
    watch.tried(root)
    watch.report()
    assert [(r.id, r.status) for r in told[0].changes] == [(0, NodeStatus.EXPANDED), (1, NodeStatus.OPEN)]
    watch.expanded(child, 2.0)
    watch.report()
    assert {r.id: r.status for r in told[1].changes} == {0: NodeStatus.DEAD, 1: NodeStatus.DEAD}


def test_steps_between_two_recorded_states_are_one_edge() -> None:
    told: list[SearchProgress] = []
    watch = SearchWatch(told.append)
    root = Node(ROOT)
    middle = root.child(_state(1, "⊢ q"), "intro x", 0.1)
    watch.opened(root, 1.0)
    watch.expanded(middle.child(_state(2, "⊢ r"), "intro y", 0.1), 1.0)
    watch.report()
    assert told[0].changes[1].tactic == "intro x\nintro y" and told[0].changes[1].parent == 0


def test_reports_are_few_and_lose_nothing() -> None:
    told: list[SearchProgress] = []
    watch = SearchWatch(told.append)
    root = Node(ROOT)
    for number in range(500):
        watch.tactic("simp")
        watch.opened(root.child(_state(number, f"⊢ p {number}"), f"t {number}", 1.0), 1.0)
    watch.report()
    assert len(told) < 100
    assert [record.id for progress in told for record in progress.changes] == list(range(500))


def test_a_search_that_nobody_watches_keeps_no_records() -> None:
    watch = SearchWatch()
    root = Node(ROOT)
    watch.opened(root, 1.0)
    watch.idea(root, 1.0)
    watch.tried(root)
    watch.proved(root)
    told: list[SearchProgress] = []
    watch.on_progress = told.append
    watch.report()
    assert told[0].changes == ()


@pytest.mark.lean
async def test_a_real_search_tells_phases_and_its_tree(lean: LeanServer) -> None:
    told: list[SearchProgress] = []
    text = "theorem t (p q : Nat → Prop) (h : ∃ n, p n ∧ q n) : ∃ n, q n := by\n  sorry\n"
    async with at_hole(lean, text) as environment:
        result = await prove_goal(environment, SearchContext(), SearchLimits(60), told.append)
    assert result.proofs
    phases = list(dict.fromkeys(progress.phase for progress in told))
    assert phases[0] is Phase.CLOSING and phases[-1] is Phase.SHORTENING
    records = {record.id: record for progress in told for record in progress.changes}
    assert records[0].goal.endswith("⊢ ∃ n, q n") and records[0].status is NodeStatus.PROVED
    end = next(record for record in records.values() if not record.goals)
    assert end.status is NodeStatus.PROVED
    while end.parent is not None:
        assert end.tactic and records[end.parent].depth < end.depth
        end = records[end.parent]
    assert json.loads(json.dumps(told[-1].plain()))["phase"] == "shortening"
