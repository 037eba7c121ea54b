"""Settings: defaults, overridden by the user's file, then by the environment, then by flags.

The user's file is `config.toml` in qed's configuration folder (`qed doctor` prints where). In the environment,
`QED_LEAN__TOOLCHAIN=embedded` sets `toolchain` in the section `lean`.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from tools.directories import config_dir
from tools.errors import ExitCode, QedError
from tools.lean.machine import GIB, MachineLimits

STANDARD_AXIOMS = ("propext", "Classical.choice", "Quot.sound")


class LeanConfig(BaseModel):
    """How Lean is run."""

    model_config = ConfigDict(extra="forbid")

    toolchain: str = "auto"
    """`auto`, `lake`, `lean`, `embedded`, or the path of a `lean` or `lake` executable."""
    max_workers: Annotated[int, Field(ge=2)] | None = None
    """Lean workers on the whole machine, over all processes of qed; a worker takes about 1 GB. Default: by size."""
    max_worker_memory_gb: Annotated[float, Field(gt=0.5)] = 3.0
    """Resident memory, in GiB, beyond which a worker is restarted."""

    def limits(self) -> MachineLimits:
        """The limits for the machine."""
        workers = self.max_workers or MachineLimits.default().max_workers
        return MachineLimits(workers, int(self.max_worker_memory_gb * GIB))


class ProveConfig(BaseModel):
    """How holes are proved."""

    model_config = ConfigDict(extra="forbid")

    timeout: Annotated[float, Field(gt=0)] = 30.0
    """Seconds for each hole."""
    max_heartbeats: Annotated[int, Field(gt=0)] = 100_000
    """Lean's own measure of work, for one elaboration of the declaration at work."""
    allowed_axioms: tuple[str, ...] = STANDARD_AXIOMS
    """Axioms that an accepted proof may rest on."""


class Config(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(env_prefix="QED_", env_nested_delimiter="__", extra="ignore")

    lean: LeanConfig = Field(default_factory=LeanConfig)
    prove: ProveConfig = Field(default_factory=ProveConfig)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources, the strongest first."""
        file = TomlConfigSettingsSource(settings_cls, config_dir() / "config.toml")
        return init_settings, env_settings, file


def load_config() -> Config:
    """Reads the settings. Raises `QedError` that names the bad setting."""
    path = config_dir() / "config.toml"
    try:
        return Config()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise QedError(
            f"bad setting `{where}`: {first['msg'].lower()} (got {first['input']!r})",
            hint=f"Settings come from {path} and from variables named QED_….",
            exit_code=ExitCode.CONFIG,
        ) from error
    except ValueError as error:  # not TOML
        raise QedError(f"cannot read {path}: {error}", exit_code=ExitCode.CONFIG) from error
