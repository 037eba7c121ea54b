"""What goes wrong between a model and a person: kinds, what to do, retries, the fallback."""

import time
from email.utils import formatdate

import httpx
import pytest

from agent.llm.chat import ReplyFinished, TextDelta
from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.failures import Failure, read_retry_after
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.retry import Backoff
from agent.llm.settings import ModelSettings
from tests.agent.llm.conftest import MakeModel
from tests.agent.llm.replies import HELLO, finished, parts_of, retries, shown
from tests.openai_server import DROP, HANG, Answer, OpenAIServer, Refusal, Reply

PROVIDERS = ("hosted_vllm/test", "openai/test", "openrouter/test", "fireworks_ai/test")
NOBODY = "http://127.0.0.1:9/v1"


async def failure(model: LiteLLMModel) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await finished(model.reply(HELLO))
    return caught.value


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Refusal(400), ModelErrorKind.REFUSED),
        (Refusal(400, "This model's maximum context length is 10 tokens"), ModelErrorKind.CONTEXT_TOO_LONG),
        (Refusal(401), ModelErrorKind.NO_KEY),
        (Refusal(402, "Insufficient credits"), ModelErrorKind.REFUSED),
        (Refusal(403), ModelErrorKind.REFUSED),
        (Refusal(404, "no such model"), ModelErrorKind.UNKNOWN_MODEL),
        (Refusal(429, "You exceeded your current quota", "insufficient_quota"), ModelErrorKind.RATE_LIMITED),
        (Refusal(429, headers={"Retry-After": "3600"}), ModelErrorKind.RATE_LIMITED),
    ],
)
async def test_what_is_not_repeated(
    openai_server: OpenAIServer, model: MakeModel, name: str, reply: Refusal, kind: ModelErrorKind
) -> None:
    openai_server.will(reply)
    error = await failure(model(name))
    assert error.kind is kind
    assert error.hint
    assert reply.message in error.message
    assert len(openai_server.requests) == 1


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Refusal(429), ModelErrorKind.RATE_LIMITED),
        (Refusal(500), ModelErrorKind.SERVER_ERROR),
        (Refusal(502, body="<html>bad gateway</html>"), ModelErrorKind.SERVER_ERROR),
        (Refusal(503), ModelErrorKind.SERVER_ERROR),
        (DROP, ModelErrorKind.NETWORK),
        (Answer("half of an ans", drop_after=3), ModelErrorKind.NETWORK),
        (Answer(), ModelErrorKind.BAD_ANSWER),
    ],
)
async def test_what_is_repeated(
    openai_server: OpenAIServer, model: MakeModel, name: str, reply: Reply, kind: ModelErrorKind
) -> None:
    asked = model(name, retries=1)
    await repeated(openai_server, asked, reply, kind)


@pytest.mark.parametrize("name", PROVIDERS[:2])  # litellm's two ways to make a request
@pytest.mark.parametrize("reply", [HANG, Answer("half of an ans", hang_after=3)])
async def test_a_provider_that_hangs(openai_server: OpenAIServer, model: MakeModel, name: str, reply: Answer) -> None:
    asked = model(name, first_token_seconds=1.5, between_tokens_seconds=1.5)  # retries=4, but time-outs get one
    await repeated(openai_server, asked, reply, ModelErrorKind.TIMED_OUT)


async def repeated(openai_server: OpenAIServer, asked: LiteLLMModel, reply: Reply, kind: ModelErrorKind) -> None:
    """Fails for good after two requests, and gets over one failure."""
    openai_server.otherwise = reply
    error = await failure(asked)
    assert error.kind is kind
    assert error.hint
    assert len(openai_server.requests) == 2
    openai_server.will(reply, Answer("here"))
    parts = await parts_of(asked.reply(HELLO))
    assert shown(parts) == "here"
    assert len(retries(parts)) == 1


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_server_that_is_not_there(model: MakeModel, name: str) -> None:
    error = await failure(model(name, base_url=NOBODY, retries=1))
    assert error.kind is ModelErrorKind.NETWORK
    assert NOBODY in error.message
    assert " object at 0x" not in error.message
    assert "base_url" in error.hint


async def test_what_was_said_before_a_drop_is_void(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("wrong beginning", drop_after=3), Answer("right"))
    parts = await parts_of(model().reply(HELLO))
    assert any(isinstance(part, TextDelta) and part.text == "wron" for part in parts)
    assert shown(parts) == "right"
    last = parts[-1]
    assert isinstance(last, ReplyFinished)
    assert last.message.content == "right"


async def test_retry_after_is_honoured(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Refusal(429, headers={"Retry-After": "0"}), Refusal(503, headers={"retry-after": "1"}))
    openai_server.will(Answer("here"))
    parts = await parts_of(model().reply(HELLO))
    assert [(part.attempt, part.seconds) for part in retries(parts)] == [(1, 0.0), (2, 1.0)]
    first, second, third = openai_server.exchanges
    assert third.arrived - second.arrived >= 1
    assert second.arrived > first.arrived


def test_retry_after_in_seconds_and_as_a_date() -> None:
    now = time.time()
    assert read_retry_after("12.5", now) == 12.5
    assert 29 <= (read_retry_after(formatdate(now + 30, usegmt=True), now) or 0) <= 31
    assert read_retry_after(formatdate(now - 30, usegmt=True), now) == 0
    assert read_retry_after("soon", now) is None


def test_waits_grow_up_to_a_limit() -> None:
    failure = Failure(ModelErrorKind.SERVER_ERROR, "no", passing=True)
    backoff = Backoff(first=1, most=8)
    waits = [backoff.wait(failure, attempt, retries=6) or 0 for attempt in range(1, 7)]
    for wait, longest in zip(waits, [1, 2, 4, 8, 8, 8], strict=True):
        assert longest / 2 <= wait <= longest
    assert backoff.wait(failure, 7, retries=6) is None


def with_fallback(server: OpenAIServer, **settings: object) -> LiteLLMModel:
    usual = {"model": "hosted_vllm/big", "base_url": server.url, "retries": 1, "fallback": "small"}
    aliases = {
        "big": ModelSettings.model_validate({**usual, **settings}),
        "small": ModelSettings(model="hosted_vllm/small", base_url=server.url, retries=0),
    }
    return LiteLLMModel("big", aliases, backoff=Backoff(first=0.01))


async def test_the_fallback_answers(openai_server: OpenAIServer) -> None:
    openai_server.will(Refusal(500), Refusal(500), Answer("I am small"))
    parts = await parts_of(with_fallback(openai_server).reply(HELLO))
    last = parts[-1]
    assert isinstance(last, ReplyFinished)
    assert (last.model, last.message.content) == ("small", "I am small")
    assert [part.model for part in retries(parts)] == ["big", "small"]
    assert [request["model"] for request in openai_server.requests] == ["big", "big", "small"]


async def test_the_fallback_answers_when_there_is_no_key(openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("I am small"))
    last = await finished(with_fallback(openai_server, api_key_env="MY_KEY").reply(HELLO))
    assert last.model == "small"


async def test_both_fail(openai_server: OpenAIServer) -> None:
    openai_server.will(Refusal(500, "one"), Refusal(500, "two"), Refusal(404, "three"))
    error = await failure(with_fallback(openai_server))
    assert error.kind is ModelErrorKind.SERVER_ERROR
    assert "two" in error.message
    assert "small" in error.message
    assert "three" in error.message


async def test_a_fallback_does_not_help_a_conversation_that_is_too_long(openai_server: OpenAIServer) -> None:
    openai_server.will(Refusal(400, "maximum context length exceeded"), Answer("never asked"))
    error = await failure(with_fallback(openai_server))
    assert error.kind is ModelErrorKind.CONTEXT_TOO_LONG
    assert openai_server.left == 1


async def test_fallbacks_that_point_at_each_other_end(openai_server: OpenAIServer) -> None:
    here = {"base_url": openai_server.url, "retries": 0}
    aliases = {
        "a": ModelSettings.model_validate({"model": "hosted_vllm/a", "fallback": "b", **here}),
        "b": ModelSettings.model_validate({"model": "hosted_vllm/b", "fallback": "a", **here}),
    }
    openai_server.otherwise = Refusal(503)
    error = await failure(LiteLLMModel("a", aliases))
    assert error.kind is ModelErrorKind.SERVER_ERROR
    assert len(openai_server.requests) == 2


@pytest.mark.parametrize("name", ["nonsense", "nowhere/nothing"])
async def test_a_name_without_a_provider(name: str) -> None:
    error = await failure(LiteLLMModel(name))
    assert error.kind is ModelErrorKind.UNKNOWN_MODEL
    assert name in error.message
    assert "openrouter/" in error.hint


async def test_a_local_server_without_an_address() -> None:
    error = await failure(LiteLLMModel("hosted_vllm/test"))
    assert error.kind is ModelErrorKind.UNKNOWN_MODEL
    assert "HOSTED_VLLM_API_BASE" in error.hint


async def test_an_address_from_the_environment(openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_BASE", openai_server.url)
    openai_server.will(Answer("hi"))
    assert (await finished(LiteLLMModel("hosted_vllm/test").reply(HELLO))).message.content == "hi"


async def test_what_is_no_protocol_at_all(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.otherwise = Refusal(200, body="<html>Log in to the hotel's network</html>")
    error = await failure(model(retries=0))
    assert error.kind in (ModelErrorKind.BAD_ANSWER, ModelErrorKind.SERVER_ERROR)


def test_what_is_no_address() -> None:
    with pytest.raises(ValueError, match="not an address"):
        ModelSettings(model="openai/x", base_url="localhost:8000")
    assert httpx.URL(ModelSettings(model="openai/x", base_url="http://h/v1/").base_url or "").path == "/v1"
