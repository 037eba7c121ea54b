"""Training and evaluation never share a theorem."""

import random

import pytest

from tools.errors import ExitCode, QedError
from tools.progress.example import ProgressExample
from tools.progress.split import split_by_theorem
from tools.progress.trajectory import Trajectory


def named(theorems: int, rows: int) -> list[ProgressExample]:
    found = [
        ProgressExample(theorem=f"t{theorem}", goal=f"⊢ p{theorem} {row}", tactic="simp", steps_remaining=row)
        for theorem in range(theorems)
        for row in range(rows)
    ]
    random.Random(3).shuffle(found)
    return found


def test_no_theorem_is_on_both_sides_and_no_row_is_lost() -> None:
    rows = named(50, 7)
    split = split_by_theorem(rows, 0.2, 42)
    assert not {row.theorem for row in split.train} & {row.theorem for row in split.evaluation}
    assert sorted(map(repr, split.train + split.evaluation)) == sorted(map(repr, rows))
    assert 0.15 * len(rows) <= len(split.evaluation) <= 0.2 * len(rows)


def test_the_seed_decides_and_nothing_else() -> None:
    rows = named(50, 3)
    first = split_by_theorem(rows, 0.2, 42)
    assert split_by_theorem(rows, 0.2, 42) == first
    shuffled = sorted(rows, key=repr)
    assert {row.theorem for row in split_by_theorem(shuffled, 0.2, 42).evaluation} == {
        row.theorem for row in first.evaluation
    }
    assert split_by_theorem(rows, 0.2, 43) != first


def test_rows_without_a_name_keep_a_proof_together() -> None:
    proofs = [
        Trajectory.of_steps("", [(f"⊢ a{n}", f"intro h{n}"), (f"⊢ b{n}", "simp"), (f"⊢ c{n}", "rfl")])
        for n in range(30)
    ]
    rows = [row for proof in proofs for row in proof.rows]
    random.Random(5).shuffle(rows)
    split = split_by_theorem(rows, 0.3, 1)
    train, evaluation = ({row.goal[3:] for row in side} for side in (split.train, split.evaluation))
    assert evaluation and train and not train & evaluation


def test_the_same_state_is_on_one_side() -> None:
    rows = [ProgressExample(goal=f"⊢ p{n}", tactic=f"t{m}", steps_remaining=0) for n in range(20) for m in range(3)]
    split = split_by_theorem(rows, 0.3, 1)
    assert split.evaluation and not {row.goal for row in split.train} & {row.goal for row in split.evaluation}


def test_one_large_theorem_does_not_take_the_place_of_training() -> None:
    rows = [*named(1, 90), ProgressExample(theorem="small", goal="g", tactic="t", steps_remaining=0)]
    for seed in range(5):
        assert [row.theorem for row in split_by_theorem(rows, 0.2, seed).evaluation] == ["small"]


@pytest.mark.parametrize("rows", [[], named(1, 5)])
def test_what_cannot_be_divided(rows: list[ProgressExample]) -> None:
    with pytest.raises(QedError) as caught:
        split_by_theorem(rows, 0.2, 42)
    assert caught.value.exit_code == ExitCode.BAD_DATASET
