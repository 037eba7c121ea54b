"""What a person wants of a conversation: where, with which settings and limits, and what may be written."""

from dataclasses import dataclass
from pathlib import Path

from agent.config import Config
from agent.conversation.limits import TurnLimits
from agent.conversation.permissions import Approver, Mode
from agent.conversation.session import Session


@dataclass(frozen=True)
class Wishes:
    """`model` and `toolchain` are None for those of the settings; `approver` is None where there is nobody to ask;
    `allow_writes` allows proofs and edits, but no change of a statement.
    """

    root: Path
    config: Config
    session: Session
    limits: TurnLimits
    mode: Mode
    model: str | None = None
    toolchain: str | None = None
    allow_writes: bool = False
    approver: Approver | None = None
