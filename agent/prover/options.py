"""How a run proves."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from agent.prompts import PromptLibrary
from agent.prover.commits import ProofCommits
from agent.prover.memory import NoMemory, RunMemory
from agent.prover.purse import Allowance, Purse
from agent.prover.strategies.search import SearchStrategy
from agent.prover.strategy import Strategy
from tools.environment.names import DEFAULT_ENVIRONMENT, EnvironmentName
from tools.lean.machine import MachineLimits
from tools.lean.toolchain import Toolchain
from tools.search.recipe import SearchRecipe

WITHOUT_MODEL: Sequence[Strategy] = (SearchStrategy(),)
"""The ladder of a run without a model."""


class StrategyForFiles(Protocol):
    """A strategy that has things of its own while a file is worked on: it is opened for the file, and closed."""

    @property
    def workers(self) -> int:
        """The Lean workers that it needs; they are leased along with those of the work on the file."""
        ...

    def opened(self, toolchain: Toolchain, file: Path) -> AbstractAsyncContextManager[Strategy]:
        """The strategy for the holes of a file."""
        ...


@dataclass(frozen=True, slots=True)
class ProveOptions:
    """How to prove: what each hole may cost, whether to write, what a proof may rest on, whether to ask a checker.

    `environment` is where tactics are tried, `recipe` how they are searched for. `ladder` are the strategies, the
    cheapest first, and `agents` opens the last of them; `jobs` holes are worked on at once. `memory` has the model, if
    there is one, and `purse` is that of the whole run. `prompts` are there where there is a model. With `commits` every
    proof is committed. With `lemmas` a proof may bring lemmas that are put above its declaration.
    """

    hole: Allowance
    max_heartbeats: int
    allowed_axioms: tuple[str, ...]
    limits: MachineLimits
    dry_run: bool = False
    include_errors: bool = False
    recheck: bool = False
    environment: EnvironmentName = DEFAULT_ENVIRONMENT
    recipe: SearchRecipe = field(default_factory=SearchRecipe)
    ladder: Sequence[Strategy] = WITHOUT_MODEL
    jobs: int = 1
    memory: RunMemory = field(default_factory=NoMemory)
    purse: Purse = field(default_factory=Purse)
    prompts: PromptLibrary | None = None
    commits: ProofCommits | None = None
    agents: StrategyForFiles | None = None
    lemmas: bool = False

    @property
    def jobs_at_once(self) -> int:
        """How many holes can be worked on at once with the workers of this machine."""
        return max(1, min(self.jobs, self.limits.max_workers - self._others))

    @property
    def workers(self) -> int:
        """The Lean workers that the work on a file needs."""
        return self.jobs_at_once + self._others

    @property
    def _others(self) -> int:
        """The acceptance check's worker, and the agents'."""
        return 1 + (self.agents.workers if self.agents else 0)

    def allowance(self, seconds: float | None) -> Allowance:
        """What a hole may cost, where the person allows it other `seconds`."""
        return self.hole if seconds is None else replace(self.hole, seconds=seconds)
