"""A model as a tactic generator: what it is asked, how its answers are ordered, what happens when it fails."""

import math

import pytest

from agent.llm.chat import Usage
from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.tactics import ModelTacticGenerator, describe, ranked
from agent.prompts import PromptLibrary
from tests.agent.llm.scripted import ScriptedModel, finished
from tools.environment.protocol import TacticState
from tools.search.generator import SearchContext, TacticGenerator

STATE = TacticState(1, ("n : Nat\n⊢ double n = n + n", "⊢ True"))
CONTEXT = SearchContext(
    definitions=("double", "triple"), lemmas=("triple_eq", "double_zero"), tactics=frozenset({"ring", "aesop"})
)


def _generator(model: ScriptedModel) -> ModelTacticGenerator:
    return ModelTacticGenerator(model, PromptLibrary.load())


def test_what_most_samples_propose_costs_least() -> None:
    replies = [
        finished(text) for text in ("omega", "simp", "```lean\nsimp\n```", "Well, I do not know.", "simp; sorry")
    ]
    found = ranked(replies)
    assert [(candidate.tactic, candidate.origin) for candidate in found] == [("simp", "model"), ("omega", "model")]
    assert math.isclose(found[1].cost - found[0].cost, math.log(2))


def test_the_share_of_samples_stands_for_what_the_provider_does_not_tell() -> None:
    found = ranked([finished("simp"), finished("omega", -0.1), finished("simp", -0.2), finished("Hm, I am not sure.")])
    assert [candidate.tactic for candidate in found] == ["simp", "omega"]
    assert [candidate.log_probability for candidate in found] == [math.log(0.5), math.log(0.25)]


def test_the_best_mean_over_the_tokens_counts() -> None:
    silent = finished("I do not know what to do here.")
    found = ranked(
        [finished("simp", -0.7), finished("omega", -0.1), finished("simp", -0.4), finished("rfl", -0.1), silent]
    )
    assert [(candidate.tactic, candidate.log_probability) for candidate in found] == [
        ("omega", -0.1),
        ("rfl", -0.1),
        ("simp", -0.4),
    ]
    assert found[0].cost < found[2].cost


def test_nothing_that_can_be_read_is_no_candidate() -> None:
    assert ranked([]) == [] and ranked([finished("<think>simp")]) == []


async def test_it_asks_with_the_whole_state_and_what_the_file_has() -> None:
    model = ScriptedModel(lambda _: ["simp"] * 8)
    told: list[Usage] = []
    generator = _generator(model)
    generator.on_usage = told.append
    as_protocol: TacticGenerator = generator
    await as_protocol.candidates(CONTEXT, STATE)
    ((prompt, n, temperature),) = model.asked
    assert (n, temperature) == (8, 1.0)
    assert STATE.pp in prompt and describe(CONTEXT, STATE.pp) in prompt
    assert generator.usage.prompt_tokens == 80 and generator.usage.cost == 2.0
    assert told == [generator.usage]


def test_what_the_file_has_is_told_by_what_is_near_the_goal() -> None:
    assert describe(CONTEXT, STATE.pp).split("\n") == [
        "- lemmas of the file: double_zero, triple_eq",
        "- definitions in the goal: double",
        "- tactics of the imports: aesop, ring",
    ]
    assert describe(SearchContext(), STATE.pp) == "- nothing"


async def test_the_seed_papers_prompt() -> None:
    model = ScriptedModel(lambda _: ["simp"])
    generator = ModelTacticGenerator(model, PromptLibrary.load(), "seed_tactic", samples=3, temperature=0.5)
    await generator.candidates(CONTEXT, STATE)
    assert model.asked == [(PromptLibrary.load().render("seed_tactic", state=STATE.pp), 3, 0.5)]


@pytest.mark.parametrize("kind", [ModelErrorKind.RATE_LIMITED, ModelErrorKind.NETWORK, ModelErrorKind.CONTEXT_TOO_LONG])
async def test_a_failure_leaves_the_state_to_the_other_generators(kind: ModelErrorKind) -> None:
    error = ModelError(kind, "no")
    generator = _generator(ScriptedModel(lambda _: error))
    assert await generator.candidates(CONTEXT, STATE) == ()
    assert generator.failures == [error]


@pytest.mark.parametrize("kind", [ModelErrorKind.NO_KEY, ModelErrorKind.UNKNOWN_MODEL])
async def test_what_nothing_will_mend_ends_the_search(kind: ModelErrorKind) -> None:
    error = ModelError(kind, "no")
    with pytest.raises(ModelError, match="no"):
        await _generator(ScriptedModel(lambda _: error)).candidates(CONTEXT, STATE)


async def test_after_three_failures_in_a_row_it_is_not_asked_again() -> None:
    error, long = ModelError(ModelErrorKind.NETWORK, "no"), ModelError(ModelErrorKind.CONTEXT_TOO_LONG, "long")
    script: list[ModelError | list[str]] = [error, error, ["simp"], error, error, long, error, ["never asked for"]]
    generator = _generator(ScriptedModel(lambda _: script.pop(0)))
    found = [len(await generator.candidates(CONTEXT, STATE)) for _ in range(9)]
    assert found == [0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert generator.given_up and len(generator.failures) == 6 and len(script) == 1


async def test_answers_without_a_tactic_are_counted() -> None:
    generator = _generator(ScriptedModel(lambda _: ["simp", "I cannot tell.", "Let me think about it."]))
    await generator.candidates(CONTEXT, STATE)
    assert (generator.answers, generator.unread) == (3, 2)
