"""Tools for models that cannot call any: blocks in the answer."""

import json

import pytest

from agent.llm.chat import FinishReason, Message, ReplyFinished, ToolCall
from agent.llm.text_tools import BlockFilter, as_text, parse
from tests.agent.llm.conftest import MakeModel
from tests.agent.llm.replies import HELLO, LOOK, finished, parts_of, shown
from tests.openai_server import Answer, Call, OpenAIServer, Refusal

BLOCK = '```tool\n{"name": "look", "arguments": {"path": "A.lean"}}\n```\n'


@pytest.mark.parametrize("piece", [1, 3, 7, 1000])
async def test_blocks_become_calls(openai_server: OpenAIServer, model: MakeModel, piece: int) -> None:
    openai_server.will(Answer(f"I look at both.\n\n{BLOCK}\n{BLOCK}", piece=piece))
    parts = await parts_of(model().reply(HELLO, [LOOK]))
    last = parts[-1]
    assert isinstance(last, ReplyFinished)
    assert shown(parts).strip() == last.message.content == "I look at both."
    assert last.finish is FinishReason.TOOL_CALLS
    one, two = last.message.tool_calls
    assert (one.name, json.loads(one.arguments)) == ("look", {"path": "A.lean"})
    assert one.id != two.id


async def test_the_tools_are_described_and_not_sent(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer("hi"))
    await finished(model().reply([Message(role="system", content="You prove."), *HELLO], [LOOK]))
    request = openai_server.requests[0]
    assert "tools" not in request
    system = request["messages"][0]["content"]
    assert system.startswith("You prove.")
    assert "Looks at a file." in system
    assert '"required": ["path"]' in system


async def test_other_fences_are_shown(openai_server: OpenAIServer, model: MakeModel) -> None:
    text = "Try this:\n```lean\nby simp\n```\nor ```tool``` inline\n```toolbox\n```"
    openai_server.will(Answer(text, piece=2))
    parts = await parts_of(model().reply(HELLO, [LOOK]))
    last = parts[-1]
    assert isinstance(last, ReplyFinished)
    assert shown(parts) == last.message.content == text
    assert last.message.tool_calls == ()


def test_the_filter_and_the_parser_agree() -> None:
    for text in (f"a\n{BLOCK}b\n", f"{BLOCK}", "a ```tool\n", "  ```tool\nx\n  ```\nrest", "```tool\nunfinished", "``"):
        for size in (1, 2, 5, 100):
            blocks = BlockFilter()
            pieces = [text[start : start + size] for start in range(0, len(text), size)]
            visible = "".join(map(blocks.feed, pieces)) + blocks.end()
            assert visible.strip() == parse(text)[0].strip()


def test_malformed_blocks_are_calls_too() -> None:
    _, calls = parse('```tool\n{"name": "look", "arguments": {"path": \n```\n```tool\n[1]\n```\n```tool\n{}\n```')
    assert [call.name for call in calls] == ["look", "", ""]
    assert calls[0].arguments == '{"name": "look", "arguments": {"path":'


def test_results_become_one_message_of_the_user() -> None:
    calls = (ToolCall(id="1", name="look", arguments='{"path": "A"}'), ToolCall(id="2", name="try", arguments="{bad"))
    history = [
        *HELLO,
        Message(role="assistant", content="I look.", tool_calls=calls),
        Message(role="tool", content="theorem", tool_call_id="1"),
        Message(role="tool", content="no goals", tool_call_id="2"),
    ]
    _, said, results = as_text(history, [], str)
    assert said.tool_calls == ()
    assert parse(said.content)[1][0].name == "look"
    assert parse(said.content)[1][1].arguments == "{bad"
    assert results.role == "user"
    assert results.content == "Result of look:\ntheorem\n\nResult of try:\nno goals"


async def test_reasoning_is_no_call(openai_server: OpenAIServer, model: MakeModel) -> None:
    openai_server.will(Answer(f"<think>I could\n{BLOCK}</think>Done.", reasoning=BLOCK))
    last = await finished(model().reply(HELLO, [LOOK]))
    assert last.message.tool_calls == ()
    assert last.message.content == "Done."


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        Refusal(404, "No endpoints found that support tool use."),
    ],
)
async def test_a_provider_that_refuses_tools(openai_server: OpenAIServer, model: MakeModel, refusal: Refusal) -> None:
    openai_server.will(refusal, Answer(BLOCK), Answer("ok"))
    asked = model("openai/gpt-4o")
    last = await finished(asked.reply(HELLO, [LOOK]))
    assert last.message.tool_calls[0].name == "look"
    await finished(asked.reply(HELLO, [LOOK]))
    assert ["tools" in request for request in openai_server.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("name", "calling", "native"),
    [
        ("openai/gpt-4o", "auto", True),
        ("openai/gpt-4o", "text", False),
        ("hosted_vllm/mine", "auto", False),
        ("hosted_vllm/mine", "native", True),
    ],
)
async def test_the_protocol_follows_the_capability(
    openai_server: OpenAIServer, model: MakeModel, name: str, calling: str, native: bool
) -> None:
    openai_server.will(Answer(calls=(Call("look", {"path": "A"}),)) if native else Answer(BLOCK))
    last = await finished(model(name, tool_calling=calling).reply(HELLO, [LOOK]))
    assert [call.name for call in last.message.tool_calls] == ["look"]
    assert ("tools" in openai_server.requests[0]) == native
