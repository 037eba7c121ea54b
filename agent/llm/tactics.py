"""A model as a tactic generator for the search: asked several times, read strictly, ordered by likelihood."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
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
_FAILURES_IN_A_ROW = 3
# What no waiting and no other state will mend: the search is better ended than run without the model it was asked for.
_FOR_GOOD = frozenset({ModelErrorKind.NO_KEY, ModelErrorKind.UNKNOWN_MODEL})


@dataclass
class ModelTacticGenerator:
    """Asks a model for the next tactic; implements `TacticGenerator`.

    A state is put to the model `samples` times at `temperature`. `usage` sums up what was used, and `on_usage` is told
    of each asking. `failures` are the askings that came to nothing, for which the state got no candidates; after three
    in a row the model is `given_up`, and not asked again, and so it is when the model itself says that all is `spent`.
    Of `answers` so many were `unread`: no tactic is in them.
    """

    model: ChatModel
    prompts: PromptLibrary
    prompt: TacticPrompt = "tactic_suggestion"
    samples: int = _SAMPLES
    temperature: float = _TEMPERATURE
    usage: Usage = field(default_factory=Usage)
    failures: list[ModelError] = field(default_factory=list[ModelError])
    answers: int = 0
    unread: int = 0
    given_up: bool = False
    spent: bool = False
    on_usage: Callable[[Usage], None] | None = None
    _in_a_row: int = 0

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """The candidates for a state, the likeliest first.

        Raises `ModelError` when there is no key or no such model; other failures leave the state to other generators.
        """
        if self.given_up or self.spent:
            return ()
        message = Message(role="user", content=self._prompt(context, state))
        try:
            replies = await self.model.sample(
                [message], n=self.samples, temperature=self.temperature, log_probabilities=True
            )
        except ModelError as error:
            if error.kind in _FOR_GOOD:
                raise
            self._failed(error)
            return ()
        self._in_a_row = 0
        used = sum((reply.usage for reply in replies), Usage())
        self.usage += used
        if self.on_usage is not None:
            self.on_usage(used)
        self.answers += len(replies)
        self.unread += sum(not parse_tactics(reply.message.content) for reply in replies)
        return ranked(replies)

    def _failed(self, error: ModelError) -> None:
        if error.kind is ModelErrorKind.BUDGET:  # nothing was asked
            self.spent = True
            return
        self.failures.append(error)
        if error.kind is not ModelErrorKind.CONTEXT_TOO_LONG:  # another state is shorter
            self._in_a_row += 1
            self.given_up = self._in_a_row >= _FAILURES_IN_A_ROW

    def _prompt(self, context: SearchContext, state: TacticState) -> str:
        if self.prompt == "seed_tactic":
            return self.prompts.render("seed_tactic", state=state.pp)
        return self.prompts.render("tactic_suggestion", state=state.pp, context=describe(context, state.pp))


def ranked(replies: Sequence[ReplyFinished]) -> list[Candidate]:
    """The tactics of several samples, the likeliest first; ties by the samples that propose them, then as they came.

    A tactic's log-probability is the best mean over the tokens of a sample that proposes it. Where a sample with
    tactics comes without, all are estimated by the share of samples: the two measures cannot be compared. The cost of
    a tactic is the negative of it, above a base.
    """
    counts, best = Counter[str](), dict[str, float]()
    told = True
    for reply in replies:
        tactics, likely = parse_tactics(reply.message.content), reply.log_probability
        counts.update(tactics)
        told = told and (likely is not None or not tactics)
        if likely is not None:
            best |= {tactic: max(likely.mean, best.get(tactic, -math.inf)) for tactic in tactics}
    if not told:
        best = {tactic: math.log(count / len(replies)) for tactic, count in counts.items()}
    order = sorted(counts, key=lambda tactic: (-best[tactic], -counts[tactic]))
    return [_candidate(tactic, best[tactic]) for tactic in order]


def _candidate(tactic: str, log_probability: float) -> Candidate:
    return Candidate(tactic, _BASE_COST - log_probability, _SECONDS, origin="model", log_probability=log_probability)


def describe(context: SearchContext, goals: str) -> str:
    """What the file has that may help with the printed goals, as a model is told of it."""
    parts = {
        "lemmas of the file": context.lemmas_for(goals, _MAX_LEMMAS),
        "definitions in the goal": context.definitions_in(goals),
        "inductive types in the goal": context.types_in(goals),
        "tactics of the imports": sorted(context.tactics),
    }
    return "\n".join(f"- {what}: {', '.join(names)}" for what, names in parts.items() if names) or "- nothing"
