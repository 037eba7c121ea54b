"""Whether a model can be asked is told before it is: no request is made for that."""

import pytest

from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.settings import ModelSettings
from tests.agent.llm.conftest import MakeModel
from tests.openai_server import OpenAIServer

NOBODY = "http://127.0.0.1:9/v1"


async def test_a_server_that_is_there(openai_server: OpenAIServer, model: MakeModel) -> None:
    await model().check()
    assert openai_server.requests == []


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("openrouter/some/model", ModelErrorKind.NO_KEY, "OPENROUTER_API_KEY"),
        ("nonsense", ModelErrorKind.UNKNOWN_MODEL, "nonsense"),
        ("hosted_vllm/test", ModelErrorKind.UNKNOWN_MODEL, "no address"),
    ],
)
async def test_what_can_be_told_without_asking(name: str, kind: ModelErrorKind, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        await LiteLLMModel(name).check()
    assert caught.value.kind is kind and caught.value.hint


async def test_a_server_that_is_not_there(model: MakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ModelError, match=NOBODY) as caught:
        await model(base_url=NOBODY).check()
    assert caught.value.kind is ModelErrorKind.NETWORK and "base_url" in caught.value.hint


async def test_behind_a_proxy_only_a_request_can_tell(model: MakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    await model(base_url=NOBODY).check()


async def test_a_fallback_will_do(openai_server: OpenAIServer) -> None:
    aliases = {
        "first": ModelSettings.model_validate({"model": "openrouter/some/model", "fallback": "second"}),
        "second": ModelSettings.model_validate({"model": "hosted_vllm/there", "base_url": openai_server.url}),
    }
    await LiteLLMModel("first", aliases).check()
