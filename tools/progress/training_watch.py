"""What goes on between a training and who watches it: reports, a wish to stop, and the look at the loss."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.errors import ExitCode, QedError
from tools.progress.libraries import transformers

SAVE_SECONDS = 600.0
"""A checkpoint is written at least this often, also within an epoch."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured after an epoch: errors in steps, and the part of the rows answered exactly when rounded."""

    epoch: float
    step: int
    mse: float
    mae: float
    exact: float

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Evaluation":
        """Reads an entry of the Trainer's history."""
        return cls(entry["epoch"], entry["step"], entry["eval_mse"], entry["eval_mae"], entry["eval_exact"])


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """A sign of life: `step` of `steps` batches are done; `loss` is the last that was logged (None: none yet).

    `evaluation` is set when an epoch was evaluated just now.
    """

    step: int
    steps: int
    epoch: float
    loss: float | None
    evaluation: Evaluation | None = None


OnReport = Callable[[TrainingReport], None]


@dataclass
class TrainingWatch:
    """Follows one training. `learning_rate` is for the advice that a NaN calls for."""

    on_report: OnReport
    should_stop: Callable[[], bool]
    learning_rate: float
    stopped: bool = False
    save_seconds: float = SAVE_SECONDS
    _loss: float | None = None
    _saved: float = 0.0

    def begun(self) -> None:
        """The first step is about to run."""
        self._saved = time.monotonic()

    def saved(self) -> None:
        """A checkpoint was written."""
        self._saved = time.monotonic()

    def step(self, state: Any, control: Any) -> None:
        """A step is done."""
        self.on_report(TrainingReport(int(state.global_step), int(state.max_steps), float(state.epoch), self._loss))
        if self.should_stop() and not control.should_training_stop and state.global_step < state.max_steps:
            self.stopped = control.should_save = control.should_training_stop = True
        elif time.monotonic() - self._saved >= self.save_seconds:
            control.should_save = True

    def epoch_ended(self, control: Any) -> None:
        """An epoch is over; one that was broken off is neither evaluated nor saved a second time."""
        if self.stopped:
            control.should_evaluate = control.should_save = False

    def logged(self, state: Any, entry: Mapping[str, Any]) -> None:
        """The Trainer has written to its log; raises `QedError` when the loss is no number."""
        for name in ("loss", "eval_loss"):
            value = entry.get(name)
            if value is not None and not math.isfinite(value):
                raise QedError(
                    f"the training has failed: {name.replace('_', ' ')} is {value} at step {state.global_step}",
                    hint=f"Try a smaller --learning-rate (it was {self.learning_rate:g}). Checkpoints of earlier "
                    "epochs are kept; --resume would meet the same again.",
                    exit_code=ExitCode.TRAINING_FAILED,
                )
        self._loss = entry.get("loss", self._loss)

    def evaluated(self, state: Any) -> None:
        """An epoch was evaluated; its figures are the last of the history."""
        evaluation = Evaluation.of(next(entry for entry in reversed(state.log_history) if "eval_mse" in entry))
        step, steps = int(state.global_step), int(state.max_steps)
        self.on_report(TrainingReport(step, steps, float(state.epoch), self._loss, evaluation))


def trainer_callback(watch: TrainingWatch) -> Any:
    """The watch as the Trainer's callbacks; the class can only be made once transformers is there."""
    base: Any = transformers().TrainerCallback

    class Callback(base):
        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            watch.begun()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            watch.step(state, control)

        def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            watch.epoch_ended(control)

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            watch.saved()

        def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **_: Any) -> None:
            watch.logged(state, logs or {})

        def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            watch.evaluated(state)

    return Callback()
