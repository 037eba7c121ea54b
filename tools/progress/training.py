"""Training a regression model of the steps remaining, on the Trainer of Hugging Face.

Mean squared error is the loss; MSE and MAE are measured on rows of other theorems after every epoch, and the model of
the lowest MSE is the result. (lean-dojo-v2 keeps the one of the highest, against its documentation.)
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.errors import ExitCode, QedError
from tools.progress.checkpoint import (
    CheckpointRecord,
    LoadedModel,
    load_training_model,
    longest_text,
    vocabulary_digest,
)
from tools.progress.device import checked_device
from tools.progress.encoding import EncodedRows, Encoder
from tools.progress.example import ProgressExample, Skipped, read_examples
from tools.progress.libraries import library, transformers
from tools.progress.scratch_model import SIZES, scratch_model
from tools.progress.split import Split, split_by_theorem
from tools.progress.template import PromptTemplate
from tools.progress.training_run import WEIGHT_DECAY, RunRecord, TrainingSettings, begin_run, last_checkpoint
from tools.progress.training_watch import Evaluation, OnReport, TrainingWatch, trainer_callback

_LOGGING_STEPS = 10


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """How a training ended.

    `steps` counts batches since the very beginning, `evaluations` are all of them, `best` the one of the model that
    was kept. `mean_mae` is the error of always answering the mean of the training rows: a model above it has learnt
    nothing. When `interrupted`, there is a `checkpoint` to go on from, and no model in the folder yet.
    """

    steps: int
    interrupted: bool
    checkpoint: Path | None
    evaluations: tuple[Evaluation, ...]
    best: Evaluation | None
    train_rows: int
    eval_rows: int
    skipped: Skipped
    mean_mae: float


def train(
    settings: TrainingSettings,
    *,
    on_report: OnReport = lambda report: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> TrainingResult:
    """Trains, and leaves model, tokenizer and record in `output_dir`; blocks for as long as that takes.

    `on_report` is called after every step and evaluation; when `should_stop` answers True, a checkpoint is written
    after the step at work and the training ends as interrupted. Raises `QedError` for whatever a person can act upon.
    """
    _check(settings)
    template = PromptTemplate.parse(settings.template)
    device = _training_device(settings.device)
    record = RunRecord.of(settings)
    skipped = Skipped()
    rows = list(read_examples(settings.dataset, skipped if settings.skip_bad else None))
    split = split_by_theorem(rows, settings.eval_ratio, settings.seed)
    last = begin_run(settings, record)
    transformers().set_seed(settings.seed)
    loaded = _model(settings, template, split, last)
    encoder = Encoder(loaded.tokenizer, template, settings.max_length)
    watch = TrainingWatch(on_report, should_stop, settings.learning_rate)
    trainer = _trainer(settings, device, loaded, encoder, split, watch)
    _run(trainer, last, settings)
    state = trainer.state
    evaluations = tuple(Evaluation.of(entry) for entry in state.log_history if "eval_mse" in entry)
    best = min(evaluations, key=lambda each: each.mse, default=None)
    if not watch.stopped:
        _save(settings, template, loaded.tokenizer, trainer.model, best)
    return TrainingResult(
        steps=int(state.global_step),
        interrupted=watch.stopped,
        checkpoint=last_checkpoint(settings.output_dir),
        evaluations=evaluations,
        best=best,
        train_rows=len(split.train),
        eval_rows=len(split.evaluation),
        skipped=skipped,
        mean_mae=_mean_mae(split),
    )


def _check(settings: TrainingSettings) -> None:
    """Raises `QedError` (usage) for numbers with which nothing can be trained."""
    bounds = {
        "max-length": (settings.max_length, 8, math.inf),
        "batch-size": (settings.batch_size, 1, math.inf),
        "epochs": (settings.epochs, 0, 1e6),
        "learning-rate": (settings.learning_rate, 0, math.inf),
        "eval-ratio": (settings.eval_ratio, 0, 1),
    }
    for name, (value, low, high) in bounds.items():
        inside = low <= value if isinstance(value, int) else low < value < high
        if not inside:
            raise QedError(f"--{name} {value}: out of range", exit_code=ExitCode.USAGE)
    if settings.from_scratch is not None and settings.from_scratch not in SIZES:
        sizes = ", ".join(SIZES)
        raise QedError(f"--from-scratch {settings.from_scratch}: one of {sizes}", exit_code=ExitCode.USAGE)


def _training_device(name: str) -> str:
    """The Trainer takes the first CUDA device that is visible, whatever it is told."""
    if ":" in name:
        raise QedError(
            f"--device {name}: a training takes the first CUDA device",
            hint="CUDA_VISIBLE_DEVICES=1 qed progress train … makes another one the first.",
            exit_code=ExitCode.USAGE,
        )
    return checked_device(name)


def _model(settings: TrainingSettings, template: PromptTemplate, split: Split, last: Path | None) -> LoadedModel:
    if last is not None:
        return load_training_model(str(last))
    if settings.from_scratch:
        texts = (template.render(row.goal, row.tactic, row.prefix) for row in split.train)
        loaded = scratch_model(settings.from_scratch, texts, settings.max_length)
    else:
        loaded = load_training_model(settings.model_name)
    most = longest_text(loaded)
    if settings.max_length > most:
        raise QedError(
            f"{settings.model_name} takes texts of at most {most} tokens, not {settings.max_length}",
            hint=f"--max-length {most}",
            exit_code=ExitCode.USAGE,
        )
    _start_at_mean(loaded.model, split.train)
    return loaded


def _start_at_mean(model: Any, rows: Sequence[ProgressExample]) -> None:
    """Lets an untrained head answer the mean: at small learning rates the way there from 0 would take epochs."""
    torch = library("torch")
    heads = [each for each in model.modules() if isinstance(each, torch.nn.Linear) and each.out_features == 1]
    if heads and heads[-1].bias is not None:
        with torch.no_grad():
            heads[-1].bias.fill_(statistics.fmean(row.steps_remaining for row in rows))


def _trainer(
    settings: TrainingSettings, device: str, loaded: LoadedModel, encoder: Encoder, split: Split, watch: TrainingWatch
) -> Any:
    package = transformers()
    arguments = package.TrainingArguments(
        output_dir=str(settings.output_dir),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        weight_decay=WEIGHT_DECAY,
        seed=settings.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        load_best_model_at_end=True,
        metric_for_best_model="mse",
        greater_is_better=False,
        save_total_limit=2,  # the best and the last
        logging_steps=_LOGGING_STEPS,
        logging_nan_inf_filter=False,  # a NaN must be seen
        disable_tqdm=True,
        report_to=[],
        use_cpu=device == "cpu",
        dataloader_pin_memory=device != "cpu",
    )
    if device != "cpu":
        # With several devices the Trainer would split each batch over all of them, and train something else.
        arguments._n_gpu = 1
    trainer = package.Trainer(
        model=loaded.model,
        args=arguments,
        train_dataset=EncodedRows(split.train, encoder),
        eval_dataset=EncodedRows(split.evaluation, encoder),
        processing_class=loaded.tokenizer,
        data_collator=package.DataCollatorWithPadding(loaded.tokenizer),
        compute_metrics=_metrics,
        callbacks=[trainer_callback(watch)],
    )
    trainer.remove_callback(package.PrinterCallback)
    return trainer


def _metrics(prediction: Any) -> dict[str, float]:
    """Errors in steps, and how often the rounded answer is the right one."""
    answers: list[float] = prediction.predictions.reshape(-1).tolist()
    labels: list[float] = prediction.label_ids.reshape(-1).tolist()
    pairs = list(zip(answers, labels, strict=True))
    return {
        "mse": statistics.fmean((answer - label) ** 2 for answer, label in pairs),
        "mae": statistics.fmean(abs(answer - label) for answer, label in pairs),
        "exact": statistics.fmean(abs(max(0.0, answer) - label) < 0.5 for answer, label in pairs),
    }


def _run(trainer: Any, last: Path | None, settings: TrainingSettings) -> None:
    torch = library("torch")
    try:
        trainer.train(resume_from_checkpoint=None if last is None else str(last))
    except torch.OutOfMemoryError:
        raise QedError(
            f"the device has too little memory for batches of {settings.batch_size}",
            hint="A smaller --batch-size or --max-length.",
            exit_code=ExitCode.TRAINING_FAILED,
        ) from None
    except OSError as error:
        message = f"cannot write {settings.output_dir}: {error.strerror or error}"
        raise QedError(message, exit_code=ExitCode.WRITE_FAILED) from None


def _save(
    settings: TrainingSettings, template: PromptTemplate, tokenizer: Any, model: Any, best: Evaluation | None
) -> None:
    """Writes the best model; the Trainer has loaded it at the end."""
    folder = settings.output_dir
    model.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    CheckpointRecord(
        template=template.text,
        max_length=settings.max_length,
        vocabulary=vocabulary_digest(tokenizer),
        model_name=f"from scratch: {settings.from_scratch}" if settings.from_scratch else settings.model_name,
        mse=best.mse if best else None,
        mae=best.mae if best else None,
    ).write(folder)


def _mean_mae(split: Split) -> float:
    mean = statistics.fmean(row.steps_remaining for row in split.train)
    return statistics.fmean(abs(row.steps_remaining - mean) for row in split.evaluation)
