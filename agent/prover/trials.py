"""Proofs that a model has written, tried in Lean at their hole."""

from agent.prover.case import Case
from agent.prover.strategy import Workshop
from tools.search.whole_proof import ProofTrial, try_proof

_MOST_SECONDS, _LEAST_SECONDS = 30.0, 1.0


def trial_seconds(workshop: Workshop) -> float:
    """How long Lean may look at one proof."""
    return max(_LEAST_SECONDS, min(_MOST_SECONDS, workshop.purse.seconds_left))


async def tried(
    case: Case, workshop: Workshop, block: str, *, first_line: int = 1, is_sketch: bool = False
) -> ProofTrial:
    """What Lean says of a tactic block; a sketch may leave steps open.

    `first_line` is the line of the block in the text that the model knows.
    """
    opened = workshop.sketching_at if is_sketch else workshop.at
    async with opened(case) as environment:
        seconds = trial_seconds(workshop)
        trial = await try_proof(environment, case.context, block, seconds=seconds, first_line=first_line)
    workshop.effort.tactics += trial.tactics
    return trial
