"""The steps that shapes ask for."""

import pytest

from tests.tools.search.holes import goal
from tools.environment.protocol import TacticState
from tools.lean.goals import Goal
from tools.search.generator import SearchContext
from tools.search.structural import StructuralGenerator, invertible

FILE = SearchContext(
    definitions=("size", "Injective"),
    types=("Tree", "Even"),
    lemmas=("size_pos",),
    constructors={"Even": ("Even.zero", "Even.step")},
    notions=("Injective",),
)


async def _steps(target: str, *hypotheses: str, context: SearchContext = FILE) -> list[str]:
    state = TacticState(0, ("\n".join((*hypotheses, f"⊢ {target}")),))
    return [candidate.tactic for candidate in await StructuralGenerator().candidates(context, state)]


@pytest.mark.parametrize(
    ("target", "hypotheses", "expected"),
    [
        ("∀ (m n : Nat), p m n", (), {"intro m n"}),
        ("p → q", (), {"intro hp"}),
        ("¬a = b", (), {"intro h"}),
        ("p ∧ q", (), {"constructor"}),
        ("p ∨ q", (), {"left", "right"}),
        ("f = g", (), {"funext x"}),
        ("∃ n, n = k", ("k : Nat",), {"refine ⟨k, ?_⟩", "refine ⟨0, ?_⟩"}),
        ("p", ("h : p ∨ q",), {"rcases h with h | h"}),
        ("p", ("h : ∃ x, r x",), {"obtain ⟨x, hx⟩ := h"}),
        ("p", ("h : q ∧ r",), {"obtain ⟨h₁, h₂⟩ := h"}),
        ("p", ("h : q → p",), {"apply h"}),
        ("p", ("h : ¬q",), {"exfalso", "apply h"}),
        ("a = c", ("h : a = b",), {"rw [h]", "rw [← h]", "subst h", "injection h"}),
        ("p", ("h : Even n",), {"cases h"}),
        ("size t > 0", ("t : Tree",), {"unfold size", "simp [size]", "apply size_pos", "rw [size_pos]"}),
        ("(if a then b else c) = d", (), {"split"}),
        ("p ∧ q", ("p : Prop",), {"by_cases h : p"}),
        ("p", ("h : ∀ (n : Nat), ∃ m, r n m", "k : Nat"), {"obtain ⟨m, hm⟩ := h k"}),
        ("p", ("h : Injective f",), {"unfold Injective at *"}),
        ("Even (n + 4)", ("n : Nat",), {"apply Even.zero", "apply Even.step"}),
        ("∃ n, n = a + b", ("a b : Nat",), {"refine ⟨a + b, ?_⟩"}),
    ],
)
async def test_steps(target: str, hypotheses: tuple[str, ...], expected: set[str]) -> None:
    found = await _steps(target, *hypotheses)
    assert expected <= set(found)
    assert len(found) == len(set(found))


async def test_inaccessible_hypotheses_are_not_named() -> None:
    assert not any("✝" in tactic for tactic in await _steps("p", "h✝ : q ∧ r", "x✝ : q → p"))


async def test_only_what_occurs_is_unfolded() -> None:
    assert not any("size" in tactic for tactic in await _steps("p", context=SearchContext(definitions=("size",))))


async def test_new_names_do_not_hide_old_ones() -> None:
    steps = await _steps("∀ (n : Nat), n = 0 → p", "n : Nat", "h : q")
    assert "intro n1" in steps


@pytest.mark.parametrize(
    ("at", "tactic"),
    [
        (goal("∀ (n : Nat), p n"), "intro n"),
        (goal("p", "h : ∃ x, q x"), "obtain ⟨x, hx⟩ := h"),
        (goal("p ∧ q"), "constructor"),
        (goal("p ∨ q"), None),
        (goal("∃ n, n > 3"), None),
        (goal("n > 2", "h : n = k + 1"), "subst h"),
        (goal("n > 2", "h : n = n * k"), None),
        (goal("n > 2", "h : 0 = n * k"), None),
        (goal("Injective f"), "unfold Injective at *"),
        (goal("p", "h : ¬Injective f"), "unfold Injective at *"),
        (goal("size t = 0"), None),
    ],
)
def test_what_loses_nothing(at: Goal, tactic: str | None) -> None:
    found = invertible(FILE, at)
    assert (found and found.tactic) == tactic
