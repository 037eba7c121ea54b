"""The folder of a training: what it was begun with, its checkpoints, and whether it may be begun or gone on with."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.errors import ExitCode, QedError
from tools.progress.example import open_text
from tools.progress.template import DEFAULT_TEMPLATE

RUN_FILE = "qed_training.json"
WEIGHT_DECAY = 0.01
_PIECE = 1 << 20
_CHECKPOINT = re.compile(r"checkpoint-([0-9]+)")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What a training is asked to do; the defaults are those of lean-dojo-v2.

    `epochs` may be a fraction; `eval_ratio` is the part of the rows, in whole theorems, that is kept aside; `device`
    is `auto`, `cpu` or `cuda`. `from_scratch` names a size of `tools.progress.scratch_model` and then replaces
    `model_name`. `resume` goes on from the last checkpoint in `output_dir`.
    """

    dataset: Path
    output_dir: Path
    model_name: str = "bert-base-uncased"
    max_length: int = 512
    batch_size: int = 8
    epochs: float = 3.0
    learning_rate: float = 1e-5
    eval_ratio: float = 0.2
    seed: int = 42
    skip_bad: bool = False
    device: str = "auto"
    from_scratch: str | None = None
    template: str = DEFAULT_TEMPLATE
    resume: bool = False


class RunRecord(BaseModel):
    """What must stay the same for a training to be gone on with; the number of epochs may change."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dataset: str
    """A digest of the file."""
    model: str
    max_length: int
    batch_size: int
    learning_rate: float
    eval_ratio: float
    seed: int
    skip_bad: bool
    template: str

    @classmethod
    def of(cls, settings: TrainingSettings) -> "RunRecord":
        """The record of a training; reads the data set for its digest."""
        digest = hashlib.sha256()
        with open_text(settings.dataset) as stream:
            while piece := stream.buffer.read(_PIECE):
                digest.update(piece)
        return cls(
            dataset=digest.hexdigest(),
            model=f"from scratch: {settings.from_scratch}" if settings.from_scratch else settings.model_name,
            max_length=settings.max_length,
            batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            eval_ratio=settings.eval_ratio,
            seed=settings.seed,
            skip_bad=settings.skip_bad,
            template=settings.template,
        )


def begin_run(settings: TrainingSettings, record: RunRecord) -> Path | None:
    """Prepares the folder of a training, and returns the checkpoint to go on from (None: it starts afresh).

    Raises `QedError` when the folder holds another training, or has nothing to resume.
    """
    folder = settings.output_dir
    last = last_checkpoint(folder)
    if not settings.resume:
        if last is not None or (folder / "config.json").exists():
            raise QedError(
                f"{folder} holds a model or a training already",
                hint="--resume goes on with it; or choose another --output-dir.",
                exit_code=ExitCode.USAGE,
            )
        _write(folder, record)
        return None
    if last is None:
        raise QedError(
            f"{folder} has no checkpoint to go on from",
            hint="A checkpoint is kept after every epoch and on Ctrl+C. Without --resume the training starts afresh.",
            exit_code=ExitCode.FILE_NOT_FOUND,
        )
    _compare(folder, record)
    return last


def last_checkpoint(folder: Path) -> Path | None:
    """The checkpoint of the most steps in a folder that is complete; None without one."""
    found = [
        (int(match[1]), each)
        for each in (folder.iterdir() if folder.is_dir() else ())
        # The state is written last: a checkpoint without it was cut off.
        if (match := _CHECKPOINT.fullmatch(each.name)) and (each / "trainer_state.json").is_file()
    ]
    return max(found)[1] if found else None


def _write(folder: Path, record: RunRecord) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RUN_FILE).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise QedError(f"cannot write {folder}: {error.strerror}", exit_code=ExitCode.WRITE_FAILED) from None


def _compare(folder: Path, record: RunRecord) -> None:
    """What was trained on one set must not be evaluated on a part of it by another split."""
    try:
        begun = RunRecord.model_validate_json((folder / RUN_FILE).read_bytes())
    except (OSError, ValidationError):
        message = f"{folder / RUN_FILE} is missing or damaged: what this training was begun with is not known"
        raise QedError(message, exit_code=ExitCode.BAD_CHECKPOINT) from None
    before, now = begun.model_dump(), record.model_dump()
    changed = [name for name in now if before[name] != now[name]]
    if changed:
        what = ", ".join(f"{name.replace('_', '-')} was {before[name]!s:.40}, is {now[name]!s:.40}" for name in changed)
        raise QedError(
            f"the training in {folder} was begun with other settings: {what}",
            hint="--resume needs the settings of the beginning; only --epochs may change.",
            exit_code=ExitCode.USAGE,
        )
