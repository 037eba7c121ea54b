"""A whole proof: the model writes it in one piece, and mends it with what Lean says."""

from dataclasses import dataclass, field

from agent.llm.chat import Message
from agent.llm.parsing import ProofRead, read_proof, without_reasoning
from agent.one_line import one_line, shortened
from agent.prover.case import Case
from agent.prover.events import Working
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.prompted import HIGH_TEMPERATURE, TEMPERATURE
from agent.prover.report import OpenReason
from agent.prover.strategy import Workshop
from agent.prover.trials import tried
from agent.prover.words import asked_for, to_know
from tools.lean.layout import ProofLines, as_tactics
from tools.search.whole_proof import ProofTrial
from tools.toolbox.suggesting import unresolved

_TOLD_LENGTH, _SHOWN_LENGTH = 4000, 100
_NO_PROOF = "(no proof)"
_UNREAD = "there is no proof in the answer: it must end with a fenced block of Lean that holds the whole proof"
_AGAIN = "this proof was refused before, for the same reason; mend it, or take another approach"


@dataclass(frozen=True)
class WholeProofStrategy:
    """Whole proofs: `samples` at first, and after each refusal as many repairs of the one that came furthest.

    After `rounds` repairs it is over. No proof is tried in Lean twice; when a model sends one again it is told so,
    and asked at a higher temperature from then on.
    """

    rounds: int = 3
    samples: int = 2

    @property
    def name(self) -> str:
        """What people call it."""
        return "whole proof"

    @property
    def asks_model(self) -> bool:
        """Whether it needs a model."""
        return True

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Asks, tries, and has it mended, within the purse. What Lean refuses goes to the lessons."""
        return await _Attempt(self, case, workshop).run()


@dataclass(frozen=True, slots=True)
class _Refused:
    """A proof that is none, as the model is told of it; `reach` says how far Lean came with it, below 0: not at all."""

    proof: str
    why: str
    reach: float = 0.0


@dataclass
class _Attempt:
    """The rounds at one case."""

    strategy: WholeProofStrategy
    case: Case
    workshop: Workshop
    _temperature: float = TEMPERATURE
    _refused: dict[str, _Refused] = field(default_factory=dict[str, _Refused])
    """What was refused so far, by its tactic block."""

    async def run(self) -> Outcome:
        """All rounds."""
        self._remember()
        messages = [Message(role="user", content=await self._first_prompt())]
        worst = _Refused(_NO_PROOF, _UNREAD)
        for number in range(self.strategy.rounds + 1):
            answers = await self._answers(messages, number)
            if answers is None or self.workshop.purse.seconds_left <= 0:
                return Open(OpenReason.BUDGET, f"not proved: out of time{self._last(worst)}")
            outcome = await self._tried(answers)
            if isinstance(outcome, Found):
                return outcome
            worst, answer = outcome
            self._show(f"round {number + 1}: refused: {one_line(worst.why, _SHOWN_LENGTH)}")
            messages += [Message(role="assistant", content=answer or _NO_PROOF), self._repair(worst)]
        return Open(OpenReason.EXHAUSTED, f"not proved after {self.strategy.rounds} repairs{self._last(worst)}")

    def _remember(self) -> None:
        for lesson in self.workshop.lessons.of("proof"):
            self._refused[lesson.text] = _Refused(_whole(lesson.text), lesson.why)

    # -- the model

    async def _first_prompt(self) -> str:
        async with self.workshop.at(self.case) as environment:
            state = environment.initial_state.pp
        assert self.workshop.prompts is not None  # of every run with a model
        context = to_know(self.case, self.workshop.lessons, state)
        return self.workshop.prompts.render("whole_proof", statement=asked_for(self.case), state=state, context=context)

    def _repair(self, refused: _Refused) -> Message:
        assert self.workshop.prompts is not None  # of every run with a model
        text = self.workshop.prompts.render(
            "repair", statement=asked_for(self.case), proof=refused.proof, errors=shortened(refused.why, _TOLD_LENGTH)
        )
        return Message(role="user", content=text)

    async def _answers(self, messages: list[Message], number: int) -> list[str] | None:
        """The answers of a round, None where the time is over before they are there."""
        workshop = self.workshop
        assert workshop.model is not None  # only then is it on the ladder
        self._show(f"round {number + 1}: asking {workshop.model.name} for {'a repair' if number else 'a whole proof'}")
        try:
            async with workshop.purse.timeout():
                replies = await workshop.model.sample(messages, n=self.strategy.samples, temperature=self._temperature)
        except TimeoutError:
            return None
        return [without_reasoning(reply.message.content) for reply in replies]

    # -- Lean

    async def _tried(self, answers: list[str]) -> Found | tuple[_Refused, str]:
        """A proof among the answers, or the refusal to go on from, with the answer that it is about."""
        best: tuple[_Refused, str] | None = None
        for answer in dict.fromkeys(answers):
            read = read_proof(answer)
            result = _Refused(_NO_PROOF, _UNREAD, -1.0) if read is None else await self._one(read)
            if isinstance(result, Found):
                return result
            if best is None or result.reach > best[0].reach:
                best = result, answer
        assert best is not None  # a model gives one answer at least, or raises
        return best

    async def _one(self, read: ProofRead) -> Found | _Refused:
        lines = as_tactics(read.text)
        block = lines.text
        if (known := self._refused.get(block)) is not None:
            self._temperature = HIGH_TEMPERATURE
            return _Refused(known.proof, f"{known.why}\n\n{_AGAIN}".strip(), -0.5)
        if refused := [*read.refused, *filter(None, [unresolved(block)])]:
            return self._learn(block, _Refused(read.text, "; ".join(refused)))
        trial = await self._in_lean(block, 1 + len(ProofLines.parse(read.text).lines) - len(lines.lines))
        if trial.passes:
            return Found((trial.block,))
        return self._learn(block, _Refused(read.text, trial.told(), trial.reach))

    async def _in_lean(self, block: str, first_line: int) -> ProofTrial:
        count = block.count("\n") + 1
        self._show(f"trying a proof of {count} line{'s' if count > 1 else ''} in Lean")
        return await tried(self.case, self.workshop, block, first_line=first_line)

    def _learn(self, block: str, refused: _Refused) -> _Refused:
        self._refused[block] = refused
        self.workshop.lessons.learn("proof", block, refused.why)
        return refused

    # -- telling

    def _last(self, refused: _Refused) -> str:
        return (
            f"; the last was refused: {one_line(refused.why, _SHOWN_LENGTH)}"
            if self._refused
            else "; the model wrote no proof"
        )

    def _show(self, text: str) -> None:
        self.workshop.show(Working(self.case.number, text))


def _whole(block: str) -> str:
    """A tactic block as a whole proof."""
    return "by" + ProofLines.parse(block).on_own_lines(2)
