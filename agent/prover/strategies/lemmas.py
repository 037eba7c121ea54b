"""Helper lemmas: the model states lemmas that are to stand above a theorem, and proves it from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agent.llm.parsing import last_block
from agent.one_line import one_line, shortened
from agent.prover.case import Case
from agent.prover.events import Working
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.prompted import Prompted
from agent.prover.report import OpenReason
from agent.prover.steps import KnownSteps, StepProver, StepWork, lemma_work, proved_by, summary
from agent.prover.strategy import Workshop
from agent.prover.trials import tried
from tools.environment.protocol import TacticState, UnusableEnvironmentError
from tools.errors import QedError
from tools.lean.document import Hole
from tools.lean.helper_lemmas import HelperLemma, LemmaProof, read_lemmas
from tools.lean.insertion import Insertion, no_place
from tools.lean.sketch import SketchStep

_TOLD_LENGTH, _SHOWN_LENGTH = 4000, 100
_NO_LEMMAS = "-- (nothing that can be read)"
_UNREAD = "there is no fenced block of Lean in the answer: it must end with one that holds the lemmas and the theorem"
_AGAIN = "the same was refused before, for the same reason; mend it, or take another approach"
_A_STEP = "helper lemmas are for theorems of the file, and this is a step of a proof"
_OUT_OF_TIME = "not proved: out of time"


@dataclass(frozen=True)
class LemmaStrategy:
    """Up to `rounds` sets of lemmas, each mended up to `repairs` times until the theorem follows; then they are proved.

    Lemmas are proved with the cheaper strategies. Only for holes that are all of a theorem's proof.
    """

    rounds: int = 3
    repairs: int = 2

    @property
    def name(self) -> str:
        """What people call it."""
        return "helper lemmas"

    @property
    def asks_model(self) -> bool:
        """Whether it needs a model."""
        return True

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Finds lemmas and proves them, within the purse. What failed, and what is true, goes to the lessons."""
        if why := _A_STEP if case.depth else no_place(case.document, case.hole):
            return Open(OpenReason.EXHAUSTED, f"not tried: {why}")
        try:
            async with workshop.purse.timeout():
                return await _Lemmas(self, case, workshop).run()
        except TimeoutError:
            return Open(OpenReason.BUDGET, _OUT_OF_TIME)


@dataclass(frozen=True, slots=True)
class _Laid:
    """Lemmas from which Lean takes the theorem, as the model is told of them, and the work on each."""

    proof: LemmaProof
    text: str
    works: tuple[StepWork, ...]


@dataclass
class _Lemmas:
    """The rounds at one theorem. `_refused` says of what is no good why, by its text."""

    strategy: LemmaStrategy
    case: Case
    workshop: Workshop
    known: KnownSteps = field(default_factory=KnownSteps)
    _refused: dict[str, str] = field(default_factory=dict[str, str])
    _last: str = ""

    def __post_init__(self) -> None:
        self._model = Prompted(self.case, self.workshop)

    async def run(self) -> Outcome:
        """All rounds."""
        rounds = self.strategy.rounds
        self._refused = {lesson.text: lesson.why for lesson in self.workshop.lessons.of("lemmas")}
        async with self.workshop.at(self.case) as environment:
            state = environment.initial_state
        for number in range(1, rounds + 1):
            stated = await self._stated(state, f"lemmas {number} of {rounds}")
            if isinstance(stated, _Laid):
                stated = await self._built(stated)
            if stated is not None:
                return stated
        detail = f"not proved by {rounds} sets of helper lemmas; {one_line(self._last, _SHOWN_LENGTH)}"
        return Open(OpenReason.EXHAUSTED, detail)

    # -- lemmas, and the theorem from them

    async def _stated(self, state: TacticState, name: str) -> Found | _Laid | None:
        """Lemmas from which the theorem follows; a proof that needs none; None where the model has no such."""
        prompt, text = self._model.with_lessons("lemma_decomposition", state), ""
        for turn in range(self.strategy.repairs + 1):
            self._show(f"{name}: asking for {'a repair' if turn else 'them'}")
            code = last_block(await self._model.answer(prompt))
            declaration = self.case.document.declaration_of(self.case.hole)
            read = _UNREAD if code is None else read_lemmas(code, declaration.name)
            shown, text = (code or "").strip() or _NO_LEMMAS, ""
            if isinstance(read, LemmaProof):
                proof = read.for_theorem(self.case.document, declaration)
                shown = text = proof.told(self.case.statement)
                read = await self._looked_at(proof, text, state)
                if not isinstance(read, str):
                    return read
            self._last = f"the last were refused: {read}"
            self._show(f"{name}: refused: {one_line(read, _SHOWN_LENGTH)}")
            prompt = self._model.rendered("lemma_repair", state, lemmas=shown, errors=shortened(read, _TOLD_LENGTH))
        if text:
            self.workshop.lessons.learn("lemmas", text, self._refused[text])
        return None

    async def _looked_at(self, proof: LemmaProof, text: str, state: TacticState) -> Found | _Laid | str:
        """What Lean makes of lemmas and the proof from them, or why it is none."""
        if text in self._refused:
            self._model.repeats()
            return f"{self._refused[text]}\n\n{_AGAIN}".strip()
        looked = await self._laid(proof, text, state)
        if isinstance(looked, str):
            self._refused[text] = looked
        return looked

    async def _laid(self, proof: LemmaProof, text: str, state: TacticState) -> Found | _Laid | str:
        document = self.case.document
        insertion = Insertion.above(document, document.declaration_of(self.case.hole), proof.lemmas)
        if problems := insertion.problems():
            return "; ".join(problems)
        works: list[StepWork] = []
        for hole, lemma in zip(insertion.holes, proof.lemmas, strict=True):
            looked = await self._shown(self._case_at(insertion, hole), lemma)
            if isinstance(looked, str):
                return looked
            works.append(looked)
        if found := [why for each in works if (why := self.known.against(each, state.main_goal)) is not None]:
            return "\n".join(found)
        return await self._followed(insertion, proof, text, works)

    def _case_at(self, insertion: Insertion, hole: Hole) -> Case:
        return replace(self.case, document=insertion.after, hole=hole, depth=self.case.depth + 1)

    async def _shown(self, case: Case, lemma: HelperLemma) -> StepWork | str:
        """A lemma as Lean sees it, or what Lean has against its statement."""
        statement = " ".join(f"{lemma.name}{lemma.signature}".split())
        try:
            return await lemma_work(case, SketchStep(statement, frozenset({lemma.name})), self.known, self.workshop)
        except UnusableEnvironmentError:
            raise
        except QedError as error:
            return f"the statement of `{lemma.name}`: {error.message}"

    async def _followed(
        self, insertion: Insertion, proof: LemmaProof, text: str, works: Sequence[StepWork]
    ) -> Found | _Laid | str:
        """Whether the theorem follows from the lemmas."""
        case = self._case_at(insertion, insertion.moved(self.case.hole))
        first_line = text.count("\n") - proof.proof.count("\n") + 1
        trial = await tried(case, self.workshop, proof.proof, first_line=first_line)
        if not trial.passes:
            return trial.told()
        proof = replace(proof, proof=trial.block)
        return _Laid(proof, text, tuple(works)) if proof.mentioned_in(proof.proof) else Found((trial.block,))

    # -- the proofs of the lemmas

    async def _built(self, laid: _Laid) -> Found | None:
        """The theorem with the lemmas that it needs, where each of them is proved."""
        for lemma, work in zip(laid.proof.lemmas, laid.works, strict=True):
            if work.outcome is None and lemma.proof is not None:
                trial = await tried(work.case, self.workshop, lemma.proof)
                work.outcome = Found((trial.block,)) if trial.passes else None
        await StepProver(self.workshop, self.workshop.ladder, self.known, "lemma").prove(laid.works)
        proved = _with_proofs(laid)
        needed = proved.needed()
        if all(lemma.proof is not None for lemma in needed.lemmas):
            return Found((needed.proof,), needed.lemmas)
        self._learn(laid, proved, summary(laid.works))
        return None

    def _learn(self, laid: _Laid, proved: LemmaProof, why: str) -> None:
        lessons, open_names = self.workshop.lessons, set[str]()
        for lemma, work in zip(proved.lemmas, laid.works, strict=True):
            if lemma.proof is None or open_names & proved.mentioned_in(lemma.proof):
                open_names.add(lemma.name)
            else:
                lessons.learn("lemma", work.step.statement, proved_by(lemma.proof))
        lessons.learn("lemmas", laid.text, why)
        self._refused[laid.text] = self._last = why
        self._show(f"the lemmas are given up: {one_line(why, _SHOWN_LENGTH)}")

    def _show(self, text: str) -> None:
        self.workshop.show(Working(self.case.number, text))


def _with_proofs(laid: _Laid) -> LemmaProof:
    pairs = zip(laid.proof.lemmas, laid.works, strict=True)
    return replace(laid.proof, lemmas=tuple(replace(lemma, proof=work.proof) for lemma, work in pairs))
