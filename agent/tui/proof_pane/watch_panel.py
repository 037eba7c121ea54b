"""The section of what is watched: the table of `qed watch`, with a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from agent.tui.proof_pane.drawing import DIM, fitted, lean, wrapped
from agent.tui.proof_pane.panel import Panel
from agent.visible import shown
from agent.watch.suggestion import SuggestionKey
from agent.watch.table import Row, SuggestionTable, Tone

_COLOURS = {
    Tone.GOOD: "$text-success",
    Tone.HOPEFUL: "$text-accent",
    Tone.BAD: "$text-error",
    Tone.DOUBTFUL: "$text-warning",
    Tone.QUIET: DIM,
}
_GAP = "  "
_BAR = " │ "
_LONGEST = 300
_WHOLE_LINES = 6
"""Lines for the whole text of the row under the cursor."""


@dataclass(frozen=True, slots=True)
class WatchView:
    """What is watched, and what was found. `what` names it; `is_auto`: accepted proofs are written unasked.

    `problem` is why watching has ended, empty while it goes on.
    """

    what: str
    table: SuggestionTable
    is_auto: bool = False
    problem: str = ""


class WatchPanel(Panel):
    """Shows a `WatchView`. It writes nothing: `WriteAsked` says what is to be written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write_cursor", "write"),
        Binding("1", "write_line(1)", "write that line", key_display="1-9"),
        *(Binding(str(number), f"write_line({number})", show=False) for number in range(2, 10)),
        Binding("a", "write_accepted", "write all accepted"),
        Binding("q,escape", "leave", "back", key_display="q"),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
    ]

    class WriteAsked(Message):
        """The person wants these suggestions to be written."""

        def __init__(self, keys: Sequence[SuggestionKey]) -> None:
            super().__init__()
            self.keys = keys

    class Resized(Message):
        """Another row is shown in full, which takes other room."""

    class Left(Message):
        """The person has done here."""

    def __init__(self) -> None:
        super().__init__("watch")
        self._view: WatchView | None = None
        self._cursor: SuggestionKey | None = None
        self._at = 0
        self._width = 0

    def draw(self, view: WatchView | None, width: int) -> None:
        """Takes what there is now; None: nothing is watched."""
        self._view, self._width = view, width
        if view is None:
            self.show("Watch", "", (), width)
            return
        rows = _in_one_file(view.table.rows())
        self._follow(rows)
        columns = _Columns.of(rows, width)
        lines = [_line(row, columns, width, is_chosen=row.key == self._cursor) for row in rows]
        lines += [] if rows else [fitted(Content.styled(f"  {view.table.state}", DIM), width)]
        chosen = self._chosen(rows)
        lines += _whole(view.table, chosen, columns, width) if chosen is not None else []
        lines += [line for note in view.table.notes for line in _note(note, DIM, width)]
        lines += _note(shown(view.problem), "$text-error", width) if view.problem else []
        self.show("Watch", _about(view), lines, width)

    def _follow(self, rows: Sequence[Row]) -> None:
        """Keeps the cursor on its suggestion; where that is gone, in its line."""
        at = next((number for number, row in enumerate(rows) if row.key == self._cursor), None)
        self._at = at if at is not None else min(self._at, max(len(rows) - 1, 0))
        self._cursor = rows[self._at].key if rows else None

    def _chosen(self, rows: Sequence[Row]) -> Row | None:
        return next((row for row in rows if row.key == self._cursor), None)

    # -- keys and clicks

    def action_move(self, step: int) -> None:
        """Moves the cursor."""
        self._go_to(self._at + step)

    def _go_to(self, number: int) -> None:
        rows = self._view.table.rows() if self._view is not None else ()
        if rows:
            self._at = min(max(number, 0), len(rows) - 1)
            self._cursor = rows[self._at].key
            self.draw(self._view, self._width)
            self.post_message(self.Resized())
            first = self.scroll_offset.y
            height = max(self.scrollable_content_region.height, 1)
            self.scroll_to(y=min(max(first, self._at - height + 1), self._at), animate=False)

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on the row that was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and self._view is not None:
            number = offset.y + self.scroll_offset.y
            if number < len(self._view.table.rows()):
                self._go_to(number)

    def action_write_cursor(self) -> None:
        """Asks for the row under the cursor to be written."""
        self._ask([self._cursor] if self._cursor is not None else [])

    def action_write_line(self, number: int) -> None:
        """Asks for a row to be written."""
        self._ask(self._view.table.numbered(number) if self._view is not None else [])

    def action_write_accepted(self) -> None:
        """Asks for all that is accepted to be written."""
        self._ask(self._view.table.accepted() if self._view is not None else [])

    def _ask(self, keys: Sequence[SuggestionKey]) -> None:
        if keys:
            self.post_message(self.WriteAsked(keys))

    def action_leave(self) -> None:
        """Gives the focus back."""
        self.post_message(self.Left())


def _in_one_file(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows without the name of their file where all have the same, which the title says."""
    return [replace(row, place=row.short) for row in rows] if len({row.key[0] for row in rows}) == 1 else rows


def _about(view: WatchView) -> str:
    parts = ["ended" if view.problem else "", "writes unasked" if view.is_auto else "", view.table.summary()]
    files = {path for path, _ in view.table.suggestions}
    what = next(iter(files)).name if len(files) == 1 else view.what
    return shown(" · ".join([what, *(part for part in parts if part)]))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cells for each column. Holes have the room that they need, up to half where the proofs need theirs."""

    number: int
    place: int
    found: int
    verdict: int

    @classmethod
    def of(cls, rows: Sequence[Row], width: int) -> "_Columns":
        """Columns in which the rows have room; where there is too little, hole and proof share it."""
        number, verdict = len(str(len(rows))), max((len(row.verdict) for row in rows), default=0)
        room = max(width - len("› ") - number - verdict - 2 * len(_GAP), 2)
        place = max((_place_width(row) for row in rows), default=0)
        proof = max((_found_width(row) for row in rows if row.is_proof), default=0)
        place = min(place, max(room - proof, room // 2))
        return cls(number, place, room - place, verdict)


def _place_width(row: Row) -> int:
    return Content(row.place).cell_length


def _found_width(row: Row) -> int:
    return Content(row.found[:_LONGEST]).cell_length


def _line(row: Row, columns: _Columns, width: int, *, is_chosen: bool) -> Content:
    mark = ("›", "bold $text-accent") if is_chosen else " "
    number = (f"{row.number:>{columns.number}} ", DIM)
    found = lean(row.found[:_LONGEST]) if row.is_proof else Content.styled(row.found[:_LONGEST], DIM)
    verdict = (row.verdict, f"bold {_COLOURS[row.tone]}" if row.is_news else _COLOURS[row.tone])
    place, found = _padded(Content(row.place), columns.place), _padded(found, columns.found)
    return fitted(Content.assemble(mark, number, place, _GAP, found, _GAP, verdict), width)


def _padded(content: Content, width: int) -> Content:
    content = fitted(content, width)
    return content.pad_right(max(width - content.cell_length, 0))


def _whole(table: SuggestionTable, row: Row, columns: _Columns, width: int) -> list[Content]:
    """All that was found for a row, where its line has no room for it; a proof keeps its lines."""
    each = table.suggestions[row.key]
    is_cut = "\n" in each.proof or _found_width(row) > columns.found
    parts = [lean(shown(each.proof))] if is_cut and each.proof else []
    if each.detail and (each.proof or is_cut):
        parts.append(Content.styled(shown(each.detail), DIM))
    if _place_width(row) > columns.place:
        parts = [Content.assemble((row.place, "bold")), *parts]
    lines = [line for part in parts for line in wrapped(part, width - len(_BAR))]
    if len(lines) > _WHOLE_LINES:
        lines[_WHOLE_LINES - 1 :] = [Content.styled("…", DIM)]
    return [Content.assemble((_BAR, DIM), line) for line in lines]


def _note(text: str, style: str, width: int) -> list[Content]:
    return wrapped(Content.styled(text, style), width)
