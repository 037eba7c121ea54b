"""What a person can say about a model: its name, where it is served, and how long to wait for it."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ToolCalling = Literal["auto", "native", "text"]
"""How tools are offered: by the provider's protocol, as text, or by what is known of the model."""

Seconds = Annotated[float, Field(gt=0)]


def _checked_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an address such as http://localhost:8000/v1")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_checked_address)]
"""Where something is served over HTTP; a slash at the end is dropped."""


class ModelSettings(BaseModel):
    """One model, as config names it; an alias in config is one of these.

    `model` is litellm's name (`openrouter/…`, `fireworks_ai/…`, `hosted_vllm/…`, `openai/…`, `anthropic/…`,
    `ollama/…`). None means: what litellm knows of the model or its provider. `fallback` is another model's name or
    alias, asked when this one cannot answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[str, Field(min_length=1)]
    base_url: Address | None = None
    api_key_env: str | None = None
    """The environment variable that holds the key; never the key itself."""
    tool_calling: ToolCalling = "auto"
    context_tokens: Annotated[int, Field(gt=0)] | None = None
    max_output_tokens: Annotated[int, Field(gt=0)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    fallback: str | None = None
    first_token_seconds: Seconds = 60.0
    between_tokens_seconds: Seconds = 30.0
    retries: Annotated[int, Field(ge=0)] = 4
    """How often a request is repeated after a failure that may pass."""
