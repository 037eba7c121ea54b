"""A data set in which there is something to learn: the steps remaining are the number of `∧` in the goal."""

import random

from tools.progress.example import ProgressExample

LETTERS = "pqrs"


def conjunction(steps: int, source: random.Random) -> str:
    """A goal with so many `∧`."""
    return "⊢ " + " ∧ ".join(source.choice(LETTERS) for _ in range(steps + 1))


def conjunctions(count: int, seed: int = 1) -> list[ProgressExample]:
    """Rows of as many theorems."""
    source = random.Random(seed)
    rows: list[ProgressExample] = []
    for index in range(count):
        steps = source.randint(0, 6)
        goal = conjunction(steps, source)
        rows.append(ProgressExample(theorem=f"t{index}", goal=goal, tactic="constructor", steps_remaining=steps))
    return rows
