"""The tree of a search as a picture."""

import itertools
import random
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest

from agent.prover.tree_layout import ROW, TreeLayout, laid_out, telling
from agent.prover.tree_picture import in_words, picture
from tools.search.watched import NodeRecord, NodeStatus

LETTER = 7.0
"""How wide a letter of a label is at most."""


def record(number: int, parent: int | None, status: NodeStatus = NodeStatus.EXPANDED, **more: str) -> NodeRecord:
    tactic = more.get("tactic", f"tactic_{number}" if parent is not None else "")
    return NodeRecord(number, parent, tactic, 1, more.get("goal", "⊢ p"), 1.0, 0, status)


def tree(size: int, seed: int) -> list[NodeRecord]:
    """A tree of some shape with a way to one of its last states."""
    chance = random.Random(seed)
    parents: dict[int, int | None] = {0: None}
    for number in range(1, size):
        parents[number] = chance.randrange(max(0, number - chance.choice((1, 5, 50))), number)
    on_proof, at = set[int](), size - 1 if size else None
    while at is not None:
        on_proof.add(at)
        at = parents[at]
    others = [status for status in NodeStatus if status is not NodeStatus.PROVED]
    return [
        record(number, parent, NodeStatus.PROVED if number in on_proof else chance.choice(others))
        for number, parent in parents.items()
        if size
    ]


def drawn(records: Sequence[NodeRecord]) -> ElementTree.Element:
    return ElementTree.fromstring(picture(records))


def at_same_depth(layout: TreeLayout) -> dict[float, list[float]]:
    columns: dict[float, list[float]] = {}
    for node in layout.nodes:
        columns.setdefault(node.x, []).append(node.y)
    return columns


@pytest.mark.parametrize("size", [1, 2, 7, 40, 300])
@pytest.mark.parametrize("seed", range(4))
def test_states_do_not_overlap_and_lie_within_the_picture(size: int, seed: int) -> None:
    layout = laid_out(tree(size, seed))
    assert len(layout.nodes) == size
    for ys in at_same_depth(layout).values():
        assert all(two - one >= ROW for one, two in itertools.pairwise(sorted(ys)))
    columns = sorted(at_same_depth(layout))
    assert all(two - one >= 2 * ROW for one, two in itertools.pairwise(columns))
    assert all(ROW <= node.x <= layout.width - ROW and ROW <= node.y <= layout.height - ROW for node in layout.nodes)


@pytest.mark.parametrize("seed", range(4))
def test_a_state_stands_right_of_its_parent_which_is_in_their_middle(seed: int) -> None:
    layout = laid_out(tree(60, seed))
    places = {node.record.id: node for node in layout.nodes}
    for node in layout.nodes:
        below = [each for each in layout.nodes if each.record.parent == node.record.id]
        for each in below:
            assert each.parent == (node.x, node.y) and each.x > node.x
        if below:
            assert node.y == (below[0].y + below[-1].y) / 2
    assert places[0].parent is None


@pytest.mark.parametrize("seed", range(4))
def test_labels_cover_neither_each_other_nor_a_state(seed: int) -> None:
    records = [
        record(each.id, each.parent, each.status, tactic="simp [a_long_lemma_name, 定理] at * <;> omega " * 3)
        for each in tree(120, seed)
    ]
    svg, layout = drawn(records), laid_out(records)
    boxes: list[tuple[float, float, float, float]] = []
    for label in svg.iter("text"):
        right, low = float(label.get("x", "")), float(label.get("y", ""))
        cells = sum(2 if ord(letter) > 0x2FFF else 1 for letter in label.text or "")
        boxes.append((right - LETTER * cells, low - 11, right, low + 3))
    assert len(boxes) == sum(each.status is NodeStatus.PROVED for each in records) - 1
    for one, two in itertools.combinations(boxes, 2):
        assert one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
    for (left, high, right, low), node in itertools.product(boxes, layout.nodes):
        radius = 5.5
        assert not (left - radius < node.x < right + radius and high - radius < node.y < low + radius)


def test_every_state_is_a_dot_with_its_tactic_and_goal() -> None:
    records = [
        record(0, None, NodeStatus.PROVED, goal="h : a < b ∧ c\n⊢ x ∈ {y | y > 0} & 𝕜"),
        record(1, 0, NodeStatus.PROVED, tactic="exact <script>alert(1)</script>\x1b[31m", goal=""),
        record(2, 0, NodeStatus.DEAD),
    ]
    svg = drawn(records)
    dots = {group.get("class"): group.findtext("title") for group in svg.iter("g")}
    assert set(dots) == {"proved", "dead"} and len(list(svg.iter("circle"))) == 3
    titles = [group.findtext("title") or "" for group in svg.iter("g")]
    assert any("⊢ x ∈ {y | y > 0} & 𝕜" in title for title in titles)
    assert any("<script>alert(1)</script>\\x1b[31m" in title and "no goals left" in title for title in titles)
    (label,) = (label.text or "" for label in svg.iter("text"))
    assert label.startswith("exact <script>alert(1)</s") and label.endswith("…")
    assert sorted(path.get("class", "") for path in svg.iter("path")) == ["dead", "proved"]
    assert svg.findtext("title") == "3 states: 1 nothing left to try, 2 on the proof"


def test_the_proof_is_drawn_above_the_rest() -> None:
    classes = [path.get("class", "") for path in drawn(tree(80, 1)).iter("path")]
    first = classes.index("proved")
    assert first > 0 and set(classes[first:]) == {"proved"}


def test_of_many_states_the_proof_and_the_first_are_drawn() -> None:
    records = tree(1000, 3)
    chosen = telling(records, 300)
    ids = {each.id for each in chosen}
    assert len(chosen) == 300 and all(each.parent is None or each.parent in ids for each in chosen)
    assert {each.id for each in records if each.status is NodeStatus.PROVED} <= ids
    assert list(chosen) == sorted(chosen, key=lambda each: each.id)
    assert "700 of them are not drawn" in in_words(records, 300)
    assert len(re.findall("<circle", picture(records, 300))) == 300
    # A proof longer than that is cut, not left out.
    chain = [record(number, number - 1 if number else None, NodeStatus.PROVED) for number in range(80)]
    assert [each.id for each in telling(chain, 50)] == list(range(50))


def test_odd_records_are_no_trouble() -> None:
    assert in_words([]) == "no states" and len(list(drawn([]).iter("circle"))) == 0
    orphan = [record(5, 99), record(6, 5), record(7, 7)]
    assert len(laid_out(orphan).nodes) == 3
    deep = [record(number, number - 1 if number else None) for number in range(5000)]
    assert len(laid_out(deep).nodes) == 5000
