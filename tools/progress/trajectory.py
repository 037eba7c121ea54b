"""The way of one proof as rows, and the sampling that balances proofs of different lengths."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tools.progress.example import ProgressExample

SAMPLING_RATIOS = ((5, 0.01), (10, 0.3), (15, 0.5), (20, 0.7))
"""Which part of the proofs of up to so many steps is kept; all longer ones are.

The ratios are those of the LeanProgress paper, which lift the mean length on Mathlib from 2.47 to 10.1 steps. The
bounds are steps of five: our reading of its five ranges, since what was at hand names the ratios alone.
"""
STEP_SEPARATOR = "\n"
"""Between the tactics of a prefix."""
GOAL_SEPARATOR = "\n\n"
"""Between the goals of a state."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The rows of one proof, or of one search tree; `length` counts the steps of the (shortest) proof."""

    theorem: str
    rows: tuple[ProgressExample, ...]
    length: int

    @classmethod
    def of_steps(cls, theorem: str, steps: Sequence[tuple[str, str]]) -> "Trajectory":
        """The trajectory of a proof whose steps are (state before, tactic), in order."""
        tactics = [tactic for _, tactic in steps]
        rows = tuple(
            ProgressExample(
                theorem=theorem,
                goal=goal,
                prefix=STEP_SEPARATOR.join(tactics[:index]),
                tactic=tactic,
                steps_remaining=len(steps) - 1 - index,
            )
            for index, (goal, tactic) in enumerate(steps)
        )
        return cls(theorem, rows, len(steps))


def state_text(goals: Iterable[str]) -> str:
    """The goals of a state as one text, as rows hold it: the main goal first, blank lines between them."""
    return GOAL_SEPARATOR.join(goals)


def sampling_ratio(length: int) -> float:
    """The part of the proofs of this many steps that balancing keeps."""
    return next((ratio for bound, ratio in SAMPLING_RATIOS if length <= bound), 1.0)


def balanced(trajectories: Iterable[Trajectory], seed: int) -> Iterator[Trajectory]:
    """The proofs that balancing keeps, whole.

    Whether one is kept depends on the seed, its theorem and its length alone: not on what stands around it.
    """
    for each in trajectories:
        if random.Random(f"{seed}:{each.length}:{each.theorem}").random() < sampling_ratio(each.length):
            yield each
