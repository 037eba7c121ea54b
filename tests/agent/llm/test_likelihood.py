"""Log-probabilities of replies: asked for, read, told apart from reasoning, and done without where they are refused."""

import math
from typing import Any

import pytest

from agent.llm.chat import Message
from agent.llm.errors import ModelError
from agent.llm.likelihood import Token, of_answer, read_tokens
from tests.agent.llm.conftest import MakeModel
from tests.agent.llm.replies import HELLO, finished
from tests.openai_server import Answer, Choices, OpenAIServer, Refusal, Reply, Scripted

LIKELY: dict[str, Any] = {"n": 2, "temperature": 1.0, "log_probabilities": True}
PROVIDERS = ("hosted_vllm/test", "openai/test", "openrouter/some/test", "fireworks_ai/test")


def _tokens(*each: tuple[str, float]) -> list[Token]:
    return [Token(text.encode(), value) for text, value in each]


def test_only_the_answer_counts() -> None:
    said = _tokens(("simp", -5.0), ("</think>", -3.0), ("\n", -2.0), ("si", -0.25), ("mp", -0.75), ("<|end|>", -9.0))
    likely = of_answer(said, "simp\n")
    assert likely is not None
    assert (likely.total, likely.tokens, likely.mean) == (-1.0, 2, -0.5)


def test_a_symbol_in_several_tokens() -> None:
    raw = "∀".encode()
    likely = of_answer([Token(raw[:1], -1.0), Token(raw[1:], -2.0), Token(b" x", -3.0)], "∀ x")
    assert likely is not None and (likely.total, likely.tokens) == (-6.0, 3)


def test_what_cannot_be_told_apart_counts_as_a_whole() -> None:
    likely = of_answer(_tokens(("\ufffd", -1.0), ("b", -3.0)), "αb")
    assert likely is not None and likely.mean == -2.0
    assert of_answer([], "simp") is None and of_answer(_tokens(("a", -1.0)), " \n") is None


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (None, ()),
        ("simp", ()),
        ([{"token": "simp", "logprob": 0.5, "bytes": None}], (Token(b"simp", 0.0),)),
        ([{"token": "simp", "logprob": math.nan}, {"token": "x", "logprob": None}, "odd"], ()),
        ([{"token": "a", "logprob": -1, "bytes": [300]}], (Token(b"a", -1.0),)),
        ([{"token": "a", "logprob": -1, "bytes": ["a"]}], (Token(b"a", -1.0),)),
    ],
)
def test_odd_shapes(content: Any, read: tuple[Token, ...]) -> None:
    assert read_tokens({"logprobs": {"content": content}}) == read
    assert read_tokens({"logprobs": content}) == () and read_tokens({}) == ()


async def test_one_request_with_n(openai_server: OpenAIServer, model: MakeModel) -> None:
    answers = (Answer("omega", log_probability=-0.5), Answer("simp", reasoning="hm hm hm", log_probability=-2.0))
    openai_server.will(Choices(answers))
    replies = await model().sample(HELLO, **LIKELY)
    assert [reply.log_probability and reply.log_probability.mean for reply in replies] == [-0.5, -2.0]
    assert [reply.log_probability and reply.log_probability.tokens for reply in replies] == [2, 1]
    assert openai_server.requests[0]["logprobs"] is True


@pytest.mark.parametrize("name", PROVIDERS)
async def test_streamed(
    openai_server: OpenAIServer, model: MakeModel, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("OPENAI_API_KEY", "OPENROUTER_API_KEY", "FIREWORKS_API_KEY"):
        monkeypatch.setenv(key, "none")
    openai_server.otherwise = Answer("omega", reasoning="let me think", log_probability=-0.25)
    (reply,) = await model(name).sample(HELLO, n=1, temperature=1.0, log_probabilities=True)
    assert openai_server.requests[0]["stream"] is True
    assert reply.log_probability is not None
    assert (reply.log_probability.mean, reply.log_probability.tokens) == (-0.25, 2)


async def test_nobody_asks_for_what_is_not_wanted(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.otherwise = Answer("hello", log_probability=-1.0)
    asked = model()
    assert (await finished(asked.reply(HELLO))).log_probability is None
    (reply,) = await asked.sample(HELLO, n=1, temperature=1.0)
    assert reply.log_probability is None
    assert not any("logprobs" in request for request in openai_server.requests)


async def test_a_provider_that_litellm_knows_to_have_none(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.otherwise = Answer("simp")
    replies = await model("mistral/mine").sample(HELLO, **LIKELY)
    assert [reply.log_probability for reply in replies] == [None, None]
    assert not any("logprobs" in request for request in openai_server.requests)


def _without_only(status: int, said: str) -> Scripted:
    def answer(request: dict[str, Any]) -> Reply:
        if "logprobs" in request:
            return Refusal(status, said)
        return Choices((Answer("simp"), Answer("rfl"))) if "n" in request else Answer("rfl")

    return answer


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "this model does not support logprobs"), (422, "Extra inputs"), (500, "log_probs: not implemented")],
)
async def test_a_refusal_is_remembered(openai_server: OpenAIServer, model: MakeModel, status: int, said: str) -> None:
    openai_server.otherwise = _without_only(status, said)
    asked = model()
    for _ in range(2):
        replies = await asked.sample(HELLO, **LIKELY)
        assert [reply.message.content for reply in replies] == ["simp", "rfl"]
    assert ["logprobs" in request for request in openai_server.requests] == [True, False, False]


async def test_a_refusal_of_a_streamed_request(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.otherwise = _without_only(400, "bad request")
    asked = model()
    for _ in range(2):
        (reply,) = await asked.sample(HELLO, n=1, temperature=1.0, log_probabilities=True)
        assert reply.message.content == "rfl" and reply.log_probability is None
    assert ["logprobs" in request for request in openai_server.requests] == [True, False, False]


async def test_what_fails_without_them_too_is_not_remembered(openai_server: OpenAIServer, model: MakeModel) -> None:
    good = Answer("simp", log_probability=-1.0)
    openai_server.otherwise = lambda request: Refusal(400) if request["messages"][0]["content"] == "bad" else good
    asked = model()
    with pytest.raises(ModelError):
        await asked.sample([Message(role="user", content="bad")], n=1, temperature=1.0, log_probabilities=True)
    (reply,) = await asked.sample(HELLO, n=1, temperature=1.0, log_probabilities=True)
    assert reply.log_probability is not None and reply.log_probability.mean == -1.0
