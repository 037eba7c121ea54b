"""A whole proof on trial: what Lean says about it, line by line. Where only an end is missing, one is looked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.environment.protocol import (
    Complaint,
    Crashed,
    LeanError,
    ProofEnvironment,
    ProofFinished,
    ProofGivenUp,
    TacticOutcome,
    TacticState,
    TimedOut,
)
from tools.search.closing import Closer
from tools.search.generator import SearchContext
from tools.search.limits import Budget, SearchLimits
from tools.search.tracked import TrackedEnvironment
from tools.search.tree import Node

_ENDING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ProofTrial:
    """What came of a whole proof.

    `block` is the tactic block, with the end that was found for it if one was. `errors` are empty where Lean has no
    complaint; their lines count as `try_proof` was told. `tactics` is what was run.
    """

    block: str
    errors: tuple[Complaint, ...] = ()
    tactics: int = 1

    @property
    def passes(self) -> bool:
        """Whether Lean has no complaint. It is not *proved* before the acceptance check says so."""
        return not self.errors

    @property
    def reach(self) -> float:
        """How far Lean came: the line of the first error; infinite where none has a line."""
        return min((each.line for each in self.errors if each.line is not None), default=float("inf"))

    @property
    def refusals(self) -> list[str]:
        """The errors, each with its line."""
        return [each.text if each.line is None else f"line {each.line}: {each.text}" for each in self.errors]

    def told(self) -> str:
        """All errors as one text."""
        return "\n\n".join(self.refusals)


async def try_proof(
    environment: ProofEnvironment, context: SearchContext, block: str, *, seconds: float, first_line: int = 1
) -> ProofTrial:
    """Tries a tactic block as the whole proof of the hole's goal, for at most `seconds`.

    Where it leaves goals, or goes wrong, the quick tactics are asked to end it there: a proof that is right up to its
    last step needs no second round. `first_line` is the number of the block's first line in the errors.
    """
    outcome = await environment.run_tac(environment.initial_state, block, timeout=seconds)
    if isinstance(outcome, ProofFinished):
        return ProofTrial(block)
    errors = [_shifted(each, first_line) for each in _complaints(outcome, block)]
    budget = Budget(SearchLimits(seconds=min(_ENDING_SECONDS, seconds)))
    tracked = TrackedEnvironment(environment, budget, lambda _: None)
    ended = await _with_an_end(tracked, context, block, outcome, budget)
    tactics = 1 + budget.tactics
    return ProofTrial(block, tuple(errors), tactics) if ended is None else ProofTrial(ended, (), tactics)


def _complaints(outcome: TacticOutcome, block: str) -> Sequence[Complaint]:
    match outcome:
        case TacticState(goals=goals):
            text = "\n\n".join(["at the end of the proof there are unsolved goals", *goals])
            return [Complaint(text, block.count("\n") + 1)]
        case LeanError(error=error, complaints=complaints):
            return complaints or [Complaint(error)]
        case ProofGivenUp():
            return [Complaint("it gives the goal up")]
        case TimedOut(seconds=seconds):
            return [Complaint(f"Lean had not finished after {seconds:g} seconds")]
        case Crashed(reason=reason):
            return [Complaint(reason)]
        case ProofFinished():
            return []


def _shifted(complaint: Complaint, first_line: int) -> Complaint:
    return complaint if complaint.line is None else Complaint(complaint.text, complaint.line + first_line - 1)


async def _with_an_end(
    environment: TrackedEnvironment, context: SearchContext, block: str, outcome: TacticOutcome, budget: Budget
) -> str | None:
    """The proof with another end: after its last step, or in the place of the step that went wrong and the rest."""
    kept = block
    if isinstance(outcome, LeanError):
        kept = _before(block, min((each.line for each in outcome.complaints if each.line is not None), default=1))
        if not kept:
            return None
        outcome = await environment.run_tac(environment.initial_state, kept, timeout=budget.seconds_left)
        if isinstance(outcome, ProofFinished):
            return kept
    if not isinstance(outcome, TacticState):
        return None
    node = await Closer(environment, context, budget).settle(Node(outcome))
    if node.state.num_goals:
        return None
    ended = "\n".join([kept, *(step.tactic for step in node.steps)])
    again = await environment.run_tac(environment.initial_state, ended, timeout=budget.seconds_left)
    return ended if isinstance(again, ProofFinished) else None


def _before(block: str, line: int) -> str:
    """The lines above the step that a line (from 1) belongs to; steps begin at the block's own column."""
    lines = block.split("\n")[:line]
    while lines and (not lines[-1] or lines[-1][0] in " \t|)]}⟩<"):
        lines.pop()
    return "\n".join(lines[:-1]).rstrip()
