"""The steps of a sketch, or helper lemmas: what Lean shows of each, and the work on all of them."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agent.prover.case import Case
from agent.prover.events import Working
from agent.prover.lessons import Lessons
from agent.prover.outcome import Disproved, Found, Open, Outcome
from agent.prover.purse import Purse
from agent.prover.report import OpenReason
from agent.prover.share import ShareOfModel
from agent.prover.strategy import Effort, Strategy, Workshop, attempted
from tools.environment.protocol import ProofEnvironment, ProofFinished
from tools.lean.goals import Goal
from tools.lean.sketch import SketchStep
from tools.lean.tokens import tokenize
from tools.search.prove import asks_for_data
from tools.search.refute import Refutation

_AGAIN_SECONDS = 20.0
_NO_SHARE = Open(OpenReason.BUDGET, "not proved: its share is spent")


@dataclass(frozen=True)
class KnownSteps:
    """What came of the steps at one hole, in all its sketches and at all depths.

    `proofs` are by what they show, as Lean prints it: whether one fits a step, Lean is asked. What is `false`, and what
    nobody could prove (`stuck`), is by the whole goal.
    """

    proofs: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    false: dict[str, Refutation] = field(default_factory=dict[str, Refutation])
    stuck: dict[str, Open] = field(default_factory=dict[str, Open])

    def learn(self, goal: str, outcome: Outcome) -> None:
        """Takes down what came of a step."""
        match outcome:
            case Found(proofs):
                self.proofs.setdefault(Goal.parse(goal).target, []).append(proofs[0])
            case Disproved(refutation):
                self.false[goal] = refutation
            case Open():
                self.stuck[goal] = outcome

    def against(self, work: "StepWork", goal: Goal, named: frozenset[str] = frozenset()) -> str | None:
        """Why a step is no way to a goal, whatever it is part of; `named` are the names of all steps with it."""
        if not work.is_fact:
            return f"`{work.step.statement}` asks for data: give the value by `let`, and state facts about it"
        if _is_again(Goal.parse(work.goal), goal, named):
            return f"`{work.step.statement}` is the goal again: the goal has to follow from steps that are easier"
        if (refutation := self.false.get(work.goal)) is not None:
            return f"`{work.step.statement}` is {refutation.describe()}"
        if work.outcome is None and (stuck := self.stuck.get(work.goal)) is not None:
            return f"`{work.step.statement}` was tried before, and is stuck ({stuck.detail}): take smaller steps"
        return None


@dataclass
class StepWork:
    """A step under work: its place in the text with the sketch, its goal as Lean prints it, and what came of it."""

    case: Case
    step: SketchStep
    goal: str
    is_fact: bool
    outcome: Outcome | None = None

    @property
    def difficulty(self) -> int:
        """How hard it may be, as far as the length of what it states tells."""
        return sum(1 for _ in tokenize(Goal.parse(self.goal).target))

    @property
    def hypotheses(self) -> frozenset[str]:
        """The names of its hypotheses."""
        return frozenset(name for each in Goal.parse(self.goal).hypotheses for name in each.names)

    @property
    def proof(self) -> str | None:
        """Its proof, where there is one."""
        return self.outcome.proofs[0] if isinstance(self.outcome, Found) else None

    def described(self) -> str:
        """The step, and what came of it."""
        match self.outcome:
            case Found():
                return f"`{self.step.statement}` was proved, given the steps before it"
            case Disproved(refutation):
                return f"`{self.step.statement}` is {refutation.describe()}"
            case Open(_, detail):
                return f"`{self.step.statement}` is stuck: {detail}"
            case None:
                return f"`{self.step.statement}` was not worked on to the end"


def _is_again(step: Goal, goal: Goal, named: frozenset[str]) -> bool:
    """Whether a step is the goal itself, with nothing more to go by than other steps."""
    known = {(name, each.type) for each in goal.hypotheses for name in each.names}
    more = {name for each in step.hypotheses for name in each.names if (name, each.type) not in known}
    return step.target == goal.target and more <= named


def facts(works: Sequence[StepWork]) -> list[StepWork]:
    """The steps that are true whatever becomes of the sketch: proved, and not from steps that are not."""
    open_names = frozenset(name for work in works if work.proof is None for name in work.step.names)
    return [work for work in works if work.proof is not None and not open_names & work.hypotheses]


def proved_by(proof: str) -> str:
    """What is said of a step with this proof."""
    return "proved" if "\n" in proof else f"proved by `{proof}`"


def summary(works: Sequence[StepWork]) -> str:
    """What came of all steps, the worst first."""
    order = (Disproved, Open, type(None), Found)
    return "; ".join(work.described() for work in sorted(works, key=lambda each: order.index(type(each.outcome))))


async def step_work(case: Case, step: SketchStep, known: KnownSteps, workshop: Workshop) -> StepWork:
    """Has Lean show a step, and tries proofs that are known. Raises `QedError` where Lean shows none."""
    async with workshop.at(case) as environment:
        return await _work_in(environment, case, step, known, workshop)


async def lemma_work(case: Case, lemma: SketchStep, known: KnownSteps, workshop: Workshop) -> StepWork:
    """The same for a helper lemma. Raises `QedError` also where its statement has errors."""
    async with workshop.proving_lemma(case) as environment:
        return await _work_in(environment, case, lemma, known, workshop)


async def _work_in(
    environment: ProofEnvironment, case: Case, step: SketchStep, known: KnownSteps, workshop: Workshop
) -> StepWork:
    state = environment.initial_state
    work = StepWork(case, step, state.goals[0], not await asks_for_data(environment))
    for proof in known.proofs.get(state.main_goal.target, ()):
        workshop.effort.tactics += 1
        if isinstance(await environment.run_tac(state, proof, timeout=_AGAIN_SECONDS), ProofFinished):
            work.outcome = Found((proof,))
            break
    return work


class _StepIsFalseError(Exception):
    """The sketch leads nowhere: no other step need be proved."""


@dataclass
class StepProver:
    """Proves the steps of one sketch, each with one strategy after the other and a share of what is left.

    `kind` is what people call a step.
    """

    workshop: Workshop
    strategies: Sequence[Strategy]
    known: KnownSteps
    kind: str = "step"
    _unfinished: int = 0

    async def prove(self, works: Sequence[StepWork]) -> None:
        """Works on all that are open, the easiest first, as many at once as there are desks.

        All end as soon as one is false. What becomes of each is its `outcome`.
        """
        waiting = [(number, work) for number, work in enumerate(works, 1) if work.outcome is None]
        waiting.sort(key=lambda each: each[1].difficulty)
        self._unfinished = len(waiting)
        seats = asyncio.Semaphore(self.workshop.desks.size)
        try:
            async with asyncio.TaskGroup() as group:
                for number, work in waiting:
                    group.create_task(self._one(work, f"{self.kind} {number} of {len(works)}", seats))
        except* _StepIsFalseError:
            pass

    async def _one(self, work: StepWork, name: str, seats: asyncio.Semaphore) -> None:
        async with seats:
            self.workshop.show(Working(work.case.number, f"{name}: {work.step.statement}"))
            share = self._share()
            with share.working():
                work.outcome = await self._climbed(work.case, share)
        self._unfinished -= 1
        self.known.learn(work.goal, work.outcome)
        if isinstance(work.outcome, Disproved):
            raise _StepIsFalseError

    def _share(self) -> Purse:
        """For a step that begins; one more share is held back, for what comes after the steps."""
        turns = math.ceil(self._unfinished / self.workshop.desks.size)
        return self.workshop.purse.share(self._unfinished + 1, turns + 1)

    async def _climbed(self, case: Case, share: Purse) -> Outcome:
        """One strategy after the other, as long as the share lasts."""
        model = None if self.workshop.model is None else ShareOfModel(self.workshop.model, share)
        # What fails at a step says nothing about the hole.
        lessons, outcome = Lessons(), _NO_SHARE
        for strategy in self.strategies:
            if share.seconds_left <= 0 or (strategy.asks_model and not share.may_ask()):
                continue
            at_step = replace(self.workshop, purse=share, lessons=lessons, model=model, effort=Effort())
            try:
                result = await attempted(strategy, case, at_step)
            finally:
                self.workshop.effort.tactics += at_step.effort.tactics
                self.workshop.effort.nodes += at_step.effort.nodes
            if not isinstance(result, Open):
                return result
            outcome = result
        return outcome
