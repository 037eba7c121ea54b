"""Where the blocks of a long list stand: heights in rows, summed up lazily."""

from bisect import bisect_right
from itertools import accumulate


class Heights:
    """The heights of blocks. A change costs what stands below it, and only when somebody asks."""

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._tops: list[int] = [0]  # tops[i] is the sum of the heights before i; valid up to _valid
        self._valid = 0

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def __setitem__(self, index: int, height: int) -> None:
        if self._heights[index] != height:
            self._heights[index] = height
            self._valid = min(self._valid, index)

    def append(self, height: int) -> None:
        """Adds a block at the end."""
        self._heights.append(height)

    def clear(self) -> None:
        """Forgets all."""
        self._heights.clear()
        self._tops, self._valid = [0], 0

    @property
    def total(self) -> int:
        """The sum."""
        return self.top(len(self._heights))

    def top(self, index: int) -> int:
        """The row at which a block begins; for the number of blocks: the sum."""
        if index > self._valid:
            start = self._valid
            tail = accumulate(self._heights[start:], initial=self._tops[start])
            self._tops[start:] = tail
            self._valid = len(self._heights)
        return self._tops[index]

    def find(self, row: int) -> int:
        """The block in which a row is; the last one for rows below, the first for rows above."""
        self.top(len(self._heights))
        return max(0, min(bisect_right(self._tops, row) - 1, len(self._heights) - 1))
