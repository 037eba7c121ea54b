"""The protocol of a proof environment: states, tactics, and what comes of them.

The vocabulary is LeanDojo's (`TacticState`, `ProofFinished`, `LeanError`, `ProofGivenUp`; `run_tac(state, tactic)`).
Two outcomes are added, because Lean's failures and the infrastructure's failures are different things: `TimedOut`
and `Crashed` say nothing about the tactic being wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tools.errors import QedError
from tools.lean.goals import Goal


@dataclass(frozen=True, slots=True)
class TacticState:
    """A state of a proof: the goals as Lean prints them, the main one first. `id` is unique in its environment."""

    id: int
    goals: tuple[str, ...]

    @property
    def pp(self) -> str:
        """All goals pretty-printed, separated by blank lines, as LeanDojo writes them."""
        return "\n\n".join(self.goals)

    @property
    def num_goals(self) -> int:
        """The number of goals."""
        return len(self.goals)

    @property
    def main_goal(self) -> Goal:
        """The goal that the next tactic works on."""
        return Goal.parse(self.goals[0])


@dataclass(frozen=True, slots=True)
class ProofFinished:
    """No goals are left, and Lean has no complaint. It is not *proved* before the acceptance check says so."""

    tactic_state_id: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """One error of Lean's. `line` is the line of the tactic that it is about, from 1; None: it is about another place,
    or nobody knows.
    """

    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LeanError:
    """Lean refused the tactic; `error` is its text. Tactics that would escape the proof are refused likewise.

    `complaints` are the errors one by one, where the environment tells them apart; they are no part of what makes two
    outcomes the same.
    """

    error: str
    complaints: tuple[Complaint, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ProofGivenUp:
    """The tactic contains `sorry` or the like."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Lean had not finished after `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Crashed:
    """Lean died or could not be asked; `reason` says how."""

    reason: str


TacticOutcome = TacticState | ProofFinished | LeanError | ProofGivenUp | TimedOut | Crashed


class UnusableEnvironmentError(QedError):
    """This kind of environment cannot be used at all where it was to be opened, whichever the hole."""


class ProofEnvironment(Protocol):
    """One hole under work. Not for use by several tasks at once: calls wait in line."""

    @property
    def initial_state(self) -> TacticState:
        """The state at the hole, narrowed to the goal that the hole must close."""
        ...

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        """Runs one tactic (of one or several lines) in a state; `timeout` is in seconds."""
        ...

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        """The tactics that Lean suggests when it runs `tactic` (`exact?`, `simp?`, …) in a state, best first."""
        ...

    def script(self, state: TacticState) -> tuple[str, ...]:
        """The tactics that lead from the initial state to this one."""
        ...

    async def close(self) -> None:
        """Frees what the environment holds."""
        ...
