"""What a transcript consists of."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from agent.tui.transcript.rows import Line, Painter, Row

GUTTER = 2
"""Cells at the left of every row: the bar of the block or the cursor, and a blank."""


class Block(ABC):
    """One thing that was said or done. It changes only through its own methods, and whoever calls them redraws it.

    `bar` and `bar_style` stand at the left of every row. `tight` blocks stand together without a blank row.
    """

    bar: str = " "
    bar_style: str = ""
    fill: str = ""
    tight: bool = False
    running: bool = False
    """It shows that time passes, and is redrawn while it does."""

    def __init__(self) -> None:
        self.open = False

    @property
    def foldable(self) -> bool:
        """Whether there is more to see, or less."""
        return False

    @abstractmethod
    def lines(self, width: int) -> Sequence[Line]:
        """What is shown at a width; nothing at all for a block that is void."""

    @abstractmethod
    def plain(self) -> str:
        """The block as text, whole, also what is folded."""

    def rows(self, painter: Painter) -> list[Row]:
        """What is shown, laid out."""
        return painter.paint(self.lines(painter.width))

    def estimate(self, width: int) -> int:
        """About how many rows it has; cheap."""
        return 1

    def release(self) -> None:
        """Forgets what it keeps for drawing; most keep nothing."""
        return


def estimated(text: str, width: int) -> int:
    """About how many rows a text has when wrapped."""
    return text.count("\n") + 1 + len(text) // max(width, 1)
