"""What the person said, and lines that are nobody's: notes, errors, the end of a turn."""

from collections.abc import Sequence
from typing import Literal

from agent.conversation.events import TurnEnd, TurnFinished
from agent.figures import seconds_word, usage_words
from agent.tui.transcript.block import Block, estimated
from agent.tui.transcript.rows import Line, clean, literal
from agent.tui.transcript.styles import MUTED

NoteKind = Literal["info", "warning", "error"]

_NOTE_STYLES: dict[NoteKind, str] = {"info": MUTED, "warning": "$text-warning", "error": "$text-error"}
_NOTE_WORDS: dict[NoteKind, str] = {"info": "", "warning": "warning: ", "error": "error: "}


class PersonBlock(Block):
    """What the person said, with a bar at its left."""

    bar = "▌"
    bar_style = "$primary"
    fill = "on $boost"

    def __init__(self, text: str, queued: bool = False) -> None:
        super().__init__()
        self._text = text
        self._queued = queued

    def lines(self, width: int) -> Sequence[Line]:
        """The text as it was typed."""
        style = MUTED if self._queued else "bold"
        lines = [Line(literal(line, style), fill=self.fill) for line in self._text.split("\n")]
        return (
            [*lines, Line(literal("waits for its turn", f"italic {MUTED}"), fill=self.fill)] if self._queued else lines
        )

    def plain(self) -> str:
        """The text."""
        return "\n".join(f"> {line}" for line in clean(self._text).split("\n"))

    def estimate(self, width: int) -> int:
        """By its length."""
        return estimated(self._text, width)


class NoteBlock(Block):
    """A text of qed itself."""

    def __init__(self, text: str, kind: NoteKind = "info", title: str = "") -> None:
        super().__init__()
        self._text, self._title = text.strip("\n"), title
        self._kind: NoteKind = kind

    def say(self, text: str) -> None:
        """Says something else instead."""
        self._text = text.strip("\n")

    def lines(self, width: int) -> Sequence[Line]:
        """The title and the text; a warning and an error say so."""
        lines = [Line(literal(self._title, "bold"))] if self._title else []
        word = _NOTE_WORDS[self._kind]
        for number, line in enumerate(self._text.split("\n") if self._text else []):
            head = literal("" if number else word, f"bold {_NOTE_STYLES[self._kind]}")
            style = "" if self._kind == "info" and self._title else _NOTE_STYLES[self._kind]
            lines.append(Line(head + literal(line, style)))
        return lines

    def plain(self) -> str:
        """Title and text."""
        return clean("\n".join(part for part in (self._title, _NOTE_WORDS[self._kind] + self._text) if part))

    def estimate(self, width: int) -> int:
        """By its length."""
        return estimated(self._text, width) + bool(self._title)


class ErrorBlock(Block):
    """What went wrong or could not be done, and what to do about it."""

    bar = "▌"
    bar_style = "$error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__()
        self._message, self._hint = message.strip(), hint.strip()

    def lines(self, width: int) -> Sequence[Line]:
        """The message and the hint."""
        lines = [literal("error: ", "bold $text-error") + literal(self._message, "$text-error")]
        if self._hint:
            lines.append(literal("hint: ", "bold $text-accent") + literal(self._hint))
        return [Line(part, hang="  ") for line in lines for part in line.split("\n", allow_blank=True)]

    def plain(self) -> str:
        """Message and hint."""
        hint = f"\nhint: {self._hint}" if self._hint else ""
        return clean(f"error: {self._message}{hint}")

    def estimate(self, width: int) -> int:
        """By its length."""
        return estimated(self.plain(), width)


class TurnEndBlock(Block):
    """The end of a turn: what is proved and what is not, as the harness says, and what it cost."""

    def __init__(self, event: TurnFinished) -> None:
        super().__init__()
        self._event = event

    def lines(self, width: int) -> Sequence[Line]:
        """A line for each file, and a thin one."""
        lines = [Line(literal(text, style), hang="  ") for text, style in self._files()]
        rule = self._rule()
        style = MUTED if self._event.reason is TurnEnd.DONE else "$text-warning"
        dashes = "─" * max(0, min(width, 100) - len(rule) - 4)
        return [*lines, Line(literal(f"── {rule} {dashes}", style))]

    def plain(self) -> str:
        """The same without ornament."""
        return "\n".join([*(clean(text) for text, _ in self._files()), clean(self._rule())])

    def _files(self) -> list[tuple[str, str]]:
        told: list[tuple[str, str]] = []
        for state in self._event.files:
            if state.proved:
                told.append((f"✓ proved in {state.path.name}: {', '.join(state.proved)}", "$text-success"))
            if state.open:
                told.append((f"○ not proved in {state.path.name}: {', '.join(state.open)}", "$text-warning"))
        return told

    def _rule(self) -> str:
        event = self._event
        reason = [] if event.reason is TurnEnd.DONE else [f"stopped: {event.reason.value}"]
        refused = [f"{event.refused} refused"] if event.refused else []
        return " · ".join([*reason, *refused, *usage_words(event.usage), seconds_word(event.seconds)])
