"""A write that a tool proposes, and the answer to it."""

from collections.abc import Sequence

from agent.conversation.events import DiffProposed, PermissionAnswered
from agent.tui.transcript.block import Block
from agent.tui.transcript.code import coloured
from agent.tui.transcript.diff_lines import diff_lines, diff_totals
from agent.tui.transcript.rows import Line, clean, literal
from agent.tui.transcript.styles import LOUD, MUTED

_ASKED = ("waits for your answer", "$text-warning")


class DiffBlock(Block):
    """A diff by itself, with a title."""

    def __init__(self, diff: str, title: str = "") -> None:
        super().__init__()
        self._diff, self._title = diff, title
        self.open = True

    @property
    def foldable(self) -> bool:
        """The diff folds away."""
        return True

    def lines(self, width: int) -> Sequence[Line]:
        """The title, and the diff when open."""
        mark = "▾" if self.open else "▸"
        totals = diff_totals(self._diff)
        head = literal(f"{mark} {self._title or 'diff'}", "bold") + literal(f"  {totals}", MUTED)
        return [Line(head, hang="  "), *(diff_lines(self._diff, "  ") if self.open else [])]

    def plain(self) -> str:
        """The title and the unified diff."""
        return clean("\n".join(part for part in (self._title, self._diff.rstrip()) if part))

    def estimate(self, width: int) -> int:
        """By the lines of the diff."""
        return self._diff.count("\n") + 1 if self.open else 1


class ProposalBlock(DiffBlock):
    """A proposal: path, summary, what statements would change, diff, answer."""

    bar = "▌"
    bar_style = "$warning"

    def __init__(self, event: DiffProposed) -> None:
        super().__init__(event.diff, event.summary)
        self._event = event
        self._answer: PermissionAnswered | None = None
        self._waits = False

    def asked(self) -> None:
        """The person is asked."""
        self._waits = True

    def answered(self, event: PermissionAnswered) -> None:
        """The answer is there. What was allowed is folded, unless it changes a statement."""
        self._answer, self._waits = event, False
        self.open = not event.allowed or bool(self._event.statements)
        self.bar = " " if event.allowed else self.bar

    def lines(self, width: int) -> Sequence[Line]:
        """The diff, with the statements in front and the answer behind."""
        head, *diff = super().lines(width)
        text, style = self._verdict()
        if not self.open:
            return [Line(head.content + literal(f" · {text}" if text else "", style), hang="  ")]
        named = self._event.path.name in self._title
        path = [] if named else [Line(literal(f"{self._event.path}", MUTED), "  ", "  ")]
        answer = [Line(literal(text, style), "  ", "  ")] if text else []
        return [head, *path, *self._statements(), *diff, *answer]

    def _statements(self) -> list[Line]:
        lines: list[Line] = []
        for name, before, after in self._event.statements:
            warning = f"! warning: the statement of {name} would change"
            lines.append(Line(literal(warning, "bold $text-error"), "  ", "    ", fill=LOUD))
            for word, text in (("before", before), ("after ", after)):
                for number, part in enumerate(coloured(text)):
                    lines.append(Line(part, f"    {word if not number else '      '}  ", " " * 12, MUTED))
        return lines

    def _verdict(self) -> tuple[str, str]:
        if self._answer is None:
            return _ASKED if self._waits else ("", "")
        if self._answer.allowed:
            return ("allowed by the mode" if self._answer.by == "mode" else "allowed"), MUTED
        by = " by the mode" if self._answer.by == "mode" else ""
        reason = f": {self._answer.reason}" if self._answer.reason else ""
        return f"refused{by}{reason}", "bold $text-warning"

    def plain(self) -> str:
        """All of it as text."""
        parts = [self._title, str(self._event.path)]
        for name, before, after in self._event.statements:
            parts.append(f"warning: the statement of {name} would change\n  before  {before}\n  after   {after}")
        return clean("\n".join([*parts, self._diff.rstrip(), self._verdict()[0]]).rstrip())

    def estimate(self, width: int) -> int:
        """By the lines of the diff and the statements."""
        return super().estimate(width) + (2 + 3 * len(self._event.statements) if self.open else 0)
