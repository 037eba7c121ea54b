"""A model in a search that does not answer as it should: the search goes on, and it is told. Real Lean, real HTTP."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, Callable, Sequence

import pytest

from agent.llm.litellm_model import LiteLLMModel
from agent.llm.settings import ModelSettings
from agent.prompts import PromptLibrary
from agent.prover.asked_model import AskedModel
from tests.openai_server import DROP, HANG, Answer, OpenAIServer, Refusal, Scripted
from tests.tools.search.holes import at_hole
from tools.environment.protocol import TacticState
from tools.lean.server import LeanServer
from tools.search.engine import ProofSearch
from tools.search.generator import Candidate, SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.policy import BestFirst
from tools.search.scorer import HeuristicScorer
from tools.search.tracked import TrackedEnvironment

pytestmark = pytest.mark.lean
# Nothing helps, and what is tried fails quickly: the search goes on until it is ended.
HARD = """theorem hard (P Q : Nat → Prop) (h : ∀ n, P n → P n) (k : ∀ n, P n → P n) (n : Nat) : Q n := by
  sorry
"""
LIMITS = SearchLimits(seconds=600, tactics=100_000, nodes=100_000)


class Facts:
    """Proposes facts that are true and of no use, in every state others: a trial takes milliseconds."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """Four facts."""
        return [Candidate(f"have : {number} = {number} := rfl") for number in itertools.islice(self._numbers, 4)]


@pytest.fixture
def asked(openai_server: OpenAIServer) -> AskedModel:
    """A model behind the scripted server, to be consulted beside the trials."""
    settings = ModelSettings(model="hosted_vllm/test", base_url=openai_server.url, retries=0)
    model = LiteLLMModel("scripted", {"scripted": settings})
    return AskedModel(model, PromptLibrary.load(), BestFirst(), "tactic_suggestion", samples=2)


@contextlib.asynccontextmanager
async def searching(lean: LeanServer, asked: AskedModel, limits: SearchLimits = LIMITS) -> AsyncGenerator[Budget]:
    """A search that runs until the block is left; it must not have ended by then."""
    budget = Budget(limits)
    asked.within(budget)
    async with at_hole(lean, HARD) as environment:
        tracked = TrackedEnvironment(environment, budget, lambda _: None)
        search = ProofSearch(
            tracked,
            SearchContext(),
            (Facts(),),
            HeuristicScorer(),
            budget,
            consulted=(asked,),
        )
        running = asyncio.ensure_future(search.run())
        try:
            yield budget
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    """Waits for something that happens sooner or later."""
    end = time.monotonic() + 240
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


async def goes_on(budget: Budget) -> None:
    """Waits for more trials and states."""
    tactics, nodes = budget.tactics, budget.nodes
    await until(lambda: budget.tactics > tactics + 8 and budget.nodes > nodes)


async def goes_on_without(budget: Budget, server: OpenAIServer) -> None:
    """Waits for more trials and states; what was being asked has ended by then, and nothing is asked any more."""
    await goes_on(budget)
    requests = len(server.requests)
    await goes_on(budget)
    assert len(server.requests) == requests


async def test_while_a_slow_model_thinks(lean: LeanServer, asked: AskedModel, openai_server: OpenAIServer) -> None:
    openai_server.otherwise = HANG
    async with searching(lean, asked) as budget:
        await until(lambda: bool(openai_server.requests))
        await goes_on(budget)
        assert not any(exchange.over.is_set() for exchange in openai_server.exchanges)
    assert asked.usage.total_tokens == 0 and asked.notes() == []
    await until(lambda: all(exchange.hung_up for exchange in openai_server.exchanges))


async def test_with_nonsense(lean: LeanServer, asked: AskedModel, openai_server: OpenAIServer) -> None:
    openai_server.otherwise = Answer("I would think about it for a while.")
    async with searching(lean, asked) as budget:
        await until(lambda: budget.tokens > 30)
        await goes_on(budget)
    account = asked.plain()
    assert account["failures"] == 0 and account["tokens"] == budget.tokens
    assert asked.notes() == [f"{account['answers']} of {account['answers']} answers of scripted held no tactic"]


@pytest.mark.parametrize("reply", [Refusal(500, "out of order"), Refusal(401, "go away"), DROP])
async def test_a_model_that_dies(
    lean: LeanServer, asked: AskedModel, openai_server: OpenAIServer, reply: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_KEY", "not-the-right-one")
    openai_server.will(Refusal(400, "n must be 1"), Answer("have := h n"), Answer("have := k n"))
    openai_server.otherwise = reply
    async with searching(lean, asked) as budget:
        await until(lambda: asked.given_up)
        await goes_on_without(budget, openai_server)
    assert asked.usage.total_tokens == 30
    (note,) = asked.notes()
    assert note.startswith("scripted could not be asked ") and "; it was not asked again: " in note


async def test_a_limit(lean: LeanServer, asked: AskedModel, openai_server: OpenAIServer) -> None:
    usage = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000, "cost": 0.5}
    openai_server.otherwise = Answer("have := h n", usage=usage)
    async with searching(lean, asked, SearchLimits(seconds=600, tactics=100_000, nodes=100_000, cost=0.9)) as budget:
        await until(lambda: asked.held_back)
        await goes_on_without(budget, openai_server)
    assert budget.cost >= 0.9 and budget.cost == asked.usage.cost
    assert any("a limit was reached" in note for note in asked.notes())
