"""What a tool is: arguments, permission, deadline, and a result with a verdict.

Whoever calls tools (the conversation loop, a test) hands each call a `ToolContext`: the way to report progress and to
ask for approval. A tool knows nothing of models, of events, or of who approves.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict


class Permission(Enum):
    """What a tool does to the person's files."""

    READ = "read"
    """Nothing: it looks and tries."""
    WRITE_PROOF = "write proof"
    """It fills a hole with a proof that Lean accepts."""
    EDIT = "edit"
    """It changes a file outside proofs."""


class ToolVerdict(Enum):
    """What came of a call. Lean's failures and the infrastructure's failures are different things."""

    OK = "ok"
    LEAN_REFUSED = "Lean refused"
    """Lean did its work, and the answer is no."""
    NOT_ALLOWED = "not allowed"
    """The person or the mode said no, or the text may not be shown to Lean: it would run code, or give up."""
    BAD_ARGUMENTS = "bad arguments"
    """The call does not make sense: no such file, no such hole, a value of the wrong type."""
    TIMED_OUT = "timed out"
    FAILED = "failed"
    """Lean crashed, or a file could not be read or written; says nothing about the mathematics."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a call: `text` for the model, cut to a size; `data` for people's screens, JSON values only."""

    verdict: ToolVerdict
    text: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A write that needs approval. `statements` are (name, before, after) where a statement would change."""

    permission: Permission
    path: Path
    summary: str
    diff: str
    statements: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a proposal; `reason` is what the person gave along with a no."""

    allowed: bool
    reason: str = ""


@dataclass(frozen=True)
class AcceptedProof:
    """A proof that the acceptance check accepted and that was written."""

    path: Path
    declaration: str
    proof: str
    axioms: tuple[str, ...]


class Report(Protocol):
    """Tells how far a call is: a line for people, and for their screens `data` of JSON values with a `kind`."""

    def __call__(self, text: str, data: Mapping[str, Any] | None = None, /) -> None:
        """Reports."""
        ...


@dataclass(frozen=True)
class ToolContext:
    """What a call may use: `report` tells how far it is, `approve` asks, `accepted` announces a written proof."""

    report: Report
    approve: Callable[[Proposal], Awaitable[Decision]]
    accepted: Callable[[AcceptedProof], None]


class Arguments(BaseModel):
    """Base of all argument models: fields of simple types with a description each; nothing else is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)


A = TypeVar("A", bound=Arguments)


class Tool(ABC, Generic[A]):
    """A tool. `description` is what the model reads; `deadline` is in seconds, for one call."""

    name: ClassVar[str]
    description: ClassVar[str]
    permission: ClassVar[Permission] = Permission.READ
    deadline: ClassVar[float] = 60.0
    arguments: type[A]

    @abstractmethod
    async def run(self, arguments: A, context: ToolContext) -> ToolResult:
        """Does the work. Cancelling it leaves nothing half done. May raise `QedError`: the caller makes it a result."""
