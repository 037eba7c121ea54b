"""A workshop on real Lean for the tests of strategies: a text, one of its holes, and a scripted model if need be."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.llm.chat import ChatModel
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.retry import Backoff
from agent.llm.settings import ModelSettings
from agent.prompts import PromptLibrary
from agent.prover.case import Case
from agent.prover.events import ProverEvent, Working
from agent.prover.lessons import Lessons
from agent.prover.paid_model import PaidModel
from agent.prover.purse import Purse
from agent.prover.strategy import Strategy, Workshop
from tests.agent.prover.paid import KeptAnswers
from tests.openai_server import OpenAIServer
from tests.warm import warm_desks
from tools.environment.opening import Site, through_language_server
from tools.lean.artifacts import artifacts_of
from tools.lean.document import Document
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain
from tools.search.recipe import SearchRecipe

_HEARTBEATS = 200_000


@dataclass
class OpenWorkshop:
    """A workshop, the case that it works on, and what has happened."""

    case: Case
    workshop: Workshop
    events: list[ProverEvent] = field(default_factory=list[ProverEvent])

    @property
    def told(self) -> list[str]:
        """The words of all `Working` events."""
        return [event.text for event in self.events if isinstance(event, Working)]

    def at(self, number: int) -> Case:
        """The case of another hole of the same text, from 1."""
        return replace(self.case, hole=self.case.document.holes[number - 1], number=number)


@contextlib.asynccontextmanager
async def workshop(
    toolchain: Toolchain,
    lean: LeanServer,
    text: str,
    *,
    hole: int = 1,
    hint: str = "",
    file: Path = Path("/scratch/Case.lean"),
    model: ChatModel | None = None,
    purse: Purse | None = None,
    ladder: Sequence[Strategy] = (),
    desks: int = 1,
) -> AsyncGenerator[OpenWorkshop]:
    """A workshop for one hole (from 1) of a text, which need not be on the disk."""
    document = Document.parse(text)
    is_artifact = artifacts_of(toolchain, text)
    environments = await through_language_server(Site(file, _HEARTBEATS, is_artifact, lambda _: None), document)
    events: list[ProverEvent] = []
    async with SearchRecipe().searches(toolchain) as searches:
        made = Workshop(
            environments,
            warm_desks(lean, file, desks),
            searches,
            purse or Purse(),
            Lessons(),
            events.append,
            model=model,
            prompts=PromptLibrary.load(),
            ladder=ladder,
        )
        yield OpenWorkshop(Case(document, document.holes[hole - 1], hole, hint), made, events)


def paid_model(server: OpenAIServer, purse: Purse) -> PaidModel:
    """A model behind the scripted server whose answers are paid from a purse."""
    return PaidModel(scripted_model(server), purse, KeptAnswers())


def scripted_model(server: OpenAIServer) -> LiteLLMModel:
    """A model behind the scripted server, asked through litellm and HTTP; it hardly waits between its attempts."""
    settings = ModelSettings(model="hosted_vllm/test", base_url=server.url, tool_calling="native", retries=0)
    return LiteLLMModel("scripted", {"scripted": settings}, backoff=Backoff(first=0.01))
