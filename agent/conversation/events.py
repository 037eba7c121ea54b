"""What happens in a turn, as values that can be shown, logged and read back.

`qed ask --output-format stream-json` prints exactly these, one JSON object a line; `type` says which.
"""

from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from agent.llm.chat import Usage


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True)


class TurnEnd(Enum):
    """Why a turn ended."""

    DONE = "done"
    """The model had nothing more to do."""
    MAX_TURNS = "max turns"
    MAX_TOKENS = "max tokens"
    MAX_COST = "max cost"
    MAX_SECONDS = "max seconds"
    CANCELLED = "cancelled"
    ERROR = "error"


class TurnStarted(_Event):
    """The person said something, and the model's turn begins."""

    type: Literal["turn_started"] = "turn_started"
    session: str
    model: str
    prompt: str


class MessageDelta(_Event):
    """A piece of the answer."""

    type: Literal["message_delta"] = "message_delta"
    text: str


class ReasoningDelta(_Event):
    """A piece of the model's reasoning."""

    type: Literal["reasoning_delta"] = "reasoning_delta"
    text: str


class MessageFinished(_Event):
    """One reply of the model is complete; `text` is all of it."""

    type: Literal["message_finished"] = "message_finished"
    text: str
    reasoning: str = ""


class Notice(_Event):
    """Something worth knowing that is no error: a retry, a compaction, a correction by the harness."""

    type: Literal["notice"] = "notice"
    kind: Literal["retry", "fallback", "compaction", "correction", "runaway"]
    text: str


class ToolStarted(_Event):
    """A tool call begins. `arguments` as they were written, parsed where they are JSON; `by`: who makes the call."""

    type: Literal["tool_started"] = "tool_started"
    call: str
    tool: str
    arguments: dict[str, Any]
    by: Literal["model", "person"] = "model"


class ToolProgress(_Event):
    """A sign of life of a tool call. `data` is for people's screens; `data["kind"]` says what it is."""

    type: Literal["tool_progress"] = "tool_progress"
    call: str
    text: str
    data: dict[str, Any] = Field(default_factory=dict[str, Any])


class ToolFinished(_Event):
    """A tool call is over. `text` is what the model is told."""

    type: Literal["tool_finished"] = "tool_finished"
    call: str
    tool: str
    verdict: str
    text: str
    data: dict[str, Any] = Field(default_factory=dict[str, Any])
    seconds: float


class DiffProposed(_Event):
    """A tool wants to write; `statements` are (name, before, after) where a statement would change."""

    type: Literal["diff_proposed"] = "diff_proposed"
    call: str
    permission: str
    path: Path
    summary: str
    diff: str
    statements: tuple[tuple[str, str, str], ...] = ()


class PermissionAsked(_Event):
    """The diff that was proposed last for this call waits for the person's answer."""

    type: Literal["permission_asked"] = "permission_asked"
    call: str
    permission: str


class PermissionAnswered(_Event):
    """The answer, given by a person or by the mode."""

    type: Literal["permission_answered"] = "permission_answered"
    call: str
    allowed: bool
    by: Literal["person", "mode"]
    reason: str = ""


class ProofAccepted(_Event):
    """Lean accepted a proof, and it is on disk. `usage`: what the turn spent on it, since the proof before."""

    type: Literal["proof_accepted"] = "proof_accepted"
    path: Path
    declaration: str
    proof: str
    axioms: tuple[str, ...]
    usage: Usage = Usage()


class WriteUndone(_Event):
    """The person has taken back a write of qed; `diff` leads from the text that was written to the one before."""

    type: Literal["write_undone"] = "write_undone"
    path: Path
    declarations: tuple[str, ...]
    diff: str


class UsageUpdated(_Event):
    """What the last reply cost, and the sums for the turn and the session."""

    type: Literal["usage"] = "usage"
    reply: Usage
    turn: Usage
    session: Usage
    context_tokens: int
    context_limit: int


class ErrorHappened(_Event):
    """The turn cannot go on."""

    type: Literal["error"] = "error"
    code: str
    message: str
    hint: str = ""
    exit_code: int


class ProofState(_Event):
    """What the harness knows of one file that the turn touched: how many holes are proved, how many are left."""

    path: Path
    proved: tuple[str, ...]
    open: tuple[str, ...]


class TurnFinished(_Event):
    """The last event of every turn. `files` is what is proved and what is not: said by the harness, not the model."""

    type: Literal["turn_finished"] = "turn_finished"
    reason: TurnEnd
    text: str
    files: tuple[ProofState, ...] = ()
    refused: int = 0
    """Writes that were not allowed."""
    usage: Usage
    seconds: float


Event = Annotated[
    TurnStarted
    | MessageDelta
    | ReasoningDelta
    | MessageFinished
    | Notice
    | ToolStarted
    | ToolProgress
    | ToolFinished
    | DiffProposed
    | PermissionAsked
    | PermissionAnswered
    | ProofAccepted
    | WriteUndone
    | UsageUpdated
    | ErrorHappened
    | TurnFinished,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
"""Reads an event back from JSON."""
