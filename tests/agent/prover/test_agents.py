"""Agents in the work on a whole file: real Lean, the real tools, a real HTTP server for the model."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.config import Config
from agent.llm.chat import ChatModel
from agent.prompts import PromptLibrary
from agent.prover.agents import AgentsForFiles
from agent.prover.events import ProverEvent
from agent.prover.memory import NoMemory
from agent.prover.options import ProveOptions
from agent.prover.prove_file import FileRun
from agent.prover.purse import Allowance, Purse
from agent.prover.selection import Target
from agent.prover.strategies.whole_proof import WholeProofStrategy
from tests.agent.prover.workshop import paid_model
from tests.openai_server import Answer, Call, OpenAIServer
from tools.environment.session import LeanSession
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
AXIOMS = "axiom P : Nat → Prop\naxiom step : ∀ n, P n → P (n + 1)\n\n"
TEXT = (
    f"{AXIOMS}theorem one (h : P 0) : P 1 := sorry\n\ntheorem two (h : P 0) : P 2 ∧ P 1 := by\n"
    "  constructor\n  · sorry\n  · exact one h\n"
)


@dataclass
class ModelOfRun(NoMemory):
    """A memory that has the scripted model."""

    server: OpenAIServer

    def model_for(self, key: str, purse: Purse) -> ChatModel | None:
        """The model."""
        return paid_model(self.server, purse)


def script(request: dict[str, list[dict[str, str]]]) -> Answer:
    """No whole proof; the agent tries, and submits what it has tried."""
    prompt = next(each["content"] for each in request["messages"] if each["role"] == "user")
    name, proof = ("one", "exact step 0 h") if "P 0\n⊢ P 1" in prompt else ("two", "exact step 1 (one h)")
    if "tools" not in request:
        return Answer("I would rather look at it first.")
    if request["messages"][-1]["role"] == "tool":
        return Answer(calls=(Call("submit_proof", {"proof": proof}),))
    return Answer(calls=(Call("try_tactics", {"file": "Two.lean", "declaration": name, "tactics": [proof]}),))


async def test_several_holes_on_a_machine_of_two_workers(
    toolchain: Toolchain, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    file = tmp_path / "Two.lean"
    file.write_text(TEXT, encoding="utf-8")
    openai_server.otherwise = script
    config = Config.model_validate({"lean": {"max_workers": 2}})
    options = ProveOptions(
        hole=Allowance(seconds=300),
        max_heartbeats=200_000,
        allowed_axioms=("P", "step"),
        limits=config.lean.limits(),
        ladder=(WholeProofStrategy(rounds=0, samples=1),),
        jobs=2,
        memory=ModelOfRun(openai_server),
        prompts=PromptLibrary.load(),
        agents=AgentsForFiles(config, toolchain.kind.value),
    )
    events: list[ProverEvent] = []
    work = FileRun(file, (Target.parse(str(file)),), options, events.append)
    lean = LeanSession.opened(Toolchain(toolchain.kind, tmp_path), options.limits, workers=options.workers)
    async with lean as session:
        await work.run(session)
    assert [each.strategy for each in work.report().holes] == ["agent", "agent"]
    assert [[each.strategy for each in hole.tried] for hole in work.report().holes] == [["whole proof", "agent"]] * 2
    text = file.read_text(encoding="utf-8")
    assert "theorem one (h : P 0) : P 1 := step 0 h\n" in text and "  · exact step 1 (one h)\n" in text
