"""Several replies to one question."""

import pytest

from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.settings import ModelSettings
from tests.agent.llm.conftest import MakeModel
from tests.agent.llm.replies import HELLO
from tests.openai_server import Answer, Choices, OpenAIServer, Refusal


async def test_one_request_with_n(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Choices((Answer("simp"), Answer("<think>hm</think>omega", reasoning="so"), Answer("rfl"))))
    replies = await model().sample(HELLO, n=3, temperature=1.0)
    assert [reply.message.content for reply in replies] == ["simp", "omega", "rfl"]
    assert replies[1].message.reasoning == "sohm"
    assert sum(reply.usage.prompt_tokens for reply in replies) == 10
    request = openai_server.requests[0]
    assert (request["n"], request["temperature"]) == (3, 1.0)


async def test_a_provider_that_gives_fewer(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.otherwise = Answer("simp")
    asked = model()
    assert len(await asked.sample(HELLO, n=4, temperature=1.0)) == 4
    assert [request.get("n") for request in openai_server.requests] == [4, None, None, None]
    assert len(await asked.sample(HELLO, n=2, temperature=1.0)) == 2
    assert [request.get("n") for request in openai_server.requests[4:]] == [None, None]


async def test_a_provider_that_refuses_n(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Refusal(400, "n must be 1"), Answer("simp"), Answer("omega"))
    replies = await model().sample(HELLO, n=2, temperature=1.0)
    assert sorted(reply.message.content for reply in replies) == ["omega", "simp"]


async def test_a_provider_without_n(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.otherwise = Answer("simp")
    assert len(await model("mistral/mine").sample(HELLO, n=3, temperature=0.7)) == 3
    assert not any("n" in request for request in openai_server.requests)
    assert all(request["temperature"] == 0.7 for request in openai_server.requests)


async def test_what_fails_among_others_is_left_out(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Refusal(400, "n must be 1"), Answer("simp"), Refusal(400), Answer("omega"))
    assert len(await model().sample(HELLO, n=3, temperature=1.0)) == 2


async def test_none_at_all(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.otherwise = Refusal(401)
    with pytest.raises(ModelError) as caught:
        await model().sample(HELLO, n=3, temperature=1.0)
    assert caught.value.kind is ModelErrorKind.NO_KEY


async def test_the_fallback_of_samples(openai_server: OpenAIServer) -> None:
    openai_server.otherwise = lambda request: Refusal(404) if request["model"] == "gone" else Answer("simp")
    here = {"base_url": openai_server.url, "retries": 0}
    aliases = {
        "first": ModelSettings.model_validate({"model": "hosted_vllm/gone", "fallback": "second", **here}),
        "second": ModelSettings.model_validate({"model": "hosted_vllm/there", **here}),
    }
    replies = await LiteLLMModel("first", aliases).sample(HELLO, n=2, temperature=1.0)
    assert [(reply.model, reply.message.content) for reply in replies] == [("second", "simp")] * 2


async def test_samples_that_never_end(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Choices((Answer("simp\n" * 500), Answer("rfl"))))
    runaway, good = await model().sample(HELLO, n=2, temperature=1.0)
    assert runaway.finish.value == "runaway"
    assert len(runaway.message.content) < 100
    assert good.message.content == "rfl"
