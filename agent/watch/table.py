"""The table of suggestions: what stands in which line, in which order, and which lines are meant.

`qed watch` and the panel of the TUI draw it, each by its own means.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

from agent.visible import shown
from agent.watch.lean_state import LeanState
from agent.watch.suggestion import Suggestion, SuggestionKey, Verdict

_NOTES = 3
_MOST_TELLING_FIRST = (
    Verdict.ACCEPTED,
    Verdict.WRITTEN,
    Verdict.DISPROVED,
    Verdict.REFUSED,
    Verdict.OPEN,
    Verdict.SKIPPED,
    Verdict.CLOSES,
    Verdict.WORKING,
    Verdict.WAITING,
)


class Tone(Enum):
    """What a verdict means to the person; each screen has its own colour for it."""

    GOOD = auto()
    HOPEFUL = auto()
    BAD = auto()
    DOUBTFUL = auto()
    QUIET = auto()


_TONES = {
    Verdict.ACCEPTED: Tone.GOOD,
    Verdict.WRITTEN: Tone.GOOD,
    Verdict.CLOSES: Tone.HOPEFUL,
    Verdict.DISPROVED: Tone.BAD,
    Verdict.REFUSED: Tone.BAD,
    Verdict.OPEN: Tone.DOUBTFUL,
}
_NEWS = frozenset({Verdict.ACCEPTED, Verdict.DISPROVED})


@dataclass(frozen=True, slots=True)
class Row:
    """One line, safe to show; `number` counts from 1. `found` is the proof, or what else there is to say.

    `place` names file, line and declaration; `short` leaves out the file.
    """

    number: int
    key: SuggestionKey
    place: str
    short: str
    found: str
    is_proof: bool
    verdict: str
    tone: Tone
    is_news: bool
    """Whether the person is to look at it: something can be written, or a statement is false."""


@dataclass
class SuggestionTable:
    """All suggestions, as they stand now, how Lean stands, and the last notes. Takes what a `Watcher` tells."""

    state: str = "looking at the files"
    """What watching is at, where there is no suggestion."""
    lean: LeanState = LeanState.RUNS
    _suggestions: dict[SuggestionKey, Suggestion] = field(default_factory=dict[SuggestionKey, Suggestion])
    _notes: list[str] = field(default_factory=list[str])

    @property
    def suggestions(self) -> Mapping[SuggestionKey, Suggestion]:
        """The suggestions by their key."""
        return MappingProxyType(self._suggestions)

    @property
    def notes(self) -> Sequence[str]:
        """How Lean stands where that is worth a word, and the last notes, the newest last, safe to show."""
        return [shown(text) for text in (self.lean.value, *self._notes) if text]

    def ready(self) -> None:
        """From now on every save is seen."""
        self.state = "nothing to do until the next save"

    def change(self, key: SuggestionKey, suggestion: Suggestion | None) -> None:
        """A suggestion is new, stands differently, or (None) is gone."""
        if suggestion is None:
            self._suggestions.pop(key, None)
        else:
            self._suggestions[key] = suggestion

    def note(self, text: str) -> None:
        """Something to know; what is said again is not shown twice."""
        self._notes = [*(note for note in self._notes if note != text), text][-_NOTES:]

    def rows(self) -> Sequence[Row]:
        """The lines, in the order of the files and of what stands in them."""
        order = sorted(self._suggestions.items(), key=lambda item: (item[1].path, item[1].line, item[0]))
        return [_row(number, key, each) for number, (key, each) in enumerate(order, 1)]

    def accepted(self) -> Sequence[SuggestionKey]:
        """What can be written: the acceptance check has said yes, and nobody has written it."""
        return [key for key, each in self._suggestions.items() if each.verdict is Verdict.ACCEPTED]

    def numbered(self, number: int) -> Sequence[SuggestionKey]:
        """The suggestion in a line, if there is such a line."""
        return [row.key for row in self.rows() if row.number == number]

    def summary(self) -> str:
        """How many there are of each verdict, the most telling first; empty where there is nothing."""
        counts = Counter(each.verdict for each in self._suggestions.values())
        return " · ".join(f"{counts[verdict]:,} {verdict.value}" for verdict in _MOST_TELLING_FIRST if counts[verdict])


def _row(number: int, key: SuggestionKey, each: Suggestion) -> Row:
    return Row(
        number,
        key,
        place=shown(f"{each.path.name}:{each.line} {each.declaration}"),
        short=shown(f":{each.line} {each.declaration}"),
        found=shown(" ".join((each.proof or each.detail).split())),
        is_proof=bool(each.proof),
        verdict=each.verdict.value,
        tone=_TONES.get(each.verdict, Tone.QUIET),
        is_news=each.verdict in _NEWS,
    )
