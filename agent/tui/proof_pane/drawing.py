"""Small pieces of the pane's pictures, as styled text of a given width."""

from functools import lru_cache

from textual.content import Content

from agent.tui.lean_text import highlight_lean

DIM = "dim"
"""Less important text. Not a colour: it is dim in every theme, and where there are no colours at all."""
lean = lru_cache(maxsize=2048)(highlight_lean)
"""Lean in colour; the same texts come again with every repaint."""
_FULL, _EMPTY = "━", "─"


def wrapped(content: Content, width: int, indent: int = 0) -> list[Content]:
    """Lines of at most `width` cells; all but the first begin with `indent` blanks, where there is room for that."""
    width = max(width, 2)
    indent = indent if indent < width // 2 else 0
    lines: list[Content] = []
    for number, part in enumerate(content.split("\n", allow_blank=True)):
        if number == 0 and part.cell_length <= width:
            lines.append(part)
            continue
        first, *rest = _first_and_rest(part, width, indent if number else 0)
        lines.append(first.pad_left(indent if number else 0))
        lines += [line.pad_left(indent) for line in rest]
    return lines


def _first_and_rest(part: Content, width: int, taken: int) -> list[Content]:
    """Wraps one printed line. All pieces leave room for the indent, which the first one may lack."""
    return part.wrap(max(width - taken, 2)) if taken else part.wrap(width)


def fitted(content: Content, width: int) -> Content:
    """The first line of a text, cut to `width` cells with an ellipsis."""
    line = content.split("\n", allow_blank=True)[0]
    return line.truncate(max(width, 1), ellipsis=True) if line.cell_length > width else line


def spread(left: Content, right: Content, width: int) -> Content:
    """Two texts at both ends of a line; the left one gives way, and the right one goes where it has no room."""
    if right.cell_length + 4 > width or not right:
        return fitted(left, width)
    left = fitted(left, width - right.cell_length - 1)
    return Content.assemble(left, " " * (width - left.cell_length - right.cell_length), right)


def bar(fraction: float, width: int, style: str = "$primary") -> Content:
    """A bar that is full to a fraction; the number stands beside it, so that it need not be read."""
    width = max(width, 1)
    full = round(min(max(fraction, 0.0), 1.0) * width)
    return Content.assemble((_FULL * full, style), (_EMPTY * (width - full), DIM))


def duration(seconds: float) -> str:
    """`4.2 s`, `34 s`, `2 min 05 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60:02} s"


def heading(name: str, about: str, width: int) -> Content:
    """The title of a section: its name, and something about it."""
    title = Content.assemble(f" {name} ", (f"{about} " if about else "", f"{DIM} not bold"))
    return fitted(title, max(width - 4, 1))
