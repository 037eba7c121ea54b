"""Walking through what was sent before with the arrow keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field

_DRAFT = -1


@dataclass
class HistoryWalk:
    """Where in the history the person is. What they write on the way stays where they wrote it, the draft as well.

    `entries` are the last first, as they were at the first step.
    """

    entries: Sequence[str] = ()
    _place: int = _DRAFT
    _written: dict[int, str] = field(default_factory=dict[int, str])

    @property
    def walking(self) -> bool:
        """Whether an entry of the history is shown, not the draft."""
        return self._place != _DRAFT

    def back(self, current: str, entries: Sequence[str]) -> str | None:
        """The entry before. None at the end of the history. `entries` are read at the first step only."""
        if not self.walking:
            self.entries, self._written = entries, {}
        return self._go(self._place + 1, current)

    def forward(self, current: str) -> str | None:
        """The entry after, and after the last one the draft. None where the draft is shown already."""
        return self._go(self._place - 1, current) if self.walking else None

    def _go(self, place: int, current: str) -> str | None:
        if place >= len(self.entries):
            return None
        self._written[self._place] = current
        self._place = place
        return self._written.get(place, self.entries[place] if place >= 0 else "")

    def stop(self) -> None:
        """Forgets the way: a new message begins."""
        self._place = _DRAFT
        self._written = {}
