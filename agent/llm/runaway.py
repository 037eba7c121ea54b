"""Finds out that a model says the same thing over and over, while it still does."""

import re
from dataclasses import dataclass, field

_REPEATED_CHARACTERS = 400
"""So much must repeat before it counts: a rule of 80 dashes or a table is no runaway."""
_REPETITIONS = 10
_SAME_LINES = 40
"""So many lines in a row that differ in their numbering only."""
_PROBE = 24
_CHECK_EVERY = 48
_LONGEST_PERIOD = 2_000
_KEPT = 2
"""So many of the repetitions are kept, so that a reader sees what went on."""
_NUMBERING = re.compile(r"^[\s\d.):*\-•]+")


@dataclass
class RunawayWatch:
    """Watches one stream of text. Feed it everything, in order."""

    text: str = ""
    _unchecked: int = 0
    _line_start: int = 0
    _same: list[int] = field(default_factory=list[int])
    _last: str = ""

    def feed(self, text: str) -> int | None:
        """None, or how many characters of `self.text` to keep: repetition has set in after them."""
        self.text += text
        self._unchecked += len(text)
        cut = self._same_lines() if "\n" in text else None
        if cut is None and self._unchecked >= _CHECK_EVERY:
            self._unchecked = 0
            cut = periodic_tail(self.text)
        return cut

    def _same_lines(self) -> int | None:
        while (end := self.text.find("\n", self._line_start)) != -1:
            line = _NUMBERING.sub("", self.text[self._line_start : end]).strip()
            start, self._line_start = self._line_start, end + 1
            if not line:
                continue
            if line != self._last:
                self._same, self._last = [], line
            self._same.append(start)
            if len(self._same) >= _SAME_LINES:
                return self._same[_KEPT]
        return None


def periodic_tail(text: str) -> int | None:
    """Where to cut a text whose end is one phrase repeated; None if it is not.

    The last characters are looked for once more before themselves: the distance is the only period they can have.
    """
    probe = text[-_PROBE:]
    before = text.rfind(probe, max(0, len(text) - _LONGEST_PERIOD - _PROBE), len(text) - 1)
    if len(text) < _REPEATED_CHARACTERS or before == -1:
        return None
    period = len(text) - _PROBE - before
    span = max(_REPEATED_CHARACTERS, _REPETITIONS * period)
    if len(text) < span or text[-span + period :] != text[-span:-period]:
        return None
    return _run_start(text, period) + _KEPT * period


def _run_start(text: str, period: int) -> int:
    at = len(text) - period
    while at > 0 and text[at - 1] == text[at - 1 + period]:
        at -= 1
    return at
