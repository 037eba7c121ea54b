"""Where a hole is, and how it stands."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """One hole of a project; `number` counts within the declaration, from 1."""

    path: Path
    declaration: str
    number: int


class HoleState(Enum):
    """How a hole stands. The value is the word that people see."""

    OPEN = "open"
    WORKING = "in work"
    FAILED = "failed"
    """The last attempt did not prove it; that says nothing about the statement."""
    PROVED = "proved"
    """Lean accepted a proof, and it is on disk."""

    @property
    def sign(self) -> str:
        """One character that stands for the state, beside the word."""
        return _SIGNS[self]


_SIGNS = {HoleState.OPEN: "○", HoleState.WORKING: "◐", HoleState.FAILED: "✗", HoleState.PROVED: "✓"}
