"""Puts a run of `qed prove` together: from what was asked for and the settings to the options of the prover."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.assistant import chat_model
from agent.config import Config, load_config
from agent.llm.chat import ChatModel
from agent.prompts import PromptLibrary
from agent.prover.agents import AgentsForFiles
from agent.prover.journal import RunJournal
from agent.prover.ladder import with_model
from agent.prover.lasting_targets import lasting
from agent.prover.memory import RunMemory
from agent.prover.options import WITHOUT_MODEL, ProveOptions
from agent.prover.purse import Allowance, Purse
from agent.prover.report import RunReport
from agent.prover.request import RunRequest
from agent.prover.selection import Target
from agent.prover.strategies.decomposition import DecompositionStrategy
from tools.environment.names import DEFAULT_ENVIRONMENT, EnvironmentName
from tools.lean.acceptance.verdict import ProofStatus

_SECONDS, _SECONDS_WITH_MODEL = 30.0, 300.0
_JOBS, _JOBS_WITH_MODEL = 1, 4


@dataclass(frozen=True)
class RunSetup:
    """A run that can begin. One run has one set of settings: those of the first file's project.

    `model` is None for a run without one; it has not been looked at yet (`ChatModel.check`).
    """

    request: RunRequest
    targets: Sequence[Target]
    config: Config
    model: ChatModel | None
    prompts: PromptLibrary | None

    @classmethod
    def of(cls, request: RunRequest, folder: Path) -> "RunSetup":
        """What was asked for in a folder (the working folder, unless the run is gone on with from another).

        Raises `QedError`.
        """
        typed = request.targets if folder == Path.cwd() else tuple(str(folder / text) for text in request.targets)
        targets = [Target.parse(text) for text in typed]
        config = load_config(targets[0].path)
        name = None if request.no_model else request.model or config.model.name
        if name is None:
            return cls(request, targets, config, None, None)
        prompts = PromptLibrary.load(targets[0].path.absolute().parent)
        return cls(request, targets, config, chat_model(config, name, prompts), prompts)

    def journal(self, folder: Path) -> RunJournal:
        """The journal of a new run."""
        name = self.model.name if self.model else None
        targets = tuple(str(lasting(target)) for target in self.targets)
        return RunJournal.begin(self.request.of_model(name).model_copy(update={"targets": targets}), folder, name)

    @property
    def toolchain(self) -> str:
        """The Lean that was asked for."""
        return self.request.toolchain or self.config.lean.toolchain

    @property
    def environment(self) -> EnvironmentName:
        """Where tactics are tried."""
        return self.request.environment or self.config.lean.environment

    @property
    def lemmas(self) -> bool:
        """Whether helper lemmas may be put above declarations; without a model, or in LeanDojo, there are none."""
        allowed = self.request.lemmas or self.config.prove.lemmas
        return allowed and self.model is not None and self.environment == DEFAULT_ENVIRONMENT

    def lemmas_would_be_next(self, report: RunReport) -> bool:
        """Whether a hole is open that has come as far on the ladder as helper lemmas, which nobody has allowed."""
        if self.lemmas or self.environment != DEFAULT_ENVIRONMENT:
            return False
        before = DecompositionStrategy().name
        still_open = (hole for hole in report.holes if hole.status is ProofStatus.NOT_PROVED)
        return any(before in (each.strategy for each in hole.tried) for hole in still_open)

    def options(self, journal: RunJournal) -> ProveOptions:
        """How to prove; the journal gets the model, and its purse the limits of the run."""
        journal.model, journal.purse.allowance = self.model, self.allowance()
        options = self.options_with(journal, journal.purse)
        return replace(options, ladder=with_model(lemmas=True), lemmas=True) if self.lemmas else options

    def options_with(self, memory: RunMemory, purse: Purse) -> ProveOptions:
        """How to prove, with this memory and this purse of the run; whatever is allowed, without helper lemmas."""
        request, config, prove = self.request, self.config, self.config.prove
        return ProveOptions(
            hole=Allowance(
                seconds=request.timeout or prove.timeout or (_SECONDS_WITH_MODEL if self.model else _SECONDS),
                tokens=request.hole_tokens or prove.hole_tokens,
                cost=request.hole_cost or prove.hole_cost,
            ),
            max_heartbeats=prove.max_heartbeats,
            allowed_axioms=prove.allowed_axioms,
            limits=config.lean.limits(),
            dry_run=request.dry_run,
            include_errors=request.include_errors,
            recheck=request.recheck,
            environment=self.environment,
            recipe=config.search_recipe(),
            ladder=with_model() if self.model else WITHOUT_MODEL,
            jobs=request.jobs or prove.jobs or (_JOBS_WITH_MODEL if self.model else _JOBS),
            memory=memory,
            purse=purse,
            prompts=self.prompts,
            agents=AgentsForFiles(config, self.toolchain) if self.model else None,
        )

    def allowance(self) -> Allowance:
        """The limits of the run."""
        request, prove = self.request, self.config.prove
        if self.model is None:
            return Allowance(seconds=request.max_seconds or prove.max_seconds)
        return Allowance(
            seconds=request.max_seconds or prove.max_seconds,
            tokens=request.max_tokens or prove.max_tokens,
            cost=request.max_cost or prove.max_cost,
        )
