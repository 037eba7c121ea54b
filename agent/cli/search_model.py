"""The model of `qed search`: from the options to a model that can be asked, and what is told of it."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from agent.config import Config
    from agent.llm.tactics import TacticPrompt
    from agent.prover.asked_model import AskedModel
    from tools.search.policy import SearchPolicy
    from tools.search.result import SearchResult

_SAMPLES = 8


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What stands on the command line about a model; None where nothing does."""

    model: str | None
    model_samples: int | None
    prompt: "TacticPrompt | None"
    max_tokens: int | None
    max_cost: float | None

    def check(self) -> None:
        """Raises `QedError` where something is said about a model and none is named."""
        if self.model is None:
            refuse_without_model("search", [name for name in self.__slots__ if getattr(self, name) is not None])


def refuse_without_model(command: str, said: "Sequence[str]") -> None:
    """Raises `QedError` where there are options of a command that belong to a model, and no model."""
    from tools.errors import ExitCode, QedError

    if said:
        flag = "--" + said[0].replace("_", "-")
        raise QedError(
            f"{flag} belongs to a model, and none is named",
            hint=f"`qed {command} --model NAME`; without it no model is asked.",
            exit_code=ExitCode.USAGE,
        )


def model_of(options: ModelOptions, policy: "SearchPolicy", config: "Config", folder: "Path") -> "AskedModel | None":
    """The model that was named, None where none was; nothing is asked yet. Raises `QedError`.

    Breadth-first it is asked with the seed paper's words, as often as tactics are tried in a state.
    """
    from agent.assistant import chat_model
    from agent.prompts import PromptLibrary
    from agent.prover.asked_model import AskedModel

    if options.model is None:
        return None
    prompts = PromptLibrary.load(folder)
    return AskedModel(
        chat_model(config, options.model, prompts),
        prompts,
        policy,
        options.prompt or ("tactic_suggestion" if policy.guided else "seed_tactic"),
        options.model_samples or policy.samples or _SAMPLES,
    )


class End(Enum):
    """How a search ended, with what its model has to do with it; the words are a person's."""

    FOUND = "found"
    EXHAUSTED = "exhausted"
    BUDGET = "budget"
    MODEL_FAILED = "model failed"
    """The model alone proposes, and for some state it could not be asked."""


def end_of(result: "SearchResult", model: "AskedModel | None") -> End:
    """The end of a search: where the model was kept from proposing, it is not that nothing was left to try."""
    end = End(result.end.value)
    if end is not End.EXHAUSTED or model is None:
        return end
    if model.held_back:
        return End.BUDGET
    return End.MODEL_FAILED if model.alone and model.failed else end


def spent(model: "AskedModel") -> str:
    """Tokens and dollars, for people."""
    usage = model.usage
    cost = f", ${usage.cost:.4f}" if usage.cost is not None else ""
    over = ", the model is not asked any more" if model.held_back or model.given_up else ""
    return f"{usage.total_tokens} tokens{cost}{over}"
