"""The scripted server itself: what it says is the protocol that it claims to speak."""

import json

import httpx
import pytest

from tests.openai_server import DROP, Answer, Call, Choices, Endless, OpenAIServer, Refusal


async def ask(server: OpenAIServer, **body: object) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(server.url + "/chat/completions", json={"model": "test", "messages": [], **body})


async def test_a_whole_answer(openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("hello", reasoning="hm", calls=(Call("f", {"a": 1}),)))
    reply = (await ask(openai_server)).json()["choices"][0]
    assert reply["message"]["content"] == "hello"
    assert reply["message"]["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"a": 1}'}
    assert reply["finish_reason"] == "tool_calls"
    assert openai_server.requests == [{"model": "test", "messages": []}]


async def test_a_streamed_answer(openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("hello world", calls=(Call("f", '{"a":'), Call("g"))))
    reply = await ask(openai_server, stream=True, stream_options={"include_usage": True})
    lines = [line.removeprefix("data: ") for line in reply.text.splitlines() if line]
    chunks = [json.loads(line) for line in lines[:-1]]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert lines[-1] == "[DONE]"
    assert [delta["content"] for delta in deltas if delta.get("content")] == ["hell", "o wo", "rld"]
    assert len([delta for delta in deltas if "tool_calls" in delta]) == 5
    assert chunks[-1]["usage"]["total_tokens"] == 15


async def test_choices_refusals_and_the_end_of_the_script(openai_server: OpenAIServer) -> None:
    openai_server.will(Choices((Answer("a"), Answer("b"))), Refusal(429, headers={"Retry-After": "7"}))
    choices = (await ask(openai_server, n=2)).json()["choices"]
    assert [choice["message"]["content"] for choice in choices] == ["a", "b"]
    refused = await ask(openai_server)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert "no more replies" in (await ask(openai_server)).text


async def test_a_reply_made_from_the_request(openai_server: OpenAIServer) -> None:
    openai_server.otherwise = lambda request: Answer(str(request["seed"]))
    assert (await ask(openai_server, seed=5)).json()["choices"][0]["message"]["content"] == "5"


@pytest.mark.parametrize("reply", [DROP, Answer("hello", drop_after=2)])
async def test_a_dropped_connection(openai_server: OpenAIServer, reply: Answer) -> None:
    openai_server.will(reply)
    with pytest.raises(httpx.TransportError):
        await ask(openai_server, stream=True)


async def test_it_notices_who_hangs_up(openai_server: OpenAIServer) -> None:
    openai_server.will(Endless(lambda number: str(number)))
    async with (
        httpx.AsyncClient(trust_env=False) as client,
        client.stream("POST", openai_server.url + "/chat/completions", json={"stream": True}) as reply,
    ):
        async for _ in reply.aiter_lines():
            break
    exchange = openai_server.exchanges[0]
    assert exchange.over.wait(10)
    assert exchange.hung_up
