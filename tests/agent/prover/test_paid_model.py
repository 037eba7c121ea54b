"""The metered model: nothing is asked without money, nothing is paid for twice."""

import asyncio
import contextlib
import math
from collections.abc import Sequence

import pytest

from agent.llm.chat import Message, ReasoningDelta, ReplyFinished, ReplyPart, TextDelta, ToolSpec, Usage
from agent.llm.errors import ModelError, ModelErrorKind
from agent.prover.paid_model import PaidModel
from agent.prover.purse import Allowance, Purse
from agent.prover.under_way import UnderWay
from tests.agent.prover.paid import HeldModel, KeptAnswers

HELLO = [Message(role="user", content="hello " * 10)]
TOOL = ToolSpec(name="look", description="looks", parameters={})


def _free() -> HeldModel:
    model = HeldModel()
    model.go.set()
    return model


async def _sample(model: PaidModel, text: str = "hello", n: int = 1, temperature: float = 1.0) -> Sequence[str]:
    replies = await model.sample([Message(role="user", content=text)], n=n, temperature=temperature)
    return [reply.message.content for reply in replies]


async def _reply(model: PaidModel, tools: Sequence[ToolSpec] = ()) -> list[ReplyPart]:
    return [part async for part in model.reply(HELLO, tools)]


async def _others_turn() -> None:
    """Lets every task go on as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_is_used_is_spent_here_and_above() -> None:
    run = Purse()
    purse, answers = Purse(above=run), KeptAnswers()
    model = PaidModel(_free(), purse, answers)
    assert (model.name, model.context_tokens) == ("held", 8_000)
    assert await _sample(model) == ["answer 1"]
    parts = await _reply(model)
    assert isinstance(parts[-1], ReplyFinished) and len(parts) == 3
    assert purse.usage == run.usage
    assert (run.usage.total_tokens, run.usage.cost) == (30, 0.5)
    assert len(answers.kept) == 2 and not answers.lost_usage


@pytest.mark.parametrize("limit", [Allowance(tokens=15), Allowance(cost=0.25), Allowance(seconds=0)])
@pytest.mark.parametrize("of_the_run", [True, False])
async def test_an_empty_purse_is_not_asked_for_more(limit: Allowance, of_the_run: bool) -> None:
    purse = Purse(above=Purse(limit)) if of_the_run else Purse(limit, above=Purse())
    inner = _free()
    model = PaidModel(inner, purse, KeptAnswers())
    with contextlib.suppress(ModelError):
        await _sample(model)
    asked = inner.asked
    with pytest.raises(ModelError) as caught:
        await _sample(model)
    with pytest.raises(ModelError) as streamed:
        await _reply(model)
    assert caught.value.kind is streamed.value.kind is ModelErrorKind.BUDGET and caught.value.hint
    assert inner.asked == asked <= 1


async def test_answers_come_again_for_nothing_each_once_and_in_their_order() -> None:
    first = KeptAnswers()
    model = PaidModel(_free(), Purse(), first)
    assert [*await _sample(model), *await _sample(model)] == ["answer 1", "answer 2"]
    await _reply(model)
    inner, purse = _free(), Purse(Allowance(tokens=0))  # what was paid for needs no money
    again = PaidModel(inner, purse, first.afterwards())
    assert [*await _sample(again), *await _sample(again)] == ["answer 1", "answer 2"]
    assert await _reply(again) == [TextDelta(text="answer 3"), first.kept[2][1][0]]
    assert purse.usage == Usage() and inner.asked == 0
    with pytest.raises(ModelError):
        await _sample(again)


async def test_another_request_is_another_request() -> None:
    first = KeptAnswers()
    await _sample(PaidModel(_free(), Purse(), first))
    for text, n, temperature in (("hullo", 1, 1.0), ("hello", 2, 1.0), ("hello", 1, 0.5)):
        inner = _free()
        await _sample(PaidModel(inner, Purse(), first.afterwards()), text, n, temperature)
        assert inner.asked == 1, (text, n, temperature)
    inner = HeldModel(name="another")
    inner.go.set()
    await _sample(PaidModel(inner, Purse(), first.afterwards()))
    assert inner.asked == 1
    replied = KeptAnswers()
    await _reply(PaidModel(_free(), Purse(), replied))
    inner = _free()
    await _reply(PaidModel(inner, Purse(), replied.afterwards()), [TOOL])
    assert inner.asked == 1


async def test_reasoning_is_streamed_again_but_is_no_part_of_a_request() -> None:
    reply = ReplyFinished.model_validate(
        {
            "message": {"role": "assistant", "content": "", "reasoning": "hm"},
            "usage": {},
            "finish": "stop",
            "model": "held",
        }
    )
    first = KeptAnswers()
    await _reply(PaidModel(_free(), Purse(), first))
    (request, _) = first.kept[0]
    kept = KeptAnswers()
    kept.known[request].append([reply])
    thought = [HELLO[0].model_copy(update={"reasoning": "aha"})]
    parts = [part async for part in PaidModel(_free(), Purse(), kept).reply(thought)]
    assert parts == [ReasoningDelta(text="hm"), reply]


async def test_a_reply_that_is_broken_off_is_paid_for_by_estimate() -> None:
    answers, purse, inner = KeptAnswers(), Purse(), _free()
    model = PaidModel(inner, purse, answers)
    await _sample(model)  # 15 tokens for 25 cents
    inner.go.clear()
    async with contextlib.aclosing(model.reply(HELLO)) as parts:
        assert await anext(parts) == TextDelta(text="I ")
    (lost,) = answers.lost_usage
    assert (lost.prompt_tokens, lost.completion_tokens) == (15, 1)
    assert lost.cost is not None and math.isclose(lost.cost, 16 * 0.25 / 15)
    assert len(answers.kept) == 1 and inner.at_once == 0
    assert purse.usage.total_tokens == 31 and not purse.unpriced


@pytest.mark.parametrize("stream", [True, False])
async def test_a_request_that_is_cancelled_is_paid_for_by_estimate(stream: bool) -> None:
    answers, purse, inner = KeptAnswers(), Purse(), HeldModel()
    model = PaidModel(inner, purse, answers)
    task = asyncio.ensure_future(_reply(model) if stream else _sample(model, HELLO[0].content))
    await inner.streaming.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (lost,) = answers.lost_usage
    assert lost == Usage(prompt_tokens=15, completion_tokens=2 if stream else 0)
    assert purse.usage == lost and purse.unpriced and not answers.kept


async def test_what_is_refused_costs_nothing() -> None:
    answers, purse = KeptAnswers(), Purse()
    model = PaidModel(HeldModel(error=ModelError(ModelErrorKind.NO_KEY, "no key")), purse, answers)
    for asking in (_sample(model), _reply(model)):
        with pytest.raises(ModelError, match="no key"):
            await asking
    assert purse.usage == Usage() and not answers.lost_usage and not answers.kept


async def test_many_at_once_do_not_overdraw() -> None:
    """Of forty that ask at once so many are under way as the purse may bear, and the rest is refused at the end."""
    inner, run = HeldModel(), Purse(Allowance(tokens=3_000))
    under_way = UnderWay()
    models = [PaidModel(inner, Purse(above=run), KeptAnswers(), under_way=under_way) for _ in range(4)]
    tasks = [asyncio.ensure_future(_sample(model, f"{number}")) for number in range(10) for model in models]
    await inner.streaming.wait()
    await _others_turn()
    assert inner.at_once == 3  # of a thousand tokens each, by estimate
    inner.go.set()
    assert all(len(answer) == 1 for answer in await asyncio.gather(*tasks))
    assert inner.asked == 40 and run.usage.total_tokens == 600 and under_way.tokens == 0


@pytest.mark.parametrize("priced", [True, False])
async def test_the_first_answer_tells_the_price(priced: bool) -> None:
    inner, run = HeldModel(priced=priced), Purse(Allowance(cost=500.0))
    model = PaidModel(inner, run, KeptAnswers())
    first = [asyncio.ensure_future(_sample(model, f"{number}")) for number in range(5)]
    await inner.streaming.wait()
    await _others_turn()
    assert inner.at_once == 1
    inner.go.set()
    await asyncio.gather(*first)
    inner.go.clear()
    later = [asyncio.ensure_future(_sample(model, f"{number}")) for number in range(5)]
    await _others_turn()
    assert inner.at_once == 5 and run.unpriced is not priced
    inner.go.set()
    await asyncio.gather(*later)


async def test_who_waits_for_room_is_refused_when_the_rest_is_spent() -> None:
    inner, purse = HeldModel(), Purse(Allowance(tokens=15))
    model = PaidModel(inner, purse, KeptAnswers())
    first, second = (asyncio.ensure_future(_sample(model, text)) for text in ("one", "two"))
    await inner.streaming.wait()
    inner.go.set()
    assert await first == ["answer 1"]
    with pytest.raises(ModelError, match="not asked"):
        await second
    assert inner.asked == 1


async def test_a_check_is_the_inner_models() -> None:
    inner = HeldModel()
    await PaidModel(inner, Purse(), KeptAnswers()).check()
    assert inner.checked == 1
