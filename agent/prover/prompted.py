"""The model of a workshop, asked about one case by prompts."""

from dataclasses import dataclass

from agent.llm.chat import Message
from agent.prover.case import Case
from agent.prover.lessons import Lessons
from agent.prover.strategy import Workshop
from agent.prover.words import asked_for, to_know
from tools.environment.protocol import TacticState

TEMPERATURE, HIGH_TEMPERATURE = 0.6, 1.0
"""How a model is asked for proofs, and how when it repeats itself."""
_NOTHING = "Nothing has been tried yet."


@dataclass
class Prompted:
    """Asks one question at a time; hotter from the moment on when the model repeats itself."""

    case: Case
    workshop: Workshop
    _temperature: float = TEMPERATURE

    def repeats(self) -> None:
        """The model has said the same again."""
        self._temperature = HIGH_TEMPERATURE

    async def answer(self, prompt: str) -> str:
        """What it answers. Raises `ModelError`."""
        assert self.workshop.model is not None  # only then is it on the ladder
        message = Message(role="user", content=prompt)
        replies = await self.workshop.model.sample([message], n=1, temperature=self._temperature)
        return replies[0].message.content

    def with_lessons(self, name: str, state: TacticState) -> str:
        """A prompt that says all that is known of the case; the lessons have a place of their own in it."""
        context = to_know(self.case, Lessons(), state.pp)
        lessons = self.workshop.lessons.describe() or _NOTHING
        return self.rendered(name, state, context=context, lessons=lessons)

    def rendered(self, name: str, state: TacticState, **slots: str) -> str:
        """A prompt about the case at its start."""
        assert self.workshop.prompts is not None  # of every run with a model
        return self.workshop.prompts.render(name, statement=asked_for(self.case), state=state.pp, **slots)
