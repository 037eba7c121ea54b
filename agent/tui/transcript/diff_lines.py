"""A diff as it is shown: line numbers, signs, colours."""

from textual.content import Content

from agent.tui.transcript.code import coloured
from agent.tui.transcript.diff import DiffRow, parse_diff
from agent.tui.transcript.rows import Line, clean, literal
from agent.tui.transcript.styles import ADDED, MUTED, REMOVED

_FILLS = {"+": ADDED, "-": REMOVED, " ": ""}
_SIGNS = {"+": "bold $text-success", "-": "bold $text-error", " ": ""}


def diff_lines(diff: str, lead: str = "") -> list[Line]:
    """The lines of a unified diff, in Lean's colours; a text that is none is shown as it is."""
    rows = parse_diff(diff)
    if not rows:
        return [Line(literal(line), lead, lead) for line in diff.rstrip("\n").split("\n") if line.strip()]
    digits = max((len(str(number)) for row in rows for number in (row.old, row.new) if number), default=1)
    contents = coloured("\n".join("" if row.sign == "@" else clean(row.text) for row in rows))
    lines: list[Line] = []
    for row, content in zip(rows, contents, strict=True):
        if row.sign != "@":
            lines.append(_line(row, content, digits, lead))
        elif lines:  # between hunks something is left out
            lines.append(Line(literal("⋯", MUTED), lead + " " * (2 * digits)))
    return lines


def _line(row: DiffRow, content: Content, digits: int, lead: str) -> Line:
    numbers = " ".join(f"{number or '':>{digits}}" for number in (row.old, row.new))
    text = Content.assemble(Content.styled(f"{row.sign} ", _SIGNS[row.sign]), content)
    hang = " " * (len(lead) + len(numbers) + 3)
    return Line(text, f"{lead}{numbers} ", hang, MUTED, _FILLS[row.sign])


def diff_totals(diff: str) -> str:
    """How much a diff changes, like `+3 -1`."""
    signs = [row.sign for row in parse_diff(diff)]
    return f"+{signs.count('+')} -{signs.count('-')}"
