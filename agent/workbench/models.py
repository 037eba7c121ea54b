"""Which models a person can choose from, without loading litellm."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from agent.config import Config

_PROVIDER_KEYS = {
    "openrouter": ("OPENROUTER_API_KEY",),
    "fireworks_ai": ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"),
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "gemini": ("GEMINI_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
}
_TABLE = "model_prices_and_context_window_backup.json"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that can be asked; `detail` says where it is known from."""

    name: str
    detail: str


def known_models(config: Config, current: str | None) -> list[KnownModel]:
    """The current model, the aliases of the settings, and what litellm's table has of providers with a key."""
    found = {alias: f"alias of {settings.model}" for alias, settings in config.models.items()}
    if current is not None:
        found = {current: "the one that is asked now", **{k: v for k, v in found.items() if k != current}}
    for provider in providers_with_keys():
        for name, tokens in _of_provider(provider):
            found.setdefault(name, f"{provider}, {tokens // 1000}k tokens" if tokens else provider)
    return [KnownModel(name, detail) for name, detail in found.items()]


def providers_with_keys() -> list[str]:
    """The providers whose key is in the environment, by the word that their models' names begin with."""
    return [name for name, keys in _PROVIDER_KEYS.items() if any(os.environ.get(key) for key in keys)]


def _of_provider(provider: str) -> Iterable[tuple[str, int]]:
    for name, entry in _table().items():
        if entry.get("litellm_provider") == provider and entry.get("mode") in ("chat", "responses"):
            full = name if name.startswith(f"{provider}/") else f"{provider}/{name}"
            tokens = entry.get("max_input_tokens")
            yield full, tokens if isinstance(tokens, int) else 0


@cache
def _table() -> dict[str, dict[str, Any]]:
    """The table of models that litellm brings, read without importing litellm."""
    if "litellm" in sys.modules:
        origin = sys.modules["litellm"].__file__
    else:
        spec = find_spec("litellm")
        origin = spec.origin if spec else None
    if origin is None:
        return {}
    try:
        return cast("dict[str, dict[str, Any]]", json.loads((Path(origin).parent / _TABLE).read_bytes()))
    except (OSError, ValueError):
        return {}
