"""A small model, trained for real."""

from dataclasses import dataclass
from pathlib import Path

from tests.tools.progress.made_up import conjunctions
from tools.progress.example import write_examples
from tools.progress.libraries import library
from tools.progress.training import TrainingResult, train
from tools.progress.training_run import TrainingSettings


@dataclass(frozen=True)
class Trained:
    """A trained model, and how its training went."""

    folder: Path
    settings: TrainingSettings
    result: TrainingResult


def train_small(folder: Path) -> Trained:
    """Trains a model that has learnt to count `∧`."""
    # Models this small gain nothing from threads, and lose much on a busy machine.
    library("torch").set_num_threads(1)
    dataset = folder / "rows.jsonl"
    write_examples(dataset, conjunctions(320))
    settings = TrainingSettings(
        dataset,
        folder / "model",
        from_scratch="tiny",
        max_length=48,
        batch_size=16,
        epochs=6,
        learning_rate=2e-3,
        device="cpu",
    )
    return Trained(folder / "model", settings, train(settings))
