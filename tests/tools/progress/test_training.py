"""Training, with real small models on the CPU."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.progress.made_up import conjunctions
from tests.tools.progress.trained import Trained
from tools.errors import ExitCode, QedError
from tools.progress.checkpoint import CheckpointRecord
from tools.progress.example import ProgressExample, read_examples, write_examples
from tools.progress.scorer import LeanProgressScorer, Query
from tools.progress.split import split_by_theorem
from tools.progress.training import train
from tools.progress.training_run import TrainingSettings, last_checkpoint
from tools.progress.training_watch import TrainingReport

A, B = "⊢ left left left left", "⊢ right right right right"


def settings_for(folder: Path, rows: list[ProgressExample]) -> TrainingSettings:
    dataset = folder / "rows.jsonl"
    write_examples(dataset, rows)
    output = folder / "out"
    quick = TrainingSettings(dataset, output, from_scratch="tiny", max_length=32, batch_size=8, device="cpu")
    return replace(quick, epochs=2, learning_rate=1e-3)


def test_defaults_are_those_of_lean_dojo() -> None:
    default = TrainingSettings(Path("d"), Path("o"))
    assert (default.model_name, default.max_length, default.batch_size) == ("bert-base-uncased", 512, 8)
    assert (default.epochs, default.learning_rate, default.eval_ratio, default.seed) == (3.0, 1e-5, 0.2, 42)


def test_a_model_learns_to_count(trained: Trained) -> None:
    result = trained.result
    assert result.best is not None and not result.interrupted
    assert len(result.evaluations) == 6 and result.steps == result.evaluations[-1].step
    assert result.best.mae < 0.5 * result.mean_mae
    assert result.train_rows + result.eval_rows == 320
    record = CheckpointRecord.read(trained.folder)
    assert (record.max_length, record.mse) == (48, result.best.mse)


def held_out(settings: TrainingSettings) -> tuple[ProgressExample, ...]:
    return split_by_theorem(list(read_examples(settings.dataset)), settings.eval_ratio, settings.seed).evaluation


def mean_square(folder: Path, rows: tuple[ProgressExample, ...]) -> float:
    scorer = LeanProgressScorer(str(folder), device="cpu")
    answers = scorer.predict_many([Query(row.goal, row.tactic, row.prefix) for row in rows])
    return sum((answer - row.steps_remaining) ** 2 for answer, row in zip(answers, rows, strict=True)) / len(rows)


def test_the_best_model_is_kept_and_not_the_last(tmp_path: Path) -> None:
    # One theorem says the opposite of all others: with that one kept aside, every epoch makes the error larger.
    rows = [
        ProgressExample(theorem=f"t{n}", goal=(A, B)[n % 2], tactic="t", steps_remaining=(0, 6)[n % 2])
        for n in range(40)
    ]
    odd = [
        ProgressExample(theorem="odd", goal=A, tactic="t", steps_remaining=6),
        ProgressExample(theorem="odd", goal=B, tactic="t", steps_remaining=0),
    ]
    rows += odd
    settings = replace(settings_for(tmp_path, rows), epochs=6, learning_rate=3e-3, eval_ratio=0.05)
    seed = next(s for s in range(1000) if split_by_theorem(rows, 0.05, s).evaluation == tuple(odd))
    settings = replace(settings, seed=seed)
    result = train(settings)
    assert result.best is not None and result.best.epoch < result.evaluations[-1].epoch
    assert result.evaluations[-1].mse > 1.2 * result.best.mse
    assert abs(mean_square(settings.output_dir, held_out(settings)) - result.best.mse) < 1e-3 * result.best.mse


def test_a_training_that_was_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = settings_for(tmp_path, conjunctions(60))
    uninterrupted = train(whole)
    parts = replace(whole, output_dir=tmp_path / "parts")
    seen: list[TrainingReport] = []
    stopped = train(parts, on_report=seen.append, should_stop=lambda: seen[-1].step >= 3)
    assert stopped.interrupted and stopped.steps == 3 and not stopped.evaluations
    assert stopped.checkpoint == parts.output_dir / "checkpoint-3"
    assert not (parts.output_dir / "model.safetensors").exists()
    again: list[TrainingReport] = []
    result = train(replace(parts, resume=True), on_report=again.append)
    assert again[0].step == 4 and result.steps == uninterrupted.steps and not result.interrupted
    assert result.best is not None and uninterrupted.best is not None
    # The same batches in the same order from the same state: it is the same training.
    assert abs(result.best.mse - uninterrupted.best.mse) < 1e-2 * uninterrupted.best.mse


def test_a_finished_training_goes_on_for_more_epochs(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, conjunctions(40))
    first = train(settings)
    more = train(replace(settings, epochs=3, resume=True))
    assert more.steps == first.steps // 2 * 3 and len(more.evaluations) == 3
    same = train(replace(settings, epochs=3, resume=True))
    assert same.steps == more.steps and same.best == more.best


def test_what_a_training_may_not_go_on_with(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, conjunctions(30))
    with pytest.raises(QedError) as nothing:
        train(replace(settings, resume=True))
    assert nothing.value.exit_code == ExitCode.FILE_NOT_FOUND
    train(replace(settings, epochs=1))
    with pytest.raises(QedError, match="already") as there:
        train(settings)
    assert "--resume" in there.value.hint
    with pytest.raises(QedError, match="seed was 42, is 7"):
        train(replace(settings, seed=7, resume=True))
    write_examples(settings.dataset, conjunctions(31))
    with pytest.raises(QedError, match="dataset was"):
        train(replace(settings, resume=True))


def test_a_loss_that_is_no_number_ends_the_training(tmp_path: Path) -> None:
    settings = replace(settings_for(tmp_path, conjunctions(60)), learning_rate=1e38)
    with pytest.raises(QedError) as caught:
        train(settings)
    assert caught.value.exit_code == ExitCode.TRAINING_FAILED
    assert "loss is nan" in caught.value.message and "--learning-rate" in caught.value.hint
    assert not (settings.output_dir / "model.safetensors").exists()


def test_bad_rows_end_a_training_or_are_passed_over(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, conjunctions(30))
    with settings.dataset.open("a") as file:
        file.write('{"goal": "g"}\n')
    with pytest.raises(QedError, match=r"rows\.jsonl:31: the field `tactic` is missing"):
        train(settings)
    assert not settings.output_dir.exists()
    result = train(replace(settings, skip_bad=True, epochs=0.5))
    assert result.skipped.count == 1 and result.train_rows + result.eval_rows == 30


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"epochs": float("nan")}, "--epochs"),
        ({"learning_rate": float("inf")}, "--learning-rate"),
        ({"eval_ratio": 1.0}, "--eval-ratio"),
        ({"batch_size": 0}, "--batch-size"),
        ({"from_scratch": "huge"}, "--from-scratch"),
        ({"device": "cuda:1"}, "CUDA_VISIBLE_DEVICES"),
        ({"device": "tpu"}, "tpu"),
        ({"template": "{goal}"}, "{tactic}"),
    ],
)
def test_settings_with_which_nothing_can_be_trained(tmp_path: Path, change: dict[str, object], what: str) -> None:
    settings = settings_for(tmp_path, conjunctions(4))
    with pytest.raises(QedError) as caught:
        train(replace(settings, **change))  # pyright: ignore[reportArgumentType]
    assert caught.value.exit_code == ExitCode.USAGE and what in caught.value.message + caught.value.hint
    assert not settings.output_dir.exists()


def test_a_trained_model_can_be_trained_further(trained: Trained, tmp_path: Path) -> None:
    settings = replace(settings_for(tmp_path, conjunctions(30, seed=9)), from_scratch=None, epochs=0.1)
    settings = replace(settings, model_name=str(trained.folder), learning_rate=1e-9)
    result = train(settings)
    assert result.best is not None
    with pytest.raises(QedError, match="at most 48 tokens, not 512"):
        train(replace(settings, output_dir=tmp_path / "long", max_length=512))


def test_a_checkpoint_that_was_cut_off_does_not_count(trained: Trained, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(trained.folder, folder)
    last = last_checkpoint(folder)
    assert last is not None
    (folder / "checkpoint-99999").mkdir()
    assert last_checkpoint(folder) == last


def test_checkpoints_hold_no_more_than_the_best_and_the_last(trained: Trained) -> None:
    kept = [each for each in trained.folder.iterdir() if each.name.startswith("checkpoint-")]
    assert 1 <= len(kept) <= 2
    assert trained.result.checkpoint in kept
    assert json.loads((trained.folder / "config.json").read_text())["problem_type"] == "regression"
