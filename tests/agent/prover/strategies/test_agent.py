"""An agent at a hole: real Lean, the real tools, and a real HTTP server for the model."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.config import Config
from agent.conversation.session import list_sessions
from agent.prover.agents import AgentsForFiles
from agent.prover.outcome import Found, Open
from agent.prover.purse import Allowance, Purse
from agent.prover.report import OpenReason
from agent.prover.strategies.agent import AgentStrategy
from tests.agent.prover.workshop import OpenWorkshop, paid_model, workshop
from tests.openai_server import HANG, Answer, Call, OpenAIServer
from tools.lean.machine import MachineLimits, lease_workers
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
TEXT = (
    "axiom P : Nat → Prop\naxiom step : ∀ n, P n → P (n + 1)\n\n"
    "theorem other (h : P 0) : P 1 := by\n  sorry\n\n"
    "theorem two (h : P 0) : P 2 ∧ P 1 := by\n  have one : P 1 := step 0 h\n  sorry\n"
)
PROOF = "exact ⟨step 1 one, one⟩"


@contextlib.asynccontextmanager
async def at_work(
    toolchain: Toolchain, lean: LeanServer, server: OpenAIServer, folder: Path, allowance: Allowance | None = None
) -> AsyncGenerator[tuple[OpenWorkshop, AgentStrategy]]:
    """An agent at the second hole of a file on the disk, which stays as it is."""
    file = folder / "Two.lean"
    file.write_text(TEXT, encoding="utf-8")
    purse = Purse(allowance or Allowance())
    # While the agent is at work, its run holds all workers of the machine.
    limits = MachineLimits.default()
    opened = AgentsForFiles(Config(), toolchain.kind.value).opened(Toolchain(toolchain.kind, folder), file)
    async with (
        lease_workers(limits.max_workers, limits),
        workshop(toolchain, lean, TEXT, hole=2, file=file, model=paid_model(server, purse), purse=purse) as at,
        opened as agent,
    ):
        with purse.working():
            yield at, agent
    assert file.read_text(encoding="utf-8") == TEXT
    assert not list_sessions()


def call(tool: str, **arguments: Any) -> Answer:
    """An answer that calls one tool."""
    return Answer(calls=(Call(tool, arguments),))


def answered(server: OpenAIServer) -> list[str]:
    """What the tools have answered by the last request."""
    return [each["content"] for each in server.requests[-1]["messages"] if each["role"] == "tool"]


async def test_it_looks_tries_and_submits(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    openai_server.will(
        call("outline", file="Two.lean"),
        call("try_tactics", file="Two.lean", declaration="two", tactics=["omega", "constructor"]),
        call("submit_proof", proof="constructor\n· exact step 1 h\n· exact one"),
        call("submit_proof", proof=PROOF),
    )
    async with at_work(toolchain, lean, openai_server, tmp_path) as (at, agent):
        at.workshop.lessons.learn("tactic", "decide")
        assert await agent.attempt(at.case, at.workshop) == Found((PROOF,))
    first = openai_server.requests[0]
    tools = {each["function"]["name"] for each in first["tools"]}
    assert {"goals", "try_tactics", "search_proof", "find_premises", "submit_proof"} <= tools
    assert not tools & {"write_proof", "edit_file"}
    task = first["messages"][-1]["content"]
    assert "`two`, line 9 of `Two.lean`" in task and "one : P 1\n⊢ P 2 ∧ P 1" in task and "- `decide`" in task
    outline, tried, refused = answered(openai_server)
    assert "other" in outline and "progress" in tried and "line 2: " in refused
    assert [each.text for each in at.workshop.lessons.of("proof")] == ["constructor\n· exact step 1 h\n· exact one"]
    assert at.workshop.effort.tactics >= 2 and at.workshop.purse.usage.total_tokens == 60
    assert "the agent calls try_tactics" in at.told


async def test_one_that_never_submits(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    openai_server.will(call("try_tactics", file="Two.lean", declaration="two", tactics=[PROOF]))
    openai_server.otherwise = Answer("It is proved: ⟨step 1 one, one⟩ does it.")
    async with at_work(toolchain, lean, openai_server, tmp_path) as (at, agent):
        outcome = await agent.attempt(at.case, at.workshop)
    assert isinstance(outcome, Open) and outcome.reason is OpenReason.MODEL
    assert outcome.detail.startswith("the agent gave up: It is proved")
    assert len(openai_server.requests) == 4  # it was told twice that nothing is proved
    assert "Lean does not agree with you" in openai_server.requests[-1]["messages"][-1]["content"]


async def test_one_that_comes_to_no_end(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    openai_server.otherwise = call("read_file", file="Two.lean")
    async with at_work(toolchain, lean, openai_server, tmp_path) as (at, agent):
        outcome = await AgentStrategy(agent.tools, replies=3).attempt(at.case, at.workshop)
    assert outcome == Open(OpenReason.EXHAUSTED, "not proved after 3 replies")
    assert len(openai_server.requests) == 3


async def test_the_purse_is_spent_in_the_middle(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    openai_server.otherwise = call("read_file", file="Two.lean")
    async with at_work(toolchain, lean, openai_server, tmp_path, Allowance(tokens=20)) as (at, agent):
        outcome = await agent.attempt(at.case, at.workshop)
    assert isinstance(outcome, Open) and outcome.reason is OpenReason.BUDGET
    assert len(openai_server.requests) == 2 and "what may be spent is spent" in outcome.detail


async def test_the_time_is_over_while_the_model_thinks(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    openai_server.otherwise = HANG
    async with at_work(toolchain, lean, openai_server, tmp_path, Allowance(seconds=8)) as (at, agent):
        assert await agent.attempt(at.case, at.workshop) == Open(OpenReason.BUDGET, "not proved: out of time")


async def test_a_step_of_a_sketch_is_left_to_others(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    async with at_work(toolchain, lean, openai_server, tmp_path) as (at, agent):
        outcome = await agent.attempt(replace(at.case, depth=1), at.workshop)
    assert isinstance(outcome, Open) and not openai_server.requests
