"""Closing tactics in groups."""

import pytest

from tests.tools.search.holes import at_hole, goal
from tools.environment.protocol import TacticState
from tools.lean.server import LeanServer
from tools.search.generator import SearchContext
from tools.search.portfolio import (
    Group,
    arm_closers,
    close,
    closes,
    quick_groups,
    sequence,
    steps_of,
    thorough_groups,
)

CONTEXT = SearchContext(definitions=("double",), types=("Tree",), lemmas=("double_eq",))


@pytest.mark.parametrize("tactics", [("simp_all", "omega"), ("unfold f g at *", "solve_by_elim")])
def test_a_sequence_comes_apart_again(tactics: tuple[str, ...]) -> None:
    assert steps_of(sequence(*tactics)) == list(tactics)


@pytest.mark.parametrize("tactic", ["omega", "(apply h <;> first | rfl; omega)", "exact (by simp; rfl)"])
def test_other_tactics_stay_whole(tactic: str) -> None:
    assert steps_of(tactic) == [tactic]


def test_members_that_may_run_away_are_asked_last() -> None:
    combined = Group(("simp", "rfl"), 1.0, last=frozenset({"simp"})).combined()
    assert combined == "· first\n  | (rfl; done)\n  | (simp; done)"


def test_only_the_tactics_of_the_imports_are_asked() -> None:
    plain = thorough_groups(CONTEXT, goal("p"), "⊢ p")
    assert not any("linarith" in group.tactics for group in plain)
    imported = SearchContext(tactics=frozenset({"linarith"}))
    assert any(group.tactics == ("linarith",) for group in thorough_groups(imported, goal("p"), "⊢ p"))


def test_names_of_the_file_are_used_where_they_occur() -> None:
    text = "n : Nat\n⊢ double n = n + n"
    tactics = [t for group in thorough_groups(CONTEXT, goal("double n = n + n"), text) for t in group.tactics]
    assert {"simp [double]", "grind [double]", "simp [double_eq]", "exact double_eq .."} <= set(tactics)
    assert arm_closers(CONTEXT, goal("double n = n"))[0] == "simp_all [double]"
    without = [t for group in thorough_groups(CONTEXT, goal("p"), "⊢ p") for t in group.tactics]
    assert not any("[double]" in tactic for tactic in without)


def test_closing_means_that_the_other_goals_stay() -> None:
    state = TacticState(0, ("⊢ p", "⊢ q"))
    assert closes(state, TacticState(1, ("⊢ q",)))
    assert not closes(state, TacticState(1, ("⊢ r",)))
    assert not closes(state, TacticState(1, ("⊢ p", "⊢ q")))


@pytest.mark.lean
@pytest.mark.parametrize(
    ("statement", "winner"),
    [
        (": 2 + 2 = 4", "rfl"),
        ("(p : Prop) (h : p) : p", "assumption"),
        ("(a b : Nat) (h : a < b) : a + 1 ≤ b + 3", "omega"),
        ("(p : Prop) (h : p) (h' : ¬p) : 1 = 2", "contradiction"),
        ("(xs : List Nat) : xs ++ [] = xs", "simp"),
    ],
)
async def test_the_preferred_member_is_named(lean: LeanServer, statement: str, winner: str) -> None:
    async with at_hole(lean, f"theorem t {statement} := by\n  sorry\n") as environment:
        assert await close(environment, environment.initial_state, quick_groups()[0], 60) == winner


@pytest.mark.lean
async def test_a_group_that_fails_says_so(lean: LeanServer) -> None:
    async with at_hole(lean, "theorem t (p q : Prop) (h : p) : q := by\n  sorry\n") as environment:
        for group in quick_groups():
            assert await close(environment, environment.initial_state, group, 60) is None


@pytest.mark.lean
async def test_a_group_outlives_a_member_that_runs_away(lean: LeanServer) -> None:
    text = "theorem t (f : Nat → Nat) (h : ∀ n, f n = f (n + 1) + 0) (g : 1 < 2) : 1 < 2 := by\n  sorry\n"
    group = Group(("(simp only [h]; done)", "exact g"), 3.0, last=frozenset({"exact g"}))
    async with at_hole(lean, text) as environment:
        assert await close(environment, environment.initial_state, group, 60) == "exact g"
