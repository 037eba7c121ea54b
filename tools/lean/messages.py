"""What Lean says about a document: messages, and the outcome of an elaboration."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from tools.lean.text import Position


class Severity(IntEnum):
    """Severity of a message, with the numbers of the language server protocol."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4

    @property
    def word(self) -> str:
        """The word that `lean` prints for this severity."""
        return "info" if self is Severity.INFORMATION else self.name.lower()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of Lean, with the range it speaks about (`end` may lie far below `start`)."""

    severity: Severity
    start: Position
    end: Position
    text: str

    @property
    def is_error(self) -> bool:
        """Whether this is an error."""
        return self.severity is Severity.ERROR

    @property
    def is_sorry_warning(self) -> bool:
        """Whether this is Lean's warning that a declaration uses `sorry`; with `warningAsError` it is an error."""
        return self.severity in (Severity.ERROR, Severity.WARNING) and self.text.startswith("declaration uses ")

    @classmethod
    def from_lsp(cls, diagnostic: Mapping[str, Any]) -> "Message":
        """Reads one entry of `textDocument/publishDiagnostics`.

        Lean cuts `range` to the first line for display; `fullRange`, where present, is the real one.
        """
        span = diagnostic.get("fullRange") or diagnostic["range"]
        return cls(
            severity=Severity(diagnostic.get("severity", Severity.INFORMATION)),
            start=position_from_lsp(span["start"]),
            end=position_from_lsp(span["end"]),
            text=diagnostic["message"],
        )


def position_from_lsp(value: Mapping[str, int]) -> Position:
    """Reads a `Position` of the protocol."""
    return Position(value["line"], value["character"])


def position_to_lsp(position: Position) -> dict[str, int]:
    """Writes a `Position` of the protocol."""
    return {"line": position.line, "character": position.utf16}


class ElaborationStatus(Enum):
    """How an elaboration ended. Only `COMPLETE` says anything about the whole text."""

    COMPLETE = "complete"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Elaboration:
    """What Lean said about one version of a document.

    `messages` are those of exactly this version; when `status` is not `COMPLETE` they are partial. `goals` answers
    the offsets that were asked for, in their order: the goals there (an empty tuple: no goals left), or None where
    Lean shows no tactic state.
    """

    status: ElaborationStatus
    version: int
    messages: tuple[Message, ...]
    goals: tuple[tuple[str, ...] | None, ...] = ()
    stale_imports: bool = False

    @property
    def complete(self) -> bool:
        """Whether Lean finished with this version."""
        return self.status is ElaborationStatus.COMPLETE

    @property
    def errors(self) -> tuple[Message, ...]:
        """The error messages."""
        return tuple(m for m in self.messages if m.is_error)
