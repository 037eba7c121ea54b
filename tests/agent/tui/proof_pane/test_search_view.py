"""A search as its reports tell it."""

from pathlib import Path
from typing import Any

import pytest

from agent.state_words import target_line
from agent.tui.proof_pane.panels import search_lines
from agent.tui.proof_pane.place import Place
from agent.tui.proof_pane.search_view import KEPT_NODES, SearchView
from tests.agent.tui.proof_pane.scenes import state


def _view(*nodes: dict[str, Any]) -> SearchView:
    view = SearchView(Place(Path("/a.lean"), "t", 1))
    view.take({"phase": "searching", "tactics": 10, "states": 2, "seconds": 2.0, "limit": 30.0, "nodes": list(nodes)})
    return view


def test_the_best_states_with_the_way_to_them() -> None:
    view = _view(
        state(0, None, "", "⊢ root", 9, "expanded"),
        state(1, 0, "intro x", "⊢ a", 5, "expanded"),
        state(2, 1, "simp", "⊢ b", 4, "expanded"),
        state(3, 2, "cases x", "⊢ c", 2),
        state(4, 2, "omega", "⊢ d", 3),
        state(5, 0, "exfalso", "⊢ e", 8, "dead"),
    )
    assert [node.id for node in view.best()] == [3, 4]
    assert [(row.guides, row.tactics, row.node.id) for row in view.tree()] == [
        ("└─", ("intro x", "simp"), 2),
        ("  ├─", ("cases x",), 3),
        ("  └─", ("omega",), 4),
    ]


def test_a_proof_is_what_is_looked_at() -> None:
    view = _view(state(0, None, "", "⊢ p", 1, "proved"), state(1, 0, "simp", "", 0, "proved"), state(2, 0, "a", "q", 0))
    assert [(row.guides, row.tactics) for row in view.tree()] == [("└─", ()), ("  └─", ("simp",))]


def test_changes_replace_what_was_known() -> None:
    view = _view(state(0, None, "", "⊢ p", 1), state(1, 0, "simp", "⊢ q", 1))
    view.take({"nodes": [state(1, 0, "simp", "⊢ q", 1, "dead")]})
    assert [node.id for node in view.best()] == [0] and view.tactics == 10


def test_no_more_states_are_kept_than_can_be_looked_at() -> None:
    view = _view(state(0, None, "", "⊢ p", 1, "expanded"))
    for start in range(1, 3 * KEPT_NODES, 100):
        statuses = ("dead", "open")
        view.take({"nodes": [state(n, 0, f"t {n}", "⊢ q", n, statuses[n % 2]) for n in range(start, start + 100)]})
    assert len(view.nodes) <= KEPT_NODES
    assert 0 in view.nodes and [node.id for node in view.best(2)] == [2 - 1, 3]


def test_a_parent_that_is_not_known_is_no_obstacle() -> None:
    assert [row.guides for row in _view(state(7, 3, "simp", "⊢ q", 1)).tree()] == ["└─"]


def test_a_prediction_stands_beside_its_state_and_replaces_the_score() -> None:
    nodes = (
        state(0, None, "", "⊢ p", 1, "expanded"),
        {**state(1, 0, "intro x", "⊢ q", 5.5, goals=2), "steps_remaining": 3.24},
        {**state(2, 0, "simp", "⊢ r", 6.5), "steps_remaining": None},
    )
    view = _view(*nodes)
    assert [view.nodes[number].steps_remaining for number in range(3)] == [None, 3.24, None]
    told, score = (line.plain for line in search_lines(view, 60)[-2:])
    assert told.endswith(" 2 goals ≈3.2 to go") and "5.5" not in told
    assert score.endswith(" 6.5") and "to go" not in score


def test_what_cannot_be_read_is_left_out() -> None:
    view = _view(state(0, None, "", "⊢ p", 1), {"id": "x"}, {})
    assert list(view.nodes) == [0]


def test_the_rate_is_that_of_the_last_seconds() -> None:
    view = _view()
    for second in range(3, 10):
        view.take({"seconds": float(second), "tactics": 100 * second})
    assert round(view.rate) == 100
    assert round(_view().rate) == 5


@pytest.mark.parametrize(
    ("goal", "line"),
    [("n : Nat\n⊢ n =\n  n", "n = n"), ("⊢ p", "p"), ("case a\nh : q\n⊢ p", "p"), ("", ""), ("odd", "odd")],
)
def test_the_target_of_a_goal_on_one_line(goal: str, line: str) -> None:
    assert target_line(goal) == line
