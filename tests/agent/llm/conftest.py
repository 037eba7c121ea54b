"""Models over the scripted server: everything goes through litellm and HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from agent.llm.litellm_model import LiteLLMModel
from agent.llm.retry import Backoff
from agent.llm.settings import ModelSettings
from tests.openai_server import OpenAIServer

KEYS = ("OPENAI_API_KEY", "OPENROUTER_API_KEY", "OR_API_KEY", "ANTHROPIC_API_KEY", "HOSTED_VLLM_API_KEY")

MakeModel = Callable[..., LiteLLMModel]


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The keys of whoever runs the tests play no part, but in live tests."""
    if "live" not in request.keywords:
        for name in (*KEYS, "FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "HOSTED_VLLM_API_BASE"):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def model(openai_server: OpenAIServer) -> MakeModel:
    """Makes a model that talks to the scripted server and waits hardly at all between its attempts."""

    def make(name: str = "hosted_vllm/test", **settings: Any) -> LiteLLMModel:
        usual = {"model": name, "base_url": openai_server.url, "context_tokens": 8_000}
        chosen = ModelSettings.model_validate({**usual, **settings})
        return LiteLLMModel("mine", {"mine": chosen}, backoff=Backoff(first=0.01))

    return make
