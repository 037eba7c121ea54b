"""Where a model comes from: a folder, or the Hugging Face hub and its cache on this machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.errors import ExitCode, QedError
from tools.progress.libraries import library

_HUB_SECONDS = 10.0


def bad_checkpoint(name: Path | str, what: str, hint: str = "") -> QedError:
    """The error for a model that cannot be used."""
    return QedError(
        f"{name} is no LeanProgress model: {what}",
        hint=hint or "`qed progress train` makes one; its --output-dir is the model.",
        exit_code=ExitCode.BAD_CHECKPOINT,
    )


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from: `place` for transformers, whether that is a hub's name, and whether files are here."""

    place: str
    hub: bool
    local: bool


def model_source(name: str) -> ModelSource:
    """Finds out what a name means; raises `QedError` where there is nothing to load, without long waits."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise bad_checkpoint(name, "the folder has no config.json")
        return ModelSource(str(folder), hub=False, local=True)
    if folder.exists():
        raise bad_checkpoint(name, "it is a file; a model is a folder")
    if name.startswith((".", "/", "~")) or name.count("/") > 1 or not name.strip():
        raise QedError(f"no such folder: {name}", exit_code=ExitCode.FILE_NOT_FOUND)
    hub = library("huggingface_hub")
    if isinstance(hub.try_to_load_from_cache(name, "config.json"), str):
        return ModelSource(name, hub=True, local=True)
    _ask_hub(hub, name)
    return ModelSource(name, hub=True, local=False)


def _ask_hub(hub: Any, name: str) -> None:
    """One question, so that a machine without a network learns so at once and not after many attempts."""
    try:
        files = [each.rfilename for each in hub.HfApi().model_info(name, timeout=_HUB_SECONDS).siblings or ()]
    except Exception as error:  # the client of the hub raises what its own HTTP library does, and has changed it before
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise QedError(
            f"there is no folder {name}, and the Hugging Face hub could not be asked for such a model: {reason}",
            hint="Give the folder of a model that is here. To train without the hub: --from-scratch tiny.",
            exit_code=ExitCode.BAD_CHECKPOINT,
        ) from None
    if not any(file.endswith(".safetensors") for file in files):
        raise bad_checkpoint(name, "on the hub it has no .safetensors weights, and no others are read")
