"""What can be set, and the defaults."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from agent.config.tables import is_table
from agent.conversation.permissions import Mode
from agent.llm.settings import Address, ModelSettings, Seconds
from tools.environment.names import DEFAULT_ENVIRONMENT, EnvironmentName
from tools.errors import ExitCode, QedError
from tools.premises.sources import LEANSEARCH_URL, LOOGLE_URL, EncoderSettings, RemoteSettings

if TYPE_CHECKING:
    from tools.lean.machine import MachineLimits
    from tools.progress.choice import ScoringModel
    from tools.search.recipe import SearchRecipe

STANDARD_AXIOMS = ("propext", "Classical.choice", "Quot.sound")

_Count = Annotated[int, Field(gt=0)]
_Money = Annotated[float, Field(gt=0)]
_Weight = Annotated[float, Field(ge=0, le=100)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LeanConfig(_Section):
    """How Lean is run."""

    toolchain: str = "auto"
    """`auto`, `lake`, `lean`, `embedded`, or the path of a `lean` or `lake` executable."""
    environment: EnvironmentName = DEFAULT_ENVIRONMENT
    """Where tactics are tried; `leandojo` needs a repository that LeanDojo has traced."""
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
    """How holes are proved (None: no limit, where nothing else is said)."""

    timeout: Seconds | None = None
    """Seconds for each hole; None: 30 without a model, 300 with one."""
    jobs: _Count | None = None
    """Holes that are worked on at once, as far as the machine allows; None: 1 without a model, 4 with one."""
    max_seconds: Seconds | None = None
    """For a run, as are the tokens of models and the US dollars."""
    max_tokens: _Count | None = None
    max_cost: _Money = 1.0
    hole_tokens: _Count | None = None
    """For each hole, as are the US dollars."""
    hole_cost: _Money | None = None
    lemmas: bool = False
    """Whether a model may put helper lemmas above a theorem that it proves with them."""
    max_heartbeats: _Count = 100_000
    """Lean's own measure of work, for one elaboration of the declaration at work."""
    allowed_axioms: tuple[str, ...] = STANDARD_AXIOMS
    """Axioms that an accepted proof may rest on."""


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


class SearchWeights(_Section):
    """How much each scorer counts in the order of a search; `tools.search.scorer.WeightedScorer` says what they are."""

    heuristic: _Weight = 1.0
    """What the way has cost, the number and size of the goals, how near they are to their hypotheses."""
    progress: _Weight = 0.5
    """The steps that remain, as LeanProgress predicts them; where a model of it is named."""
    log_probability: _Weight = 0.5
    """How likely the model holds its tactics; where a model proposes some."""


class SearchConfig(_Section):
    """How proofs are searched for."""

    workers: Annotated[int, Field(ge=1, le=16)] = 1
    """Leans at work on one tree, in `qed search`."""
    premises: bool = True
    """Whether premises of the library are among the tactics that are tried."""
    suggestions: bool = False
    """Whether `apply?` and `rw?` are asked as well; that takes seconds each time."""
    weights: SearchWeights = Field(default_factory=SearchWeights)


class ProgressConfig(_Section):
    """LeanProgress: the model that predicts how many steps a proof has left. None: as the variables say."""

    model: Annotated[str, Field(min_length=1)] | None = None
    """The folder of a trained model, or its name on the Hugging Face hub; None: LEANPROGRESS_MODEL, else no scores."""
    device: Annotated[str, Field(pattern=r"^(auto|cpu|cuda(:[0-9]+)?)$")] | None = None
    """`auto`, `cpu`, `cuda` or `cuda:N`; None: LEANPROGRESS_DEVICE, else `auto`."""
    template: str | None = None
    """What the model reads, with `{goal}`, `{tactic}` and `{prefix}`; None: LEANPROGRESS_TEMPLATE, else as trained."""

    @field_validator("template")
    @classmethod
    def _is_a_template(cls, value: str | None) -> str | None:
        if value is None:
            return None
        from tools.progress.template import PromptTemplate  # not needed to open the terminal

        try:
            PromptTemplate.parse(value)
        except QedError as error:
            raise ValueError(error.message) from None
        return value

    def scoring_model(self) -> "ScoringModel | None":
        """The model that scores, which is not loaded yet; None where neither setting nor variable names one."""
        from tools.progress.choice import ScoringModel

        return ScoringModel.chosen(self.model, self.device, self.template)


class AskConfig(_Section):
    """Limits of one turn of a conversation (None: no limit), and what is written without asking."""

    max_turns: _Count | None = 50
    """Replies of the model."""
    max_tokens: _Count | None = None
    max_cost: _Money | None = None
    """US dollars."""
    max_seconds: Seconds | None = None
    mode: Mode = Mode.ASK
    """`ask`, `accept-proofs` or `read-only`."""


class PremisesConfig(_Section):
    """Who besides the index on this machine is asked for premises. Each sends what it is asked to a server."""

    sources: tuple[Literal["loogle", "leansearch"], ...] = ()
    """Searches on the web that get the words of a query."""
    loogle_url: Address = LOOGLE_URL
    leansearch_url: Address = LEANSEARCH_URL
    requests_per_minute: Annotated[float, Field(gt=0)] = 30.0
    """To one source."""
    timeout: Annotated[float, Field(gt=0, le=120)] = 10.0
    """Seconds for one answer of a source, and for the encoder to be done with one question."""
    encoder_url: Address | None = None
    """An `/encode` of LeanCopilot's form: it gets goals, queries and statements, and premises are ordered by it."""
    encoder_name: str = "default"
    """What the encoder is called there."""

    def remote(self) -> RemoteSettings:
        """The searches on the web that are asked, and how often."""
        return RemoteSettings(
            loogle=self.loogle_url if "loogle" in self.sources else "",
            leansearch=self.leansearch_url if "leansearch" in self.sources else "",
            seconds=self.timeout,
            pause_seconds=60.0 / self.requests_per_minute,
        )

    def encoder(self) -> EncoderSettings | None:
        """The encoder; None where none is named."""
        if self.encoder_url is None:
            return None
        return EncoderSettings(url=self.encoder_url, name=self.encoder_name, seconds=self.timeout)


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
    search: SearchConfig = Field(default_factory=SearchConfig)
    progress: ProgressConfig = Field(default_factory=ProgressConfig)
    ask: AskConfig = Field(default_factory=AskConfig)
    premises: PremisesConfig = Field(default_factory=PremisesConfig)
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

    def search_recipe(self) -> "SearchRecipe":
        """How searches are made up, without a model; an order of its own is for the caller to choose."""
        from tools.search.recipe import SearchRecipe, Weights

        search = self.search
        return SearchRecipe(
            workers=search.workers,
            weights=Weights(**dict(search.weights)),
            premises=search.premises,
            suggestions=search.suggestions,
            scoring=self.progress.scoring_model(),
        )

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
