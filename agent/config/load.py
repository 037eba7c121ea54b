"""Reading the settings: defaults, then the user's file, the project's file, the environment; flags come last.

The user's file is `config.toml` in qed's configuration folder (`qed doctor` prints where), the project's file is
`.qed/config.toml`. In the environment, `QED_LEAN__TOOLCHAIN=embedded` sets `toolchain` in the section `lean`.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.config.complaints import complaints
from agent.config.layers import Layer, environment_layers, file_layer
from agent.config.project import CONFIG_FILE
from agent.config.schema import Config
from agent.config.tables import KeyPath, leaves, merged
from agent.config.trust import trusted_files
from tools.directories import config_dir
from tools.errors import ExitCode, QedError

DEFAULT = "default"
"""The origin of what nobody has set."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it counts: `value` is made of JSON values, `origin` is `FILE:LINE`, a variable, or `DEFAULT`."""

    name: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, and where each came from. `notice` tells of a project file that is ignored, else it is empty."""

    config: Config
    origins: Mapping[KeyPath, str]
    notice: str

    def listed(self) -> Sequence[Setting]:
        """Every setting; of a model's alias, only what was set."""
        values = self.config.model_dump(mode="json")
        for alias, model in self.config.models.items():
            values["models"][alias] = model.model_dump(mode="json", exclude_unset=True)
        found = leaves(values)
        return [Setting(".".join(path), value, self.origins.get(path, DEFAULT)) for path, value in found]


def load_config(folder: Path | None = None) -> Config:
    """The settings that count for a folder or file (default: the working folder).

    A project file that is ignored is told of on standard error, once. Raises `QedError` that names what is wrong,
    with file and line.
    """
    settings = read_settings(folder)
    if settings.notice:
        _tell(settings.notice)
    return settings.config


def read_settings(folder: Path | None = None) -> Settings:
    """The settings with their origins. Raises `QedError` like `load_config`, and tells nobody anything."""
    project, notice = trusted_files(folder or Path.cwd())
    layers = _user_layers()
    if project is not None and CONFIG_FILE in project.contents:
        layers.append(file_layer(project.contents[CONFIG_FILE], project.path(CONFIG_FILE)))
    values: dict[str, Any] = {}
    origins: dict[KeyPath, str] = {}
    for layer in (*layers, *environment_layers()):
        values = merged(values, layer.values)
        origins |= layer.origins
    try:
        return Settings(Config(**values), origins, notice)
    except ValidationError as error:
        raise QedError(
            complaints(error, origins),
            hint="`qed config --help` says where settings come from.",
            exit_code=ExitCode.CONFIG,
        ) from error


def _user_layers() -> list[Layer]:
    path = config_dir() / CONFIG_FILE
    try:
        return [file_layer(path.read_bytes(), path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise QedError(f"cannot read {path}: {error.strerror}", exit_code=ExitCode.CONFIG) from error


@cache
def _tell(notice: str) -> None:
    print(f"note: {notice}", file=sys.stderr)
