"""A proof that Lean accepted and that is on disk: the one thing that looks proved."""

from collections.abc import Sequence

from agent.conversation.events import ProofAccepted
from agent.figures import counted, usage_words
from agent.tui.transcript.block import Block
from agent.tui.transcript.code import code_lines
from agent.tui.transcript.rows import Line, clean, literal
from agent.tui.transcript.styles import MUTED


class ProofBlock(Block):
    """The declaration, its file, its axioms; the proof below when open."""

    bar = "▌"
    bar_style = "$success"

    def __init__(self, event: ProofAccepted) -> None:
        super().__init__()
        self._event = event

    @property
    def foldable(self) -> bool:
        """The proof can be looked at."""
        return bool(self._event.proof.strip())

    def lines(self, width: int) -> Sequence[Line]:
        """What is proved, on what it rests, and the proof."""
        event = self._event
        head = literal(f"✓ proved {event.declaration}", "bold $text-success")
        lines = [Line(head + literal(f"  {event.path.name}", MUTED), hang="  ")]
        cost = usage_words(event.usage)
        told = " · ".join([f"Lean accepted it · {self._axioms()}", *cost])
        lines.append(Line(literal(told, MUTED), "  ", "  "))
        proof = event.proof.strip("\n")
        if self.open:
            return [*lines, *code_lines(proof)]
        if proof:
            first, *more = proof.strip().split("\n")
            rest = f"  … {counted(len(more), 'more line')}" if more else ""
            lines.append(Line(code_lines(first)[0].content + literal(rest, MUTED), "  ▸ ", wrap=False))
        return lines

    def _axioms(self) -> str:
        return f"axioms: {', '.join(self._event.axioms)}" if self._event.axioms else "no axioms"

    def plain(self) -> str:
        """What is proved, and the proof."""
        event = self._event
        head = f"✓ proved {event.declaration} in {event.path} ({self._axioms()})"
        return clean(f"{head}\n{event.proof.rstrip()}")

    def estimate(self, width: int) -> int:
        """Three rows, and the proof when open."""
        return 2 + (self._event.proof.count("\n") + 1 if self.open else 1)
