"""The model's reasoning: one dim line that opens."""

from collections.abc import Callable, Sequence

from agent.figures import counted, seconds_word
from agent.tui.transcript.block import Block, estimated
from agent.tui.transcript.rows import Line, clean, literal
from agent.tui.transcript.styles import MUTED

_SHOWN = 50_000  # characters, the last ones
_STYLE = f"italic {MUTED}"


class ReasoningBlock(Block):
    """Reasoning, while it grows and after. `clock` gives seconds."""

    tight = True

    def __init__(self, clock: Callable[[], float], began: float | None = None) -> None:
        super().__init__()
        self._clock = clock
        self._began = began
        self._seconds = 0.0
        self._parts: list[str] = []
        self._lines = 1

    @property
    def foldable(self) -> bool:
        """Always."""
        return bool(self._parts)

    @property
    def text(self) -> str:
        """All of it."""
        self._parts = ["".join(self._parts)]
        return self._parts[0]

    def append(self, text: str) -> None:
        """Adds to the end."""
        self.running = True
        self._parts.append(text)
        self._lines += text.count("\n")

    def finish(self, text: str = "") -> None:
        """The reasoning is over; `text`, where given, is all of it."""
        if self.running and self._began is not None:
            self._seconds = self._clock() - self._began
        self.running = False
        if text:
            self._parts, self._lines = [text], text.count("\n") + 1

    def lines(self, width: int) -> Sequence[Line]:
        """The one line; the text below it when open."""
        if not self._parts:
            return []
        mark = "▾" if self.open else "▸"
        head = Line(literal(f"{mark} {self._head()}", _STYLE))
        if not self.open:
            return [head]
        text = self.text.strip("\n")
        cut = [Line(literal("… the beginning is left out (c copies all)", _STYLE), "  ")] if len(text) > _SHOWN else []
        return [head, *cut, *(Line(literal(line, _STYLE), "  ", "  ") for line in text[-_SHOWN:].split("\n"))]

    def _head(self) -> str:
        if self.running:
            return f"thinking… {counted(self._lines, 'line')}"
        took = f" for {seconds_word(self._seconds)}" if self._seconds >= 0.1 else ""
        return f"thought{took} · {counted(self._lines, 'line')}"

    def plain(self) -> str:
        """The text."""
        return clean(f"[reasoning]\n{self.text.strip()}") if self._parts else ""

    def estimate(self, width: int) -> int:
        """One, or by the length of the text."""
        return estimated(self.text[-_SHOWN:], width) + 1 if self.open else int(bool(self._parts))
