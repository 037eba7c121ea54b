"""Found proofs become shorter, and stay proofs."""

import pytest

from tests.tools.search.holes import at_hole
from tools.environment.protocol import ProofFinished, TacticState
from tools.lean.server import LeanServer
from tools.search.shorten import merge_introductions, shorten
from tools.search.tree import Step


@pytest.mark.parametrize(
    ("tactics", "merged"),
    [
        (["intro x", "intro y", "rfl"], ["intro x y", "rfl"]),
        (["intro h", "obtain ⟨x, hx⟩ := h", "exact hx"], ["rintro ⟨x, hx⟩", "exact hx"]),
        (["intro n h", "obtain ⟨x, hx⟩ := h", "intro y"], ["rintro n ⟨x, hx⟩ y"]),
        (["intro h", "obtain ⟨x, hx⟩ := g"], ["intro h", "obtain ⟨x, hx⟩ := g"]),
        (["simp", "intro x"], ["simp", "intro x"]),
        ([], []),
    ],
)
def test_introductions_are_merged(tactics: list[str], merged: list[str]) -> None:
    assert merge_introductions(tactics) == merged


@pytest.mark.lean
@pytest.mark.parametrize(
    ("text", "tactics", "best"),
    [
        ("theorem t (n : Nat) : n + 0 = n", ["have h : 1 = 1 := rfl", "simp"], "simp only [Nat.add_zero]"),
        (
            "theorem t : ∀ m n : Nat, m + n = n + m",
            ["intro m", "intro n", "exact Nat.add_comm m n"],
            "intro m n\nexact Nat.add_comm m n",
        ),
        (
            "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q",
            ["constructor", "exact hp", "exact hq"],
            "constructor\n· exact hp\n· exact hq",
        ),
        (
            "namespace N\ndef d (n : Nat) := n + n\ntheorem t (n : Nat) : d n = n + n",
            ["unfold N.d", "rfl"],
            "rfl",
        ),
        (
            "namespace N\ndef d (n : Nat) := n + n\ntheorem t (n : Nat) : d n = 2 * n",
            ["unfold N.d", "omega"],
            "unfold d\nomega",
        ),
    ],
)
async def test_the_best_text_comes_first(lean: LeanServer, text: str, tactics: list[str], best: str) -> None:
    async with at_hole(lean, f"{text} := by\n  sorry\n") as environment:
        state, steps = environment.initial_state, list[Step]()
        for tactic in tactics:
            outcome = await environment.run_tac(state, tactic)
            after = outcome if isinstance(outcome, TacticState) else TacticState(-1, ())
            steps.append(Step(tactic, state.num_goals, after.num_goals))
            state = after
        texts = await shorten(environment, steps)
        assert texts[0] == best
        assert texts[-1] == "\n".join(tactics)
        for each in texts:
            assert isinstance(await environment.run_tac(environment.initial_state, each), ProofFinished)
