"""Keeps, while a proof is read token by token, where its tactics begin and end."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TacticSpan:
    """Where a tactic begins and ends, as indices of tokens (`last` is the one after it).

    `parent` is the index, among all of the declaration, of the tactic within which it stands (None: it belongs to an
    outermost block). `block` numbers the blocks: two tactics of one block have the same.
    """

    first: int
    last: int
    parent: int | None
    block: int


@dataclass(slots=True)
class _Begun:
    first: int
    frame: object
    parent: int | None
    block: int
    last: int = -1


class TacticTracker:
    """Told of each tactic that begins, and after each token of the blocks that are open.

    A block is known by an object of the reader's, which is the same for all its tactics. `a <;> b` and `open N in a`
    are one tactic.
    """

    def __init__(self) -> None:
        self._begun: list[_Begun] = []
        self._running: list[int] = []

    def begin(self, at: int, before: str, block: object) -> None:
        """A tactic begins at a token, behind the token `before`, in a block."""
        if before in ("<;>", "in"):
            return
        number = len(self._begun)
        for index in [index for index in self._running if self._begun[index].frame is block]:
            self._running.remove(index)
            self._begun[index].last = at - (before == ";")
            number = self._begun[index].block
        parent = self._running[-1] if self._running else None
        self._running.append(len(self._begun))
        self._begun.append(_Begun(at, block, parent, number))

    def settle(self, at: int, blocks: Sequence[object]) -> None:
        """Ends, before the token at an index, the tactics whose blocks are no longer open."""
        for index in [*self._running]:
            if not any(block is self._begun[index].frame for block in blocks):
                self._begun[index].last = at
                self._running.remove(index)

    def found(self, end: int) -> list[TacticSpan]:
        """All tactics in order, each before those inside it; `end` is the index after the last token."""
        return [
            TacticSpan(each.first, each.last if each.last >= 0 else end, each.parent, each.block)
            for each in self._begun
        ]
