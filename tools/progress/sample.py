"""The three-line smoke set: enough to see that a training runs, too little to learn from."""

from tools.progress.example import ProgressExample

SAMPLE = (
    ProgressExample(
        theorem="and_swap",
        goal="p q : Prop\nh : p ∧ q\n⊢ q ∧ p",
        tactic="constructor",
        steps_remaining=2,
    ),
    ProgressExample(
        theorem="add_zero_right",
        goal="n : Nat\n⊢ n + 0 = n",
        tactic="rfl",
        steps_remaining=0,
    ),
    ProgressExample(
        theorem="le_two_mul",
        goal="n : Nat\nh : 0 < n\n⊢ n ≤ 2 * n",
        prefix="intro n\nintro h",
        tactic="rw [Nat.two_mul]",
        steps_remaining=1,
    ),
)
"""One row from the middle of a proof, one that ends it, one with a prefix."""
