"""Which rows of which blocks are where: laid out near what is seen, estimated elsewhere.

The place of the person is a block and a row in it, not a number of rows from the top: so it stays when blocks above
turn out to be longer or shorter than estimated.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual.geometry import Region, Size

from agent.tui.transcript.block import Block
from agent.tui.transcript.heights import Heights
from agent.tui.transcript.rows import Painter, Row

_KEPT_ROWS = 3000
"""Rows that stay laid out, about; those of blocks that were not seen for longest are dropped first."""


class Place(NamedTuple):
    """A row: the block, and the row within it; blank rows above the block count as its own."""

    block: int
    row: int


class Viewport:
    """The rows of `blocks`, a list that somebody else lets grow."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._heights = Heights()
        self._measured: list[bool] = []
        self._kept: dict[int, list[Row]] = {}
        self._kept_rows = 0
        self._drawn: list[object] = []
        self.painter: Painter | None = None

    @property
    def total(self) -> int:
        """All rows, as far as known."""
        return self._heights.total

    def clear(self) -> None:
        """To be called when the blocks are gone."""
        self._heights.clear()
        self._measured.clear()
        self._forget_rows()

    def repaint(self, painter: Painter, at: Place) -> Place:
        """Lays all out anew; gives the place at which the text of `at` is now."""
        before = self.height(at.block)
        self.painter = painter
        self._forget_rows()
        for index in range(len(self._heights)):
            self._estimate(index)
        if not before:
            return at
        self.measure(at.block)
        return Place(at.block, at.row * self.height(at.block) // before)

    def touch(self, changed: Iterable[int]) -> None:
        """Takes note of blocks that are new or changed."""
        for index in changed:
            while len(self._heights) <= index:
                self._heights.append(0)
                self._measured.append(False)
                self._estimate(len(self._heights) - 1)
            for each in (index, index + 1):  # the blank row between two blocks belongs to the second
                if each < len(self._heights):
                    self._drop(each)
                    self._measured[each] = False

    def hold(self, at: Place, height: int) -> int:
        """The row of `at`, counted from the top, when all around it is laid out."""
        if not self._heights:
            return 0
        at = Place(min(at.block, len(self._heights) - 1), at.row)
        self._measure_down(at, 2 * height)
        self._measure_up(at.block - 1, 2 * height)
        return self._heights.top(at.block) + max(0, min(at.row, self.height(at.block) - 1))

    def end(self, height: int) -> int:
        """The row that is on top when the end is at the bottom."""
        self._measure_up(len(self._heights) - 1, 2 * height)
        return max(0, self.total - height)

    def locate(self, row: int) -> Place:
        """The block at a row from the top."""
        index = self._heights.find(row)
        return Place(index, row - self._heights.top(index)) if index >= 0 else Place(0, 0)

    def top(self, index: int) -> int:
        """The first row of a block, blank rows above it included."""
        return self._heights.top(index)

    def height(self, index: int) -> int:
        """The rows of a block, blank rows above it included."""
        return self._heights[index] if 0 <= index < len(self._heights) else 0

    def measured_height(self, index: int) -> int:
        """As `height`, but not an estimate."""
        self.measure(index)
        return self.height(index)

    def gap(self, index: int) -> int:
        """The blank rows above a block."""
        if not index:
            return 0
        above, block = self._blocks[index - 1], self._blocks[index]
        return 0 if above.tight and block.tight and not above.open and not block.open else 1

    def row(self, place: Place) -> Row | None:
        """What stands at a place; None for a blank row above a block, and outside."""
        if not 0 <= place.block < len(self._blocks):
            return None
        number = place.row - self.gap(place.block)
        rows = self.rows(place.block)
        return rows[number] if 0 <= number < len(rows) else None

    def changed(self, first: int, size: Size, hinted: bool) -> Region | None:
        """The part of the screen that is not as it was at the last call, if the row `first` is on top; None: nothing.

        Of a stream it is a few rows, as long as nothing scrolls. `hinted`: a hint stands over the last row.
        """
        before, self._drawn = self._drawn, [hinted, *(self._drawn_by(first + y) for y in range(size.height))]
        if len(before) != len(self._drawn) or before[0] != hinted:
            return size.region
        rows = [y for y, (old, new) in enumerate(zip(before, self._drawn, strict=True), -1) if old != new]
        return Region(0, rows[0], size.width, rows[-1] - rows[0] + 1) if rows else None

    def _drawn_by(self, row: int) -> object:
        """All that a row from the top depends on, but for cursor, selection and theme."""
        if self.painter is None or row >= self.total:
            return None
        place = self.locate(row)
        block = self._blocks[place.block]
        return place, block.bar, block.bar_style, block.fill, self.row(place)

    def rows(self, index: int) -> list[Row]:
        """The rows of a block."""
        rows = self._kept.pop(index, None)
        if rows is None:
            assert self.painter is not None  # nothing is drawn before the width is known
            rows = self._blocks[index].rows(self.painter)
            self._kept_rows += len(rows)
        self._kept[index] = rows  # the last one used is the last one dropped
        return rows

    def measure(self, index: int) -> None:
        """Lays a block out, so that its height is known."""
        if not self._measured[index]:
            rows = self.rows(index)
            self._heights[index] = len(rows) + self.gap(index) if rows else 0
            self._measured[index] = True

    def trim(self) -> None:
        """Drops rows that were not used for long."""
        while self._kept_rows > _KEPT_ROWS and len(self._kept) > 1:
            self._drop(next(iter(self._kept)), release=True)

    def _measure_down(self, at: Place, height: int) -> None:
        left = height + at.row
        for index in range(at.block, len(self._heights)):
            if left <= 0:
                break
            self.measure(index)
            left -= self._heights[index]

    def _measure_up(self, index: int, height: int) -> None:
        while index >= 0 and height > 0:
            self.measure(index)
            height -= self._heights[index]
            index -= 1

    def _estimate(self, index: int) -> None:
        width = self.painter.width if self.painter else 80
        estimate = self._blocks[index].estimate(width)
        self._heights[index] = estimate + self.gap(index) if estimate else 0
        self._measured[index] = False

    def _drop(self, index: int, *, release: bool = False) -> None:
        rows = self._kept.pop(index, None)
        if rows is not None:
            self._kept_rows -= len(rows)
            if release:
                self._blocks[index].release()

    def _forget_rows(self) -> None:
        self._kept.clear()
        self._kept_rows = 0
