"""The model of a search: guarded, asked only within the budget, and with an account of what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.llm.chat import ChatModel, Usage
from agent.llm.tactics import ModelTacticGenerator, TacticPrompt
from agent.prompts import PromptLibrary
from tools.environment.protocol import TacticState
from tools.search.generator import Candidate, SearchContext
from tools.search.guarded import GuardedGenerator
from tools.search.limits import Budget
from tools.search.policy import SearchPolicy

_SECONDS = 600.0
"""The model has time limits of its own, for each token; this is for what they do not see."""


@dataclass
class AskedModel:
    """A model that proposes tactics in one search; implements `TacticGenerator`.

    With a plain policy it proposes `alone`, state by state, as in the seed paper. With a guided one it is consulted
    beside the trials. With a budget (see `within`) what is used is spent from it, and the model is not asked once that
    is spent.
    """

    model: ChatModel
    prompts: PromptLibrary
    policy: SearchPolicy
    prompt: TacticPrompt
    samples: int
    unpriced: bool = False
    """Something was used whose price is not known."""
    _budget: Budget | None = None
    _held_back: bool = False
    _generator: ModelTacticGenerator = field(init=False)
    _guarded: GuardedGenerator = field(init=False)

    def __post_init__(self) -> None:
        self._generator = ModelTacticGenerator(
            self.model, self.prompts, self.prompt, samples=self.samples, on_usage=self._used
        )
        self._guarded = GuardedGenerator(self._generator, self.model.name, seconds=_SECONDS)

    def within(self, budget: Budget) -> None:
        """What is used from now on is spent from this budget."""
        self._budget = budget

    async def check(self) -> None:
        """Looks whether it can be asked, without asking. Raises `ModelError`."""
        await self.model.check()

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """What the model proposes. Raises `ModelError` when there is no key or no such model."""
        if self._budget is not None and not self._budget.may_ask():
            self._held_back = True
            return ()
        return await self._guarded.candidates(context, state)

    @property
    def alone(self) -> bool:
        """Whether nobody else proposes tactics."""
        return not self.policy.guided

    @property
    def failed(self) -> bool:
        """Whether it could not be asked for some state."""
        return bool(self._generator.failures or self._guarded.notes)

    @property
    def usage(self) -> Usage:
        """What was used so far."""
        return self._generator.usage

    @property
    def held_back(self) -> bool:
        """Whether a limit kept the model from being asked."""
        return self._held_back or self._generator.spent

    @property
    def given_up(self) -> bool:
        """Whether it failed so often that it was not asked any more."""
        return self._generator.given_up

    def plain(self) -> dict[str, object]:
        """The account as JSON values; `cost` is in US dollars, null where no price is known."""
        usage = self.usage
        return {
            "name": self.model.name,
            "tokens": usage.total_tokens,
            "cost": usage.cost,
            "answers": self._generator.answers,
            "failures": len(self._generator.failures),
            "notes": list(self.notes()),
        }

    def notes(self) -> list[str]:
        """What the person should know of: failures, answers without tactics, limits."""
        made, name = self._generator, self.model.name
        said = list(self._guarded.notes)
        if failures := made.failures:
            again = "; it was not asked again" if made.given_up else ""
            times = "once" if len(failures) == 1 else f"{len(failures)} times"
            said.append(f"{name} could not be asked {times}{again}: {failures[-1].message}")
        if made.unread:
            said.append(f"{made.unread} of {made.answers} answers of {name} held no tactic")
        if self.held_back:
            said.append(f"{name} was not asked any more: a limit was reached (--max-tokens, --max-cost)")
        if self.unpriced and self._budget is not None and self._budget.limits.cost is not None:
            said.append(f"no price is known for {name}: --max-cost did not count all of it")
        return said

    def _used(self, usage: Usage) -> None:
        self.unpriced = self.unpriced or usage.cost is None
        if self._budget is not None:
            self._budget.spend(usage.total_tokens, usage.cost or 0.0)
