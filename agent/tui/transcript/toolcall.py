"""A call of a tool: one line while it runs and after, which opens to what it was given and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.conversation.events import ToolFinished, ToolProgress, ToolStarted
from agent.figures import seconds_word
from agent.tui.transcript.arguments import argument_lines, argument_words
from agent.tui.transcript.block import Block
from agent.tui.transcript.outcome import outcome_lines, outcome_words
from agent.tui.transcript.rows import Line, clean, literal
from agent.tui.transcript.styles import MUTED

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAMES_A_SECOND = 10
_OPENED = 200  # lines of a result that are shown
_FEW = 8  # cells; arguments in less than that say nothing
_QUIET = ("write_proof",)  # what came of it is shown by the diff and the accepted proof

_SIGNS = {
    "ok": ("✓", "$text-success"),
    "Lean refused": ("✗", "$text-error"),
    "not allowed": ("⊘", "$text-warning"),
    "bad arguments": ("✗", "$text-warning"),
    "timed out": ("◷", "$text-warning"),
    "failed": ("!", "$text-error"),
}


class ToolBlock(Block):
    """One call. `clock` gives seconds; without `moving` nothing turns while it runs."""

    tight = True

    def __init__(self, event: ToolStarted, clock: Callable[[], float], moving: bool = True) -> None:
        super().__init__()
        self._started = event
        self._clock, self._began = clock, clock()
        self._moving = moving
        self._progress = ""
        self._finished: ToolFinished | None = None
        self.running = True

    @property
    def by_hand(self) -> bool:
        """Whether the person made the call: it does not end with the model's turn."""
        return self._started.by == "person"

    @property
    def foldable(self) -> bool:
        """There is always something behind the line."""
        return True

    def progress(self, event: ToolProgress) -> None:
        """It is still at work."""
        self._progress = event.text

    def finish(self, event: ToolFinished) -> None:
        """It is over. What the person asked for is there to be read."""
        self._finished = event
        told_elsewhere = event.tool in _QUIET and event.verdict == "ok"
        self.open = self.open or (self.by_hand and not told_elsewhere)
        self.running = False

    def stop(self) -> None:
        """It is over, and nobody said what came of it."""
        self.running = False

    def lines(self, width: int) -> Sequence[Line]:
        """The one line; arguments and result below it when open."""
        head = self._head(width)
        if not self.open:
            return [head]
        behind = [*self._arguments(), *self._outcome()]
        hidden = len(behind) - _OPENED
        if hidden > 0:
            more = literal(f"… {hidden} more lines (c copies all)", "$text-warning")
            behind = [*behind[:_OPENED], Line(more)]
        return [head, *(_moved(line) for line in behind)]

    def _head(self, width: int) -> Line:
        sign, style = self._sign()
        who = literal("you: ", "bold $text-primary") if self._started.by == "person" else literal("")
        words = argument_words(self._asked())
        head = literal(f"{sign} ", style) + who + literal(self._started.tool, "bold")
        tail = self._tail()
        room = width - head.cell_length - tail.cell_length
        if words and room >= _FEW:  # what came of it matters more than what was asked
            head += literal(f" {words}", MUTED).truncate(room, ellipsis=True)
        return Line(head + tail, wrap=False)

    def _sign(self) -> tuple[str, str]:
        if self._finished is not None:
            return _SIGNS.get(self._finished.verdict, ("?", "$text-warning"))
        if not self.running:
            return "○", MUTED
        frame = int((self._clock() - self._began) * _FRAMES_A_SECOND) % len(FRAMES)
        return (FRAMES[frame] if self._moving else "…"), "$text-accent"

    def _tail(self) -> Any:
        if self._finished is None:
            seconds = self._clock() - self._began
            told = [clean(" ".join(self._progress.split()))[:60] or "running"] if self.running else ["interrupted"]
            told += [seconds_word(seconds)] if seconds >= 1 and self.running else []
            return literal(" · " + " · ".join(told), MUTED)
        event = self._finished
        style = MUTED if event.verdict == "ok" else _SIGNS.get(event.verdict, ("", "$text-warning"))[1]
        words = outcome_words(event.tool, event.data) or event.verdict
        if event.verdict != "ok" and not words.startswith(event.verdict):
            words = f"{event.verdict}, {words}"
        took = f" · {seconds_word(event.seconds)}" if event.seconds >= 0.05 else ""
        return literal(f" · {words}", style) + literal(took, MUTED)

    def _asked(self) -> Mapping[str, Any]:
        """The arguments, but for tactics that the outcome counts and lists."""
        given = self._started.arguments
        trials = self._finished.data.get("trials") if self._finished is not None else None
        return {name: value for name, value in given.items() if name != "tactics"} if trials else given

    def _arguments(self) -> list[Line]:
        return [] if self._started.by == "person" else argument_lines(self._asked())  # a person knows them

    def _outcome(self) -> list[Line]:
        if self._finished is None:
            return [Line(literal(self._progress, MUTED))] if self._progress else []
        return outcome_lines(self._finished.tool, self._finished.data, self._finished.text)

    def plain(self) -> str:
        """The call and its whole result."""
        words = argument_words(self._started.arguments)
        head = f"{self._started.tool} {words}".rstrip()
        by = "you: " if self._started.by == "person" else ""
        if self._finished is None:
            return clean(f"{by}{head}")
        return clean(f"{by}{head}: {self._finished.verdict}\n{self._finished.text.rstrip()}")

    def estimate(self, width: int) -> int:
        """One row, and the result when open."""
        return 1 + (min(_OPENED, self._finished.text.count("\n") + 4) if self.open and self._finished else 0)


def _moved(line: Line) -> Line:
    return Line(line.content, f"  {line.lead}", f"  {line.hang}", line.lead_style, line.fill, line.wrap)
