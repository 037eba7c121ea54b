"""Premises as tactics: which of them, in which form, and whether Lean takes them."""

from collections.abc import Sequence

import pytest

from tests.tools.search.holes import at_hole
from tools.environment.protocol import ProofFinished, TacticState
from tools.lean.goals import Goal
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain
from tools.premises.library import PremiseLibrary
from tools.premises.premise import LibraryPremise
from tools.search.generator import SearchContext
from tools.search.premise_generator import PremiseGenerator

NAT = frozenset(("Nat",))


def _premise(
    name: str, conclusion: str, head: str, *variables: str, kind: str = "theorem", determined: bool = True,
    deprecated: bool = False, types: frozenset[str] = NAT,
) -> LibraryPremise:  # fmt: skip
    text = f"({' '.join(variables)} : Nat) : {conclusion}"
    return LibraryPremise(
        name, kind, "Test", text, conclusion, head, variables, types=types, is_determined=determined,
        is_deprecated=deprecated,
    )  # fmt: skip


class Fixed:
    """Finds the same premises for every goal."""

    def __init__(self, *premises: LibraryPremise) -> None:
        self._premises = premises

    def for_goal(self, goal: Goal, limit: int) -> Sequence[LibraryPremise]:
        return self._premises[:limit]


async def _tactics(goal: str, *premises: LibraryPremise, limit: int = 20) -> list[str]:
    generator = PremiseGenerator(Fixed(*premises), limit=limit)
    candidates = await generator.candidates(SearchContext(), TacticState(0, (goal,)))
    assert all(candidate.origin == "premise" for candidate in candidates)
    assert [candidate.cost for candidate in candidates] == sorted(candidate.cost for candidate in candidates)
    return [candidate.tactic for candidate in candidates]


COMM = _premise("Nat.add_comm", "n + m = m + n", "Eq", "n", "m")
TRANS = _premise("Nat.le_trans", "n ≤ k", "LE.le", "n", "m", "k", determined=False)
ZERO = _premise("Nat.add_zero", "n + 0 = n", "Eq", "n")


async def test_what_concludes_the_goal_is_applied() -> None:
    assert (await _tactics("a b : Nat\n⊢ a + b = b + a", COMM))[0] == "exact Nat.add_comm .."
    assert "apply Nat.le_trans" in await _tactics("a b : Nat\n⊢ a ≤ b", TRANS)
    assert "exact Nat.le_trans .." not in await _tactics("a b : Nat\n⊢ a ≤ b", TRANS)


async def test_equations_rewrite_what_they_match() -> None:
    found = await _tactics("a b : Nat\n⊢ a + 0 ≤ b", ZERO)
    assert {"rw [Nat.add_zero]", "simp [Nat.add_zero]"} <= set(found)
    assert "exact Nat.add_zero .." not in found and "rw [← Nat.add_zero]" not in found
    back = await _tactics("a b : Nat\n⊢ f a ≤ b", _premise("f_eq", "g n = f n", "Eq", "n"))
    assert "rw [← f_eq]" in back and "rw [f_eq]" not in back


async def test_several_at_once() -> None:
    found = await _tactics("a b : Nat\n⊢ a + 0 + b = b + a", COMM, ZERO)
    assert "simp [Nat.add_comm, Nat.add_zero]" in found and "grind [Nat.add_comm, Nat.add_zero]" in found


async def test_what_does_not_serve() -> None:
    goal = "a b : Nat\n⊢ a + b = b + a"
    old = _premise("old", "n + m = m + n", "Eq", "n", "m", deprecated=True)
    integers = _premise("Int.add_comm", "a + b = b + a", "Eq", "a", "b", types=frozenset(("Int",)))
    definition = _premise("Nat.add", "Nat", "Nat", "n", "m", kind="def")
    assert await _tactics(goal, old, integers, definition) == []
    assert await _tactics(goal) == []


async def test_names_that_need_quoting_and_the_limit() -> None:
    assert len(await _tactics("a b : Nat\n⊢ a + b = b + a", COMM, ZERO, TRANS, limit=2)) == 2
    spaced = _premise("My.odd name", "n + m = m + n", "Eq", "n", "m")
    assert (await _tactics("a b : Nat\n⊢ a + b = b + a", spaced))[0] == "exact My.«odd name» .."


@pytest.mark.lean
@pytest.mark.parametrize(
    "statement",
    [
        "theorem t (a b : Nat) : a + b = b + a := by\n  sorry\n",
        "theorem t {α : Type} (xs ys : List α) : (xs ++ ys).reverse = ys.reverse ++ xs.reverse := by\n  sorry\n",
        "theorem t (p q : Prop) : ¬(p ∨ q) ↔ ¬p ∧ ¬q := by\n  sorry\n",
        "theorem t (a b : Int) : (a + b) % b = a % b := by\n  sorry\n",
    ],
)
async def test_lean_takes_them(statement: str, toolchain: Toolchain, lean: LeanServer) -> None:
    library = PremiseLibrary(toolchain)
    generator = PremiseGenerator(await library.index_for(("Init",)))
    async with at_hole(lean, statement) as environment:
        state = environment.initial_state
        candidates = await generator.candidates(SearchContext(), state)
        outcomes = [await environment.run_tac(state, candidate.tactic, timeout=60) for candidate in candidates[:3]]
    library.close()
    assert any(isinstance(outcome, ProofFinished) for outcome in outcomes), (candidates[:3], outcomes)
