"""What a strategy is, and what it works with."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from agent.llm.chat import ChatModel
from agent.llm.errors import ModelError, ModelErrorKind
from agent.prompts import PromptLibrary
from agent.prover.case import Case
from agent.prover.events import ProverEvent
from agent.prover.lessons import Lessons
from agent.prover.outcome import Open, Outcome
from agent.prover.purse import Purse
from agent.prover.report import OpenReason
from tools.environment.desks import Desks
from tools.environment.opening import HoleEnvironments
from tools.environment.protocol import ProofEnvironment, UnusableEnvironmentError
from tools.errors import QedError
from tools.search.recipe import Searches


@dataclass
class Effort:
    """What a strategy has done so far, for the report: Lean calls, states, and the search tree if there is one."""

    tactics: int = 0
    nodes: int = 0
    tree: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class Workshop:
    """What strategies work with at one hole.

    `model` is metered: what it uses is spent from `purse`, and it raises `ModelError` (`BUDGET`) once that is empty.
    `lessons` are what was learned so far and what is learned now. `ladder` are the strategies that are cheaper than the
    one at work, for what comes up on the way (a step of a sketch).
    """

    environments: HoleEnvironments
    desks: Desks
    searches: Searches
    purse: Purse
    lessons: Lessons
    show: Callable[[ProverEvent], None]
    effort: Effort = field(default_factory=Effort)
    model: ChatModel | None = None
    prompts: PromptLibrary | None = None
    ladder: "Sequence[Strategy]" = ()

    @contextlib.asynccontextmanager
    async def at(self, case: Case) -> AsyncGenerator[ProofEnvironment]:
        """An environment at the hole of a case. Waits for a free desk: nobody may hold one while waiting for another.

        Raises `QedError` where the hole cannot be worked on.
        """
        async with self.desks.environment(self.environments.at(case.document, case.hole)) as environment:
            yield environment

    @contextlib.asynccontextmanager
    async def sketching_at(self, case: Case) -> AsyncGenerator[ProofEnvironment]:
        """The same, but tactics may be sketches (see `tools.lean.sketch`)."""
        async with self.desks.environment(self.environments.for_sketches(case.document, case.hole)) as environment:
            yield environment

    @contextlib.asynccontextmanager
    async def proving_lemma(self, case: Case) -> AsyncGenerator[ProofEnvironment]:
        """The same for a lemma that was made up; raises `QedError` also where its statement has errors."""
        async with self.desks.environment(self.environments.for_lemmas(case.document, case.hole)) as environment:
            yield environment


class Strategy(Protocol):
    """One way to a proof."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def asks_model(self) -> bool:
        """Whether it needs a model."""
        ...

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Works on a case within the purse. What it learns goes to the lessons.

        Raises `QedError` for what keeps this strategy from working at all, `ModelError` where the model does.
        """
        ...


async def attempted(strategy: Strategy, case: Case, workshop: Workshop) -> Outcome:
    """What comes of a strategy; what keeps it from working is no reason to end the run."""
    try:
        return await strategy.attempt(case, workshop)
    except UnusableEnvironmentError:
        raise
    except ModelError as error:
        reason = OpenReason.BUDGET if error.kind is ModelErrorKind.BUDGET else OpenReason.MODEL
        return Open(reason, error.message)
    except QedError as error:
        return Open(OpenReason.LEAN, error.message)
