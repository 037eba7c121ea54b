"""The places that settings come from: a file, a variable of the environment."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_settings import EnvSettingsSource

from agent.config.complaints import did_you_mean
from agent.config.schema import Config, aliases_as_tables
from agent.config.secrets import find_secret
from agent.config.tables import KeyPath, Table, branches, is_table
from agent.config.toml_file import parse_toml
from tools.errors import ExitCode, QedError

_PREFIX, _NESTED = "QED_", "__"


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings from one place; `origins` says of each where it stands: `FILE:LINE`, or the name of a variable."""

    values: Table
    origins: Mapping[KeyPath, str]


def file_layer(content: bytes, path: Path) -> Layer:
    """The settings of a file. Raises `QedError` when it is not TOML, or when there is a key in it."""
    values, lines = parse_toml(content, path)
    return _layer(values, {key: f"{path}:{line}" for key, line in lines.items()})


def environment_layers() -> Sequence[Layer]:
    """The settings of the environment, a layer for each variable.

    Raises `QedError` for one that cannot be read, or that looks like a key: keys have variables of their own.
    """
    return [_variable(name, os.environ[name]) for name in sorted(os.environ) if _is_setting(name)]


def _is_setting(name: str) -> bool:
    """Variables such as QED_STATE_DIR are no settings; an empty variable sets nothing."""
    section = name.removeprefix(_PREFIX).lower()
    return name.startswith(_PREFIX) and bool(os.environ[name]) and (_NESTED in name or section in Config.model_fields)


def _variable(name: str, text: str) -> Layer:
    source = EnvSettingsSource(Config)
    source.env_vars = {name.lower(): text}
    section = name.removeprefix(_PREFIX).partition(_NESTED)[0]
    try:
        values: dict[str, Any] = source()
    except ValueError as error:
        raise QedError(
            f"{name} cannot be read",
            hint=f'A setting is written {_PREFIX}{section}{_NESTED}NAME=value, a list as in JSON: ["a", "b"].',
            exit_code=ExitCode.CONFIG,
        ) from error
    if not values:
        wanted = did_you_mean(section, list(Config.model_fields))
        raise QedError(f"{name}: unknown section `{section.lower()}`{wanted}", exit_code=ExitCode.CONFIG)
    return _layer(values, dict.fromkeys(branches(values), name))


def _layer(values: Table, origins: Mapping[KeyPath, str]) -> Layer:
    secret = find_secret(values)
    if secret is not None:
        raise QedError(
            f"{origins[secret]}: `{'.'.join(secret)}` looks like a key, and keys are no settings",
            hint="Set it in the environment (OPENROUTER_API_KEY, FIREWORKS_API_KEY, …) or store it in the keyring; "
            "`api_key_env` can name another variable.",
            exit_code=ExitCode.CONFIG,
        )
    if "models" not in values:
        return Layer(values, origins)
    models: object = values["models"]
    if is_table(models):
        # In `mine = "…"` the name of the model stands where its alias stands.
        short = [alias for alias, entry in models.items() if isinstance(entry, str)]
        origins = {("models", alias, "model"): origins[("models", alias)] for alias in short} | dict(origins)
    return Layer({**values, "models": aliases_as_tables(models)}, origins)
