"""What watching has to show: one entry a hole."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

SuggestionKey = tuple[Path, str]
"""The file, and the identity of the hole in it (see `identities`)."""


class Verdict(Enum):
    """How a hole stands."""

    WAITING = "waiting"
    WORKING = "working"
    CLOSES = "closes it"
    """Lean has tried the proof; the acceptance check is under way."""
    ACCEPTED = "accepted"
    """The acceptance check says yes; it is not written."""
    WRITTEN = "written"
    DISPROVED = "disproved"
    OPEN = "not proved"
    SKIPPED = "skipped"
    REFUSED = "not accepted"
    """The acceptance check says no, or the file could not be written."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A hole with what was found for it. `key` is its identity in its file; `detail` says more, for people."""

    path: Path
    key: str
    declaration: str
    line: int
    verdict: Verdict
    proof: str = ""
    detail: str = ""
    seconds: float = 0.0
