"""What can be set, and the defaults."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from agent.config.tables import is_table
from agent.conversation.permissions import Mode
from agent.llm.settings import ModelSettings, Seconds
from tools.errors import ExitCode, QedError

if TYPE_CHECKING:
    from tools.lean.machine import MachineLimits

STANDARD_AXIOMS = ("propext", "Classical.choice", "Quot.sound")

_Count = Annotated[int, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LeanConfig(_Section):
    """How Lean is run."""

    toolchain: str = "auto"
    """`auto`, `lake`, `lean`, `embedded`, or the path of a `lean` or `lake` executable."""
    max_workers: Annotated[int, Field(ge=2)] | None = None
    """Lean workers on the whole machine, over all processes of qed; a worker takes about 1 GB. Default: by size."""
    max_worker_memory_gb: Annotated[float, Field(gt=0.5)] = 3.0
    """Resident memory, in GiB, beyond which a worker is restarted."""

    def limits(self) -> "MachineLimits":
        """The limits for the machine."""
        from tools.lean.machine import GIB, MachineLimits  # not needed to open the terminal

        workers = self.max_workers or MachineLimits.default().max_workers
        return MachineLimits(workers, int(self.max_worker_memory_gb * GIB))


class ProveConfig(_Section):
    """How holes are proved."""

    timeout: Seconds = 30.0
    """Seconds for each hole."""
    max_heartbeats: _Count = 100_000
    """Lean's own measure of work, for one elaboration of the declaration at work."""
    allowed_axioms: tuple[str, ...] = STANDARD_AXIOMS
    """Axioms that an accepted proof may rest on."""
    environment: Literal["language-server", "leandojo"] = "language-server"
    """Where tactics are tried; `leandojo` needs a repository that LeanDojo has traced."""


class ModelConfig(_Section):
    """Which model is asked, and what holds for every model whose own table says nothing else."""

    name: Annotated[str, Field(min_length=1)] | None = None
    """The model that is asked where none is named: litellm's name, or an alias of `[models]`."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """For conversations; a tactic generator has its own. None: the provider's."""
    max_output_tokens: _Count | None = None
    fallback: str | None = None
    """Asked when the model cannot answer: litellm's name, or an alias."""
    first_token_seconds: Seconds | None = None
    between_tokens_seconds: Seconds | None = None
    retries: Annotated[int, Field(ge=0)] | None = None


class AskConfig(_Section):
    """Limits of one turn of a conversation (None: no limit), and what is written without asking."""

    max_turns: _Count | None = 50
    """Replies of the model."""
    max_tokens: _Count | None = None
    max_cost: Annotated[float, Field(gt=0)] | None = None
    """US dollars."""
    max_seconds: Seconds | None = None
    mode: Mode = Mode.ASK
    """`ask`, `accept-proofs` or `read-only`."""


class TuiConfig(_Section):
    """How the terminal looks and sounds."""

    theme: str | None = None
    """Name of a theme (`/theme` lists them); None: the one chosen last."""
    bell: bool = True
    """Whether the bell rings when long work ends while the terminal has no focus."""


class Config(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(env_prefix="QED_", env_nested_delimiter="__", extra="forbid", frozen=True)

    lean: LeanConfig = Field(default_factory=LeanConfig)
    prove: ProveConfig = Field(default_factory=ProveConfig)
    ask: AskConfig = Field(default_factory=AskConfig)
    tui: TuiConfig = Field(default_factory=TuiConfig)
    model: ModelConfig = Field(default_factory=ModelConfig)
    models: Mapping[str, ModelSettings] = Field(default_factory=dict[str, ModelSettings])
    """Aliases: `mine = "fireworks_ai/…"`, or a table."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is made from and nothing else: the layers are merged before, so that each value's origin is known."""
        return (init_settings,)

    @field_validator("models", mode="before")
    @classmethod
    def _one_line_is_enough(cls, value: Any) -> Any:
        return aliases_as_tables(value)

    def model_settings(self, name: str | None = None) -> ModelSettings:
        """The settings of a model by litellm's name or by alias; None: the one that `[model]` names.

        Raises `QedError` when no model is named anywhere.
        """
        chosen = name or self.model.name
        if chosen is None:
            raise QedError(
                "no model is chosen",
                hint='Name one with --model, or in the settings: [model] name = "openrouter/…". '
                "`qed prove` works without a model.",
                exit_code=ExitCode.CONFIG,
            )
        own = self.models.get(chosen) or ModelSettings(model=chosen)
        general = self.model.model_dump(exclude={"name"}, exclude_none=True)
        if general.get("fallback") in (chosen, own.model):
            del general["fallback"]
        missing = {key: value for key, value in general.items() if key not in own.model_fields_set}
        return own.model_copy(update=missing)


def aliases_as_tables(value: Any) -> Any:
    """`[models]` with every `alias = "name"` written as a table; anything else is left for the validation."""
    if not is_table(value):
        return value
    return {alias: {"model": entry} if isinstance(entry, str) else entry for alias, entry in value.items()}
