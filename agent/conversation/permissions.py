"""Who may write: modes, what was allowed for the session, and the person that is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from tools.toolbox.tool import Decision, Permission, Proposal


class Mode(Enum):
    """What happens without asking. Reading and trying are always free."""

    ASK = "ask"
    """Every write is asked about."""
    ACCEPT_PROOFS = "accept-proofs"
    """Proofs that Lean accepts are written; edits are asked about."""
    READ_ONLY = "read-only"
    """Nothing is written."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says to a proposal. `always`: the same for all writes of this kind in this session."""

    allowed: bool
    always: bool = False
    reason: str = ""


Approver = Callable[[Proposal], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision and who made it."""

    decision: Decision
    by: Literal["person", "mode"]


@dataclass
class Gatekeeper:
    """Decides about proposals. `approver` is the way to the person; without one, what needs asking is refused.

    A change of a statement is always asked about, whatever was allowed before: a proof of another statement is worth
    nothing, and only the person knows which statement is meant.
    """

    mode: Mode = Mode.ASK
    approver: Approver | None = None
    allowed: set[Permission] = field(default_factory=set[Permission])

    def standing(self, proposal: Proposal) -> Ruling | None:
        """The ruling that needs no person; None where one has to be asked."""
        if self.mode is Mode.READ_ONLY:
            return Ruling(Decision(False, "this is a read-only session: nothing is written"), "mode")
        if not proposal.statements:
            if proposal.permission in self.allowed:
                return Ruling(Decision(True), "mode")
            if self.mode is Mode.ACCEPT_PROOFS and proposal.permission is Permission.WRITE_PROOF:
                return Ruling(Decision(True), "mode")
        if self.approver is None:
            what = "a statement would change" if proposal.statements else "a file would be written"
            return Ruling(Decision(False, f"{what}, and there is nobody to ask"), "mode")
        return None

    async def ask(self, proposal: Proposal) -> Ruling:
        """Asks the person. To be called when there is no standing ruling."""
        assert self.approver is not None  # `standing` refuses otherwise
        answer = await self.approver(proposal)
        if answer.allowed and answer.always:
            self.allowed.add(proposal.permission)
        return Ruling(Decision(answer.allowed, answer.reason), "person")
