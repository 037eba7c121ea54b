"""What Lean suggests, as candidates: how often it is asked, what is made of it, and whether Lean takes it."""

from collections.abc import Mapping, Sequence

import pytest

from tests.tools.search.holes import at_hole
from tools.environment.protocol import (
    LeanError,
    ProofFinished,
    TacticOutcome,
    TacticState,
    UnusableEnvironmentError,
)
from tools.errors import QedError
from tools.lean.server import LeanServer
from tools.search.generator import SearchContext
from tools.search.suggestion_generator import SuggestionGenerator

APPLIES = ("refine Nat.le_trans ?_ ?_", "refine Nat.le_of_lt ?_")
REWRITES = ("rw [Nat.add_comm]", "rw [@Nat.le_iff_lt_or_eq]")


class Scripted:
    """An environment that suggests what it is told to."""

    initial_state = TacticState(0, ("⊢ p",))

    def __init__(self, answers: Mapping[str, Sequence[str] | Exception]) -> None:
        self.asked: list[tuple[str, str, float | None]] = []
        self._answers = answers

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        self.asked.append((state.goals[0], tactic, timeout))
        answer = self._answers[tactic]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        return LeanError("not for this")

    def script(self, state: TacticState) -> tuple[str, ...]:
        return ()

    async def close(self) -> None:
        return


async def _tactics(generator: SuggestionGenerator, *goals: str) -> list[str]:
    found = await generator.candidates(SearchContext(), TacticState(1, goals))
    assert all(candidate.origin == "suggestion" for candidate in found)
    assert [candidate.cost for candidate in found] == sorted(candidate.cost for candidate in found)
    return [candidate.tactic for candidate in found]


async def test_both_are_asked_and_the_better_ranks_come_first() -> None:
    lean = Scripted({"apply?": APPLIES, "rw?": REWRITES})
    found = await _tactics(SuggestionGenerator(lean, seconds=7.0), "⊢ a ≤ b", "⊢ q")
    assert lean.asked == [("⊢ a ≤ b", "apply?", 7.0), ("⊢ a ≤ b", "rw?", 7.0)]
    assert sorted(found) == sorted((*APPLIES, *REWRITES))
    assert found.index(APPLIES[0]) < found.index(APPLIES[1]) and found.index(REWRITES[0]) < found.index(REWRITES[1])


async def test_what_closes_the_goal_saves_the_rest() -> None:
    lean = Scripted({"apply?": ("exact Nat.le_trans h k",), "rw?": REWRITES})
    (only,) = await SuggestionGenerator(lean).candidates(SearchContext(), TacticState(1, ("⊢ a ≤ c",)))
    assert (
        only.tactic == "exact Nat.le_trans h k"
        and only.closing
        and [tactic for _, tactic, _ in lean.asked] == ["apply?"]
    )


async def test_at_most_so_many_of_each() -> None:
    lean = Scripted({"apply?": APPLIES, "rw?": REWRITES})
    assert await _tactics(SuggestionGenerator(lean, limit=1), "⊢ a ≤ b") == [APPLIES[0], REWRITES[0]]


async def test_a_goal_is_asked_about_once_and_then_no_more_than_so_often() -> None:
    lean = Scripted({"apply?": APPLIES, "rw?": REWRITES})
    generator = SuggestionGenerator(lean, askings=3)
    first = await _tactics(generator, "⊢ a ≤ b")
    assert await _tactics(generator, "⊢ a ≤ b", "⊢ another") == first and len(lean.asked) == 2
    assert await _tactics(generator, "⊢ b ≤ a") == list(APPLIES)
    assert await _tactics(generator, "⊢ a = b") == [] and len(lean.asked) == 3


async def test_where_lean_does_not_answer_there_is_a_note() -> None:
    lean = Scripted({"apply?": QedError("Lean crashed"), "rw?": REWRITES})
    generator = SuggestionGenerator(lean)
    assert await _tactics(generator, "⊢ a ≤ b") == list(REWRITES)
    await _tactics(generator, "⊢ b ≤ a")
    assert generator.notes == ["apply?: Lean crashed"]


async def test_an_environment_that_is_of_no_use_is_told() -> None:
    generator = SuggestionGenerator(Scripted({"apply?": UnusableEnvironmentError("no repository")}))
    with pytest.raises(UnusableEnvironmentError):
        await generator.candidates(SearchContext(), TacticState(1, ("⊢ p",)))


@pytest.mark.lean
async def test_lean_suggests_what_closes_a_goal(lean: LeanServer) -> None:
    text = "theorem t (a b c : Nat) (h : a ≤ b) (k : b ≤ c) : a ≤ c := by\n  sorry\n"
    async with at_hole(lean, text) as environment:
        generator = SuggestionGenerator(environment, ("apply?",), seconds=60)
        state = environment.initial_state
        candidates = await generator.candidates(SearchContext(), state)
        outcome = await environment.run_tac(state, candidates[0].tactic, timeout=60)
    assert candidates[0].closing and isinstance(outcome, ProofFinished), (candidates, outcome)


@pytest.mark.lean
async def test_lean_suggests_rewrites(lean: LeanServer) -> None:
    async with at_hole(lean, "theorem t (a b : Nat) : a + b + 0 = b + a := by\n  sorry\n") as environment:
        generator = SuggestionGenerator(environment, ("rw?",), limit=4, seconds=60)
        state = environment.initial_state
        candidates = await generator.candidates(SearchContext(), state)
        outcomes = [await environment.run_tac(state, candidate.tactic, timeout=60) for candidate in candidates]
    assert 0 < len(candidates) <= 4 and all(candidate.tactic.startswith("rw [") for candidate in candidates)
    assert any(isinstance(outcome, TacticState | ProofFinished) for outcome in outcomes), (candidates, outcomes)
