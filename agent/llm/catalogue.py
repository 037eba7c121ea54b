"""From a model's name and settings to what a request needs: keys, address, capabilities, sizes.

What litellm knows of a model is asked of litellm; the tables here hold only what it does not tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.settings import ModelSettings

DEFAULT_CONTEXT_TOKENS = 32_768
"""For a model of which neither the settings nor litellm say it."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "openrouter": ("OPENROUTER_API_KEY", "OR_API_KEY"),
    "fireworks_ai": ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"),
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "hosted_vllm": ("HOSTED_VLLM_API_KEY",),
    "lm_studio": ("LM_STUDIO_API_KEY",),
    "llamafile": ("LLAMAFILE_API_KEY",),
    "ollama": (),
    "ollama_chat": (),
}
"""The variables that hold a provider's key, the usual one first."""

_KEY_IS_OPTIONAL = frozenset({"hosted_vllm", "lm_studio", "llamafile", "ollama", "ollama_chat"})

_NEEDS_BASE_URL: Mapping[str, str] = {
    "hosted_vllm": "HOSTED_VLLM_API_BASE",
    "lm_studio": "LM_STUDIO_API_BASE",
}
"""Without an address litellm would send these to OpenAI. The value is the variable that litellm reads."""

PREFIXES = "openrouter/, fireworks_ai/, hosted_vllm/, openai/, anthropic/, ollama/"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of one model. `base_url` None: litellm knows the address; `address` is for messages."""

    provider: str
    base_url: str | None
    address: str | None
    key_names: tuple[str, ...]
    key_required: bool
    native_tools: bool
    takes_n: bool
    gives_log_probabilities: bool
    context_tokens: int
    max_output_tokens: int | None


def named_settings(name: str, aliases: Mapping[str, ModelSettings]) -> ModelSettings:
    """The settings of an alias, or plain settings for a name of litellm's."""
    return aliases.get(name) or ModelSettings(model=name)


def fallback_chain(name: str, aliases: Mapping[str, ModelSettings]) -> list[tuple[str, ModelSettings]]:
    """The model and its fallbacks, each once, in the order in which they are asked."""
    chain: dict[str, ModelSettings] = {}
    wanted: str | None = name
    while wanted is not None and wanted not in chain:
        chain[wanted] = named_settings(wanted, aliases)
        wanted = chain[wanted].fallback
    return list(chain.items())


def look_up(litellm: Any, settings: ModelSettings, environment: Mapping[str, str]) -> ModelFacts:
    """Asks litellm about a model. May ask a local server (Ollama), so it belongs in litellm's thread.

    Raises `ModelError` (unknown model) for a name without a provider or a provider without an address.
    """
    provider, default_url = _provider(litellm, settings.model)
    base_url = settings.base_url or _base_url(provider, settings.model, environment)
    info = _info(litellm, settings.model)
    keys = _keys(litellm, settings, provider)
    parameters = litellm.get_supported_openai_params(settings.model) or ()
    own_server = settings.base_url is not None and settings.api_key_env is None
    return ModelFacts(
        provider=provider,
        base_url=base_url,
        address=base_url or default_url,
        key_names=keys,
        key_required=bool(keys) and not own_server and (settings.api_key_env is not None or _wants_key(provider)),
        native_tools=_native_tools(litellm, settings),
        takes_n="n" in parameters,
        gives_log_probabilities="logprobs" in parameters,
        context_tokens=settings.context_tokens or info.get("max_input_tokens") or DEFAULT_CONTEXT_TOKENS,
        max_output_tokens=settings.max_output_tokens,
    )


def _provider(litellm: Any, model: str) -> tuple[str, str | None]:
    try:
        _, provider, _, default_url = litellm.get_llm_provider(model)
    except Exception as error:  # its bad-request error; others have been seen for odd names
        raise ModelError(
            ModelErrorKind.UNKNOWN_MODEL,
            f"{model!r} names no provider that litellm knows",
            hint=f"Write the provider first: one of {PREFIXES} and so on, or an alias of the configuration.",
        ) from error
    return provider, default_url


def _base_url(provider: str, model: str, environment: Mapping[str, str]) -> str | None:
    variable = _NEEDS_BASE_URL.get(provider)
    if variable is None:
        return None
    if value := environment.get(variable):
        return value.rstrip("/")
    raise ModelError(
        ModelErrorKind.UNKNOWN_MODEL,
        f"{model} has no address",
        hint=f"Set `base_url` of the model, or {variable}, for example to http://localhost:8000/v1.",
    )


def _keys(litellm: Any, settings: ModelSettings, provider: str) -> tuple[str, ...]:
    if settings.api_key_env is not None:
        return (settings.api_key_env,)
    if provider in _KEYS:
        return _KEYS[provider]
    # No keys missing: litellm finds them itself. Accounts of a cloud (several variables, no key) are its business too.
    missing: list[str] = litellm.validate_environment(settings.model)["missing_keys"]
    return tuple(name for name in missing if name.endswith("_API_KEY"))


def _wants_key(provider: str) -> bool:
    return provider not in _KEY_IS_OPTIONAL


def _native_tools(litellm: Any, settings: ModelSettings) -> bool:
    if settings.tool_calling != "auto":
        return settings.tool_calling == "native"
    return bool(litellm.supports_function_calling(settings.model))


def _info(litellm: Any, model: str) -> Mapping[str, Any]:
    try:
        return litellm.get_model_info(model)
    except Exception:  # a model that is in no table: one's own, or a new one
        return {}
