"""A model as a tactic generator for the search: asked several times, read strictly, ordered by agreement."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from agent.llm.chat import ChatModel, Message, ReplyFinished, Usage
from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.parsing import parse_tactics
from agent.prompts import PromptLibrary
from tools.environment.protocol import TacticState
from tools.search.generator import Candidate, SearchContext

TacticPrompt = Literal["tactic_suggestion", "seed_tactic"]

_BASE_COST = 0.5
_SECONDS = 5.0
_MAX_LEMMAS = 20
_SAMPLES, _TEMPERATURE = 8, 1.0
# What no waiting and no other state will mend: the search is better ended than run without the model it was asked for.
_FOR_GOOD = frozenset({ModelErrorKind.NO_KEY, ModelErrorKind.UNKNOWN_MODEL})


@dataclass
class ModelTacticGenerator:
    """Asks a model for the next tactic; implements `TacticGenerator`.

    A state is put to the model `samples` times at `temperature`. A tactic's cost is the negative logarithm of the
    share of samples that propose it (above a base), an estimate of its negative log-probability. `usage` sums up what
    was used; `failures` are the requests that came to nothing, for which the state got no candidates.
    """

    model: ChatModel
    prompts: PromptLibrary
    prompt: TacticPrompt = "tactic_suggestion"
    samples: int = _SAMPLES
    temperature: float = _TEMPERATURE
    usage: Usage = field(default_factory=Usage)
    failures: list[ModelError] = field(default_factory=list[ModelError])

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """The candidates for a state, the most frequent first.

        Raises `ModelError` when there is no key or no such model; other failures leave the state to other generators.
        """
        message = Message(role="user", content=self._prompt(context, state))
        try:
            replies = await self.model.sample([message], n=self.samples, temperature=self.temperature)
        except ModelError as error:
            if error.kind in _FOR_GOOD:
                raise
            self.failures.append(error)
            return ()
        for reply in replies:
            self.usage += reply.usage
        return ranked(replies)

    def _prompt(self, context: SearchContext, state: TacticState) -> str:
        if self.prompt == "seed_tactic":
            return self.prompts.render("seed_tactic", state=state.pp)
        return self.prompts.render("tactic_suggestion", state=state.pp, context=describe(context, state.pp))


def ranked(replies: Sequence[ReplyFinished]) -> list[Candidate]:
    """The tactics of several samples, those that most samples propose first; ties as they came."""
    counts: Counter[str] = Counter()
    for reply in replies:
        counts.update(parse_tactics(reply.message.content))
    return [
        Candidate(tactic, _BASE_COST + math.log(len(replies) / count), _SECONDS, origin="model")
        for tactic, count in counts.most_common()
    ]


def describe(context: SearchContext, goals: str) -> str:
    """What the file has that may help with the printed goals, as a model is told of it."""
    parts = {
        "lemmas of the file": context.lemmas_for(goals, _MAX_LEMMAS),
        "definitions in the goal": context.definitions_in(goals),
        "inductive types in the goal": context.types_in(goals),
        "tactics of the imports": sorted(context.tactics),
    }
    return "\n".join(f"- {what}: {', '.join(names)}" for what, names in parts.items() if names) or "- nothing"
