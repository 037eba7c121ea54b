"""Rows from LeanDojo Benchmark 4 and from saved search trees; balancing; which files are sources."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.errors import ExitCode, QedError
from tools.progress.benchmark import read_benchmark
from tools.progress.dataset import DatasetCounts, SourceKind, dataset_rows, find_sources
from tools.progress.example import Skipped
from tools.progress.search_trees import read_trees
from tools.progress.trajectory import Trajectory, balanced, sampling_ratio
from tools.search.watched import NodeRecord, NodeStatus


def entry(name: str, tactics: Sequence[tuple[str, str]]) -> dict[str, Any]:
    traced: list[dict[str, Any]] = [
        {"tactic": tactic, "annotated_tactic": [tactic, []], "state_before": state, "state_after": "…"}
        for state, tactic in tactics
    ]
    place = {"url": "https://github.com/x/y", "commit": "c", "file_path": "Y/A.lean", "start": [1, 1], "end": [2, 3]}
    return {**place, "full_name": name, "traced_tactics": traced}


def test_benchmark_entries_become_proofs(tmp_path: Path) -> None:
    path = tmp_path / "train.json"
    entries = [entry("Nat.a", [("⊢ p", "intro h"), ("h : p\n⊢ q", "exact h")]), entry("Nat.by_term", [])]
    path.write_text(json.dumps(entries, ensure_ascii=False))
    (proof,) = read_benchmark(path)
    assert proof.theorem == "Y/A.lean:Nat.a" and proof.length == 2
    assert [(row.goal, row.prefix, row.tactic, row.steps_remaining) for row in proof.rows] == [
        ("⊢ p", "", "intro h", 1),
        ("h : p\n⊢ q", "intro h", "exact h", 0),
    ]
    assert {row.theorem for row in proof.rows} == {"Y/A.lean:Nat.a"}


def test_benchmark_entries_that_lack_something(tmp_path: Path) -> None:
    path = tmp_path / "train.json"
    path.write_text(json.dumps([entry("a", [("g", "t")]), {"full_name": "b"}, entry("c", [("g", "t")])]))
    with pytest.raises(QedError, match=r"entry 2: the field `traced_tactics` is missing"):
        list(read_benchmark(path))
    skipped = Skipped()
    assert len(list(read_benchmark(path, skipped))) == 2 and skipped.count == 1


@pytest.mark.parametrize("text", ["", "[", '{"a": 1}x', "[{]", '[{"full_name": "\xff"}'])
def test_files_that_are_no_benchmark(tmp_path: Path, text: str) -> None:
    path = tmp_path / "train.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(QedError) as caught:
        list(read_benchmark(path, Skipped()))
    assert caught.value.exit_code == ExitCode.BAD_DATASET and str(path) in caught.value.message


def record(number: int, parent: int | None, depth: int, goals: int, status: NodeStatus) -> NodeRecord:
    tactic = "" if parent is None else f"t{number}"
    return NodeRecord(number, parent, tactic, goals, f"⊢ s{number}" if goals else "", 1.0, depth, status)


def save(path: Path, records: Iterable[NodeRecord]) -> Path:
    path.write_text("".join(json.dumps(each.plain(), ensure_ascii=False) + "\n" for each in records))
    return path


PROVED, OPEN, DEAD = NodeStatus.PROVED, NodeStatus.OPEN, NodeStatus.DEAD
TREE = [
    record(0, None, 0, 1, PROVED),
    record(1, 0, 1, 2, PROVED),
    record(2, 0, 1, 1, DEAD),
    record(3, 1, 2, 1, PROVED),
    record(4, 3, 3, 0, PROVED),
    record(5, 0, 2, 1, PROVED),
    record(6, 5, 3, 1, OPEN),
    record(7, 1, 4, 0, PROVED),
]


def test_trees_give_the_shortest_way_down(tmp_path: Path) -> None:
    (tree,) = read_trees(save(tmp_path / "a.jsonl", TREE))
    rows = {row.tactic: (row.goal, row.prefix, row.steps_remaining) for row in tree.rows}
    # 7 is an end four steps down; the way over 3 and 4 is shorter, and is what counts above.
    assert rows == {
        "t1": ("⊢ s0", "", 2),
        "t3": ("⊢ s1", "t1", 1),
        "t4": ("⊢ s3", "t1\nt3", 0),
        "t7": ("⊢ s1", "t1", 0),
    }
    assert tree.length == 3 and {row.theorem for row in tree.rows} == {tree.theorem}


def test_on_wish_what_led_nowhere_counts_as_far_away(tmp_path: Path) -> None:
    visited = [record(8, 2, 2, 1, NodeStatus.EXPANDED), record(9, 2, 2, 1, NodeStatus.CLOSED)]
    (tree,) = read_trees(save(tmp_path / "a.jsonl", [*TREE, *visited]), dead_ends=30)
    far = {row.tactic: (row.goal, row.prefix) for row in tree.rows if row.steps_remaining == 30}
    # What waits, or was reached in another way, may lead somewhere.
    assert far == {"t2": ("⊢ s0", ""), "t8": ("⊢ s2", "t2")}
    assert len(tree.rows) == 4 + len(far) and tree.length == 3


def test_several_trees_a_file_and_those_without_a_proof(tmp_path: Path) -> None:
    unproved = [record(0, None, 0, 1, OPEN), record(1, 0, 1, 1, OPEN)]
    found = list(read_trees(save(tmp_path / "a.jsonl", [*TREE, *unproved, *TREE])))
    assert [len(each.rows) for each in found] == [4, 4]
    assert found[0].theorem == found[1].theorem  # the same goal: the same side of the split


def test_a_later_record_of_a_state_counts(tmp_path: Path) -> None:
    early = [record(0, None, 0, 1, OPEN), record(1, 0, 1, 0, OPEN), record(1, 0, 1, 0, PROVED)]
    (tree,) = read_trees(save(tmp_path / "a.jsonl", early))
    assert [row.steps_remaining for row in tree.rows] == [0]


def test_bad_lines_of_trees_and_what_hangs_on_them(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jsonl", TREE)
    lines = path.read_text().splitlines()
    lines[3] = '{"id": 3, "parent": 1}'
    path.write_text("\n".join(lines))
    with pytest.raises(QedError, match=r"a\.jsonl:4: the field `tactic` is missing"):
        list(read_trees(path))
    skipped = Skipped()
    (tree,) = read_trees(path, skipped)
    assert skipped.count == 1 and {row.tactic for row in tree.rows} == {"t1", "t7"}


def test_records_in_a_circle_end(tmp_path: Path) -> None:
    circle = [record(0, None, 0, 1, PROVED), record(1, 2, 1, 1, PROVED), record(2, 1, 1, 0, PROVED)]
    assert list(read_trees(save(tmp_path / "a.jsonl", circle))) == []


def proofs(count: int, length: int) -> list[Trajectory]:
    return [Trajectory.of_steps(f"{length}.{n}", [("g", "t")] * length) for n in range(count)]


def test_balancing_keeps_the_papers_parts() -> None:
    assert [sampling_ratio(length) for length in (1, 5, 6, 10, 11, 15, 16, 20, 21, 999)] == [
        0.01, 0.01, 0.3, 0.3, 0.5, 0.5, 0.7, 0.7, 1.0, 1.0,
    ]  # fmt: skip
    for length, ratio in ((3, 0.01), (8, 0.3), (13, 0.5), (18, 0.7), (30, 1.0)):
        kept = len(list(balanced(proofs(1000, length), 42)))
        assert abs(kept - 1000 * ratio) <= 50


def test_balancing_depends_on_the_seed_and_not_on_the_order() -> None:
    first = {each.theorem for each in balanced(proofs(200, 8), 42)}
    assert {each.theorem for each in balanced(reversed(proofs(200, 8)), 42)} == first
    assert {each.theorem for each in balanced(proofs(200, 8), 43)} != first


def test_figures_of_a_data_set() -> None:
    counts = DatasetCounts()
    rows = list(dataset_rows([*proofs(100, 2), *proofs(2, 25)], counts, balance=True, seed=42))
    assert counts.rows == len(rows) and counts.proofs_seen == 102 and counts.mean_kept > counts.mean_seen
    everything = DatasetCounts()
    assert len(list(dataset_rows(proofs(10, 2), everything, balance=False, seed=1))) == 20


def test_a_data_set_without_rows_is_an_error() -> None:
    with pytest.raises(QedError) as caught:
        list(dataset_rows(proofs(2, 1), DatasetCounts(), balance=True, seed=42))
    assert caught.value.exit_code == ExitCode.BAD_DATASET and "--no-balance" in caught.value.hint


def test_sources_are_told_apart_by_their_endings(tmp_path: Path) -> None:
    for name in ("A.lean", "sub/B.lean", ".lake/C.lean", "notes.txt", "train.json", "t.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = find_sources([tmp_path, tmp_path / "train.json", tmp_path / "t.jsonl"])
    assert [(each.path.name, each.kind) for each in found] == [
        ("A.lean", SourceKind.LEAN),
        ("B.lean", SourceKind.LEAN),
        ("train.json", SourceKind.BENCHMARK),
        ("t.jsonl", SourceKind.TREES),
    ]
    (tmp_path / "empty").mkdir()
    for bad, code in (("notes.txt", 2), ("none.lean", 10), ("empty", 10)):
        with pytest.raises(QedError) as caught:
            find_sources([tmp_path / bad])
        assert caught.value.exit_code == code
