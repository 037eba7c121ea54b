"""What the model says: Markdown that grows."""

from collections.abc import Sequence

from agent.tui.transcript.block import Block, estimated
from agent.tui.transcript.pieces import Piece, Pieces
from agent.tui.transcript.rows import BLANK, Line, Painter, Row, clean, literal

SHOWN = 200_000
"""Characters of one message that are shown."""


class MarkdownBlock(Block):
    """Markdown, whole or still growing. What is finished of it is laid out once."""

    def __init__(self, text: str = "", title: str = "") -> None:
        super().__init__()
        self._parts = [text] if text else []
        self._size = len(text)
        self._title = title
        self.release()

    @property
    def text(self) -> str:
        """All of it, as it was written."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def append(self, text: str) -> None:
        """Adds to the end."""
        self._parts.append(text)
        self._size += len(text)

    def replace(self, text: str) -> None:
        """Says what the text is in truth; nothing is drawn again where it is what was there."""
        if text != self.text:
            self._parts, self._size = [text] if text else [], len(text)
            self.release()

    def lines(self, width: int) -> Sequence[Line]:
        """The whole, at once."""
        return [line for piece in self._all_pieces() for line in _piece_lines(piece, width)]

    def rows(self, painter: Painter) -> list[Row]:
        """As `lines`, but what is finished is kept."""
        if not self._size:
            return []
        if self._key != painter.key:
            self.release()
            self._key = painter.key
            if self._title:
                self._done += painter.paint([_title(self._title)])
        text = self.text[:SHOWN]
        for piece in self._pieces.finished(text):
            self._add(self._done, piece, painter)
        rows = list(self._done)
        self._add(rows, self._pieces.rest(text), painter)
        if self._size > SHOWN:
            more = f"… {self._size - SHOWN} more characters are not shown (c copies all)"
            rows += painter.paint([BLANK, Line(literal(more, "$text-warning"))])
        return rows

    def plain(self) -> str:
        """The Markdown itself."""
        return clean("\n\n".join(part for part in (self._title, self.text.strip("\n")) if part))

    def estimate(self, width: int) -> int:
        """By the length of the text."""
        return estimated(self.text[:SHOWN].strip(), width) if self._size else 0

    def release(self) -> None:
        """Forgets the rows."""
        self._pieces = Pieces()
        self._done: list[Row] = []
        self._key: object = None

    def _all_pieces(self) -> list[Piece]:
        pieces, text = Pieces(), self.text[:SHOWN]
        return [*pieces.finished(text), pieces.rest(text)]

    @staticmethod
    def _add(rows: list[Row], piece: Piece, painter: Painter) -> None:
        added = painter.paint(_piece_lines(piece, painter.width))
        if added and rows and not piece.joined:
            rows += painter.paint([BLANK])
        rows += added


def _piece_lines(piece: Piece, width: int) -> list[Line]:
    from agent.tui.transcript.markdown import markdown_lines  # only when there is Markdown: the parser takes time

    return markdown_lines(piece.text, width)


def _title(title: str) -> Line:
    return Line(literal(title, "bold $text-primary"))
