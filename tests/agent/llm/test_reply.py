"""Replies as they come: text, reasoning, tool calls, usage, and what cuts them short."""

import asyncio
import contextlib
import math

import pytest

from agent.llm.chat import FinishReason, Message, ReplyFinished, TextDelta, ToolCall
from agent.llm.errors import ModelError, ModelErrorKind
from tests.agent.llm.conftest import MakeModel
from tests.agent.llm.replies import HELLO, LOOK, finished, parts_of, shown, thought
from tests.openai_server import HANG, Answer, Call, Endless, OpenAIServer

PROVIDERS = ("hosted_vllm/test", "openai/test", "fireworks_ai/test", "openrouter/test")


@pytest.mark.parametrize("name", PROVIDERS)
async def test_text_reasoning_and_usage(openai_server: OpenAIServer, model: MakeModel, name: str) -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "total_tokens": 120,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 7},
        "cost": 0.25,
    }
    field = "reasoning" if name.startswith("openrouter") else "reasoning_content"
    openai_server.will(Answer("Use simp.", reasoning="Let me think.", reasoning_field=field, usage=usage))
    parts = await parts_of(model(name).reply(HELLO))
    last = parts[-1]
    assert isinstance(last, ReplyFinished)
    assert (shown(parts), last.message.content) == ("Use simp.", "Use simp.")
    assert (thought(parts), last.message.reasoning) == ("Let me think.", "Let me think.")
    assert last.usage.prompt_tokens == 100
    assert last.usage.cached_tokens == 64
    assert last.usage.reasoning_tokens == 7
    assert last.usage.cost == 0.25
    assert last.finish is FinishReason.STOP
    assert last.model == "mine"
    assert len([part for part in parts if isinstance(part, TextDelta)]) > 1


async def test_a_price_from_the_table(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("hi"), Answer("hi"))
    known = await finished(model("openai/gpt-4o").reply(HELLO))
    unknown = await finished(model("openai/test").reply(HELLO))
    assert known.usage.cost is not None
    assert math.isclose(known.usage.cost, 10 * 2.5e-6 + 5 * 1e-5)
    assert unknown.usage.cost is None


async def test_reasoning_in_tags(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("<think>is it < 3?</think>\n\nsimp", piece=3))
    parts = await parts_of(model().reply(HELLO))
    last = parts[-1]
    assert isinstance(last, ReplyFinished)
    assert (thought(parts), shown(parts).strip()) == ("is it < 3?", "simp")
    assert (last.message.reasoning, last.message.content) == ("is it < 3?", "simp")


async def test_reasoning_is_not_sent_back(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("hi"))
    history = [*HELLO, Message(role="assistant", content="yes", reasoning="secret thought"), *HELLO]
    await finished(model().reply(history))
    assert "secret thought" not in str(openai_server.requests)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_several_tool_calls(openai_server: OpenAIServer, model: MakeModel, name: str) -> None:
    calls = (Call("look", {"path": "Basic.lean"}), Call("look", '{"path": "Or'), Call("nonsense", {}))
    openai_server.will(Answer("I look.", calls=calls))
    last = await finished(model(name, tool_calling="native").reply(HELLO, [LOOK]))
    assert last.finish is FinishReason.TOOL_CALLS
    assert last.message.tool_calls == (
        ToolCall(id="call_0", name="look", arguments='{"path": "Basic.lean"}'),
        ToolCall(id="call_1", name="look", arguments='{"path": "Or'),
        ToolCall(id="call_2", name="nonsense", arguments="{}"),
    )
    assert openai_server.requests[0]["tools"][0]["function"]["name"] == "look"


async def test_calls_and_results_go_back(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("hi"))
    call = ToolCall(id="call_7", name="look", arguments='{"path": "A.lean"}')
    history = [
        *HELLO,
        Message(role="assistant", tool_calls=(call,)),
        Message(role="tool", content="empty", tool_call_id="call_7"),
    ]
    await finished(model(tool_calling="native").reply(history, [LOOK]))
    _, assistant, result = openai_server.requests[0]["messages"]
    assert assistant["tool_calls"][0]["id"] == result["tool_call_id"] == "call_7"
    assert assistant["tool_calls"][0]["function"]["arguments"] == '{"path": "A.lean"}'


async def test_the_limit_on_tokens(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("cut o", finish="length"))
    last = await finished(model(max_output_tokens=7, temperature=0.5).reply(HELLO))
    assert last.finish is FinishReason.LENGTH
    request = openai_server.requests[0]
    assert (request["max_tokens"], request["temperature"]) == (7, 0.5)


async def test_an_endless_answer_is_cut(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Endless(lambda number: f"line {number * number}, "))
    last = await finished(model(max_output_tokens=50).reply(HELLO))
    assert last.finish is FinishReason.LENGTH
    assert last.message.content.startswith("line 0, line 1, line 4, ")
    assert last.usage.completion_tokens > 0
    assert openai_server.exchanges[0].over.wait(10)
    assert openai_server.exchanges[0].hung_up


@pytest.mark.parametrize("piece", ["simp\n", "{}. simp\n", "simp ", "\n"])
async def test_endless_repetition_is_cut(openai_server: OpenAIServer, model: MakeModel, piece: str) -> None:
    openai_server.will(Endless(piece.format))
    last = await finished(model().reply(HELLO))
    assert last.finish is FinishReason.RUNAWAY
    assert last.message.content.count("simp") <= 4
    assert openai_server.exchanges[0].over.wait(10)
    assert openai_server.exchanges[0].hung_up


async def test_closing_ends_the_request(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Endless(str))
    async with contextlib.aclosing(model().reply(HELLO)) as parts:
        async for _ in parts:
            break
    assert await asyncio.to_thread(openai_server.exchanges[0].over.wait, 10)
    assert openai_server.exchanges[0].hung_up


@pytest.mark.parametrize("name", ["hosted_vllm/test", "openai/test"])
async def test_cancelling_ends_the_request(openai_server: OpenAIServer, model: MakeModel, name: str) -> None:
    openai_server.will(HANG)
    task = asyncio.create_task(finished(model(name).reply(HELLO)))
    await asyncio.to_thread(openai_server.wait_for_request)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(openai_server.exchanges[0].over.wait, 10)
    assert openai_server.exchanges[0].hung_up


async def test_a_content_filter(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("I was going to", finish="content_filter"))
    with pytest.raises(ModelError) as caught:
        await finished(model().reply(HELLO))
    assert caught.value.kind is ModelErrorKind.REFUSED
    assert len(openai_server.requests) == 1
