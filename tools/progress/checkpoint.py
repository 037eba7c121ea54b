"""Models on disk and from the Hugging Face hub: what is loaded, and what is refused and why.

Weights are read from safetensors files only. The older `pytorch_model.bin` is a pickle, which can run any code when it
is opened; code that a checkpoint brings along (`trust_remote_code`) is never run either.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.progress.libraries import library, transformers
from tools.progress.model_source import ModelSource, bad_checkpoint, model_source
from tools.progress.template import DEFAULT_TEMPLATE

RECORD_FILE = "qed_progress.json"
_NO_LIMIT = 1_000_000
_SAFELY = {"use_safetensors": True}


class CheckpointRecord(BaseModel):
    """What a training writes beside the model, so that the scorer shows it the same texts.

    `vocabulary` is a digest of the tokenizer's vocabulary; models that were not trained by qed have no record.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    template: str = DEFAULT_TEMPLATE
    max_length: int | None = None
    vocabulary: str = ""
    model_name: str = ""
    mse: float | None = None
    mae: float | None = None

    @classmethod
    def read(cls, folder: Path) -> "CheckpointRecord":
        """The record of a folder; an empty one where there is none. Raises `QedError` for one that is damaged."""
        try:
            return cls.model_validate_json((folder / RECORD_FILE).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return cls()
        except (OSError, ValidationError):
            raise bad_checkpoint(folder, f"its {RECORD_FILE} cannot be read") from None

    def write(self, folder: Path) -> None:
        """Writes the record into a folder."""
        (folder / RECORD_FILE).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model for sequence classification with one output, and its tokenizer, as transformers made them."""

    model: Any
    tokenizer: Any
    record: CheckpointRecord


def vocabulary_digest(tokenizer: Any) -> str:
    """A digest of the words that a tokenizer knows, and their numbers."""
    entries = sorted(tokenizer.get_vocab().items())
    return hashlib.sha256(json.dumps(entries, ensure_ascii=True).encode()).hexdigest()


def load_scoring_model(name: str) -> LoadedModel:
    """A trained model; raises `QedError` for anything that would not give meaningful numbers."""
    folder = Path(name).expanduser()
    record = CheckpointRecord.read(folder)
    source = model_source(name)
    config = _load(name, "AutoConfig", source)
    if config.num_labels != 1:
        raise bad_checkpoint(name, f"it has no regression head (num_labels is {config.num_labels}, and must be 1)")
    model, loading = _load(name, "AutoModelForSequenceClassification", source, output_loading_info=True, **_SAFELY)
    missing = sorted(loading["missing_keys"])
    if missing:
        raise bad_checkpoint(name, f"its weights lack {missing[0]}: the regression head was never trained")
    tokenizer = _load(name, "AutoTokenizer", source)
    _check_tokenizer(name, tokenizer, model, record)
    prepare_padding(name, tokenizer, model)
    return LoadedModel(model, tokenizer, record)


def load_training_model(name: str) -> LoadedModel:
    """A pretrained model with a fresh head of one output; a folder, or a name of the hub."""
    source = model_source(name)
    # The head of another task has another shape, and is made afresh. Half precision is too coarse to be trained in.
    fresh = {"num_labels": 1, "problem_type": "regression", "ignore_mismatched_sizes": True, "dtype": "float32"}
    model = _load(name, "AutoModelForSequenceClassification", source, **fresh, **_SAFELY)
    tokenizer = _load(name, "AutoTokenizer", source)
    _check_tokenizer(name, tokenizer, model, CheckpointRecord())
    prepare_padding(name, tokenizer, model)
    return LoadedModel(model, tokenizer, CheckpointRecord())


def prepare_padding(name: str, tokenizer: Any, model: Any) -> None:
    """Models that were made to write text have no padding, without which texts cannot be batched."""
    if tokenizer.pad_token is None:
        if tokenizer.eos_token is None:
            raise bad_checkpoint(name, "its tokenizer has neither a padding nor an end token")
        tokenizer.pad_token = tokenizer.eos_token
    model.config.pad_token_id = tokenizer.pad_token_id


def longest_text(loaded: LoadedModel) -> int:
    """How many tokens a text may have at most."""
    positions = getattr(loaded.model.config, "max_position_embeddings", None)
    return min(positions or _NO_LIMIT, loaded.tokenizer.model_max_length or _NO_LIMIT, _NO_LIMIT)


def _check_tokenizer(name: str, tokenizer: Any, model: Any, record: CheckpointRecord) -> None:
    words, known = len(tokenizer), int(model.get_input_embeddings().weight.shape[0])
    if words > known:
        what = f"its tokenizer has {words} tokens, and the model knows {known} of them: it is another model's"
        raise bad_checkpoint(name, what)
    if record.vocabulary and record.vocabulary != vocabulary_digest(tokenizer):
        raise bad_checkpoint(name, "its tokenizer is not the one that it was trained with")


def _load(name: str, loader: str, source: ModelSource, **options: Any) -> Any:
    """Asks transformers; whatever it raises for a model that is none becomes one error with its first line."""
    made = getattr(transformers(), loader)
    refused = (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError)
    try:
        return made.from_pretrained(source.place, local_files_only=source.local, trust_remote_code=False, **options)
    except (*refused, library("safetensors").SafetensorError) as error:
        folder = Path(source.place)
        if options.get("use_safetensors") and not source.hub and not any(folder.glob("*.safetensors")):
            raise bad_checkpoint(name, _without_safetensors(folder)) from None
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise bad_checkpoint(name, reason) from None


def _without_safetensors(folder: Path) -> str:
    if any(folder.glob("*.bin")) or any(folder.glob("*.pt")):
        return "its weights are a pickle, which could run code; only .safetensors is read"
    return "the folder has no weights (model.safetensors)"
