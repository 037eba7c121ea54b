"""Decomposition: the model sketches a proof in steps, and each step is proved on its own."""

from dataclasses import dataclass, field, replace

from agent.llm.parsing import read_proof
from agent.one_line import one_line, shortened
from agent.prover.case import Case
from agent.prover.events import Working
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.prompted import Prompted
from agent.prover.report import OpenReason
from agent.prover.steps import KnownSteps, StepProver, StepWork, facts, proved_by, step_work, summary
from agent.prover.strategy import Workshop
from agent.prover.trials import trial_seconds, tried
from tools.environment.protocol import LeanError, ProofFinished, TacticState
from tools.lean.layout import ProofLines, as_tactics
from tools.lean.sketch import Sketch

_TOLD_LENGTH, _SHOWN_LENGTH = 4000, 100
_NO_SKETCH = "(no sketch)"
_UNREAD = "there is no proof in the answer: it must end with a fenced block of Lean that holds the whole sketch"
_AGAIN = "this sketch was refused before, for the same reason; mend it, or take another approach"
_UNPLACED = "its steps cannot be found again where it is put: write each `have` on a line of its own"
_OUT_OF_TIME = "not proved: out of time"


@dataclass(frozen=True)
class DecompositionStrategy:
    """Up to `revisions` sketches, each mended up to `repairs` times until Lean takes it; then its steps are proved.

    Steps are proved with the cheaper strategies, and then by decomposition again, up to `max_depth` sketches within
    each other. `known` is what is known of steps already, where this is done within a sketch.
    """

    revisions: int = 3
    repairs: int = 2
    max_depth: int = 2
    known: KnownSteps | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return "decomposition"

    @property
    def asks_model(self) -> bool:
        """Whether it needs a model."""
        return True

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Sketches and proves the steps, within the purse. Sketches and steps go to the lessons."""
        known = self.known if self.known is not None else KnownSteps()
        try:
            async with workshop.purse.timeout():
                return await _Decomposition(self, case, workshop, known).run()
        except TimeoutError:
            return Open(OpenReason.BUDGET, _OUT_OF_TIME)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A sketch that Lean takes, and its steps."""

    sketch: Sketch
    steps: tuple[StepWork, ...]


@dataclass
class _Decomposition:
    """The sketches at one case. `_refused` says of each sketch that is none why, by its tactic block."""

    strategy: DecompositionStrategy
    case: Case
    workshop: Workshop
    known: KnownSteps
    _refused: dict[str, str] = field(default_factory=dict[str, str])
    _last: str = ""

    def __post_init__(self) -> None:
        self._model = Prompted(self.case, self.workshop)

    async def run(self) -> Outcome:
        """All sketches."""
        self._refused = {lesson.text: lesson.why for lesson in self.workshop.lessons.of("sketch")}
        async with self.workshop.at(self.case) as environment:
            state = environment.initial_state
        for number in range(1, self.strategy.revisions + 1):
            sketched = await self._sketched(state, f"sketch {number} of {self.strategy.revisions}")
            if isinstance(sketched, _Laid):
                sketched = await self._built(sketched)
            if isinstance(sketched, Found):
                return sketched
        return Open(
            OpenReason.EXHAUSTED,
            f"not proved by {self.strategy.revisions} sketches; {one_line(self._last, _SHOWN_LENGTH)}",
        )

    # -- a sketch

    async def _sketched(self, state: TacticState, name: str) -> Found | _Laid | None:
        """A sketch that Lean takes; a proof where nothing is left open; None where the model has no such."""
        prompt, block = self._model.with_lessons("sketch", state), ""
        for turn in range(self.strategy.repairs + 1):
            self._show(f"{name}: asking for {'a repair' if turn else 'it'}")
            read = read_proof(await self._model.answer(prompt))
            proof, block, why = _NO_SKETCH, "", _UNREAD
            if read is not None:
                proof, block = read.text, as_tactics(read.text).text
                looked = await self._looked_at(block, proof, state)
                if not isinstance(looked, str):
                    return looked
                why = looked
            self._last = f"the last was refused: {why}"
            self._show(f"{name}: refused: {one_line(why, _SHOWN_LENGTH)}")
            errors = shortened(why, _TOLD_LENGTH)
            prompt = self._model.rendered("sketch_repair", state, sketch=proof, errors=errors)
        if block:
            self.workshop.lessons.learn("sketch", block, self._refused[block])
        return None

    async def _looked_at(self, block: str, proof: str, state: TacticState) -> Found | _Laid | str:
        """What Lean makes of a sketch, or why it is none."""
        if block in self._refused:
            self._model.repeats()
            return f"{self._refused[block]}\n\n{_AGAIN}".strip()
        first_line = 1 + len(ProofLines.parse(proof).lines) - block.count("\n") - 1
        trial = await tried(self.case, self.workshop, block, first_line=first_line, is_sketch=True)
        sketch = Sketch.parse(trial.block)
        if trial.passes and not sketch.steps:
            return Found((trial.block,))
        looked = await self._laid(sketch, state) if trial.passes else trial.told()
        if isinstance(looked, str):
            self._refused[block] = looked
        return looked

    async def _laid(self, sketch: Sketch, state: TacticState) -> _Laid | str:
        """The steps of a sketch as Lean shows them, or why it is no good."""
        document, holes = sketch.placed(self.case.document, self.case.hole)
        if not sketch.is_readable or len(holes) != len(sketch.steps):
            return _UNPLACED
        works: list[StepWork] = []
        for hole, step in zip(holes, sketch.steps, strict=True):
            case = Case(document, hole, self.case.number, self.case.hint, self.case.depth + 1)
            works.append(await step_work(case, step, self.known, self.workshop))
        named = frozenset(name for step in sketch.steps for name in step.names)
        problems = [why for work in works if (why := self.known.against(work, state.main_goal, named)) is not None]
        return "\n".join(problems) if problems else _Laid(sketch, tuple(works))

    # -- its steps

    async def _built(self, laid: _Laid) -> Found | None:
        """The whole proof, where every step is proved and Lean takes them together."""
        inner = self.case.depth + 1 < self.strategy.max_depth
        ladder = (*self.workshop.ladder, *([replace(self.strategy, known=self.known)] if inner else []))
        await StepProver(self.workshop, ladder, self.known).prove(laid.steps)
        proofs = [work.proof for work in laid.steps if work.proof is not None]
        if len(proofs) == len(laid.steps):
            block = laid.sketch.filled(proofs)
            if (why := await self._complaint(block)) is None:
                return Found((block,))
            why = f"every step was proved, but Lean does not take them together: {why}"
        else:
            why = summary(laid.steps)
        self._learn(laid, why)
        return None

    async def _complaint(self, block: str) -> str | None:
        """What Lean has against a whole proof; None: nothing."""
        self._show("putting the steps together")
        async with self.workshop.at(self.case) as environment:
            self.workshop.effort.tactics += 1
            outcome = await environment.run_tac(environment.initial_state, block, timeout=trial_seconds(self.workshop))
        if isinstance(outcome, ProofFinished):
            return None
        return outcome.error if isinstance(outcome, LeanError) else str(outcome)

    def _learn(self, laid: _Laid, why: str) -> None:
        lessons = self.workshop.lessons
        for work in facts(laid.steps):
            lessons.learn("lemma", work.step.statement, proved_by(work.proof or ""))
        lessons.learn("sketch", laid.sketch.text, why)
        self._refused[laid.sketch.text] = why
        self._last = why
        self._show(f"the sketch is given up: {one_line(why, _SHOWN_LENGTH)}")

    def _show(self, text: str) -> None:
        self.workshop.show(Working(self.case.number, "within a step: " * self.case.depth + text))
