"""The scratch document in which tactics are tried: the file up to the declaration at work, with the hole replaced.

The hole's `sorry` becomes a parenthesised block that runs the tactics of the script and then `all_goals sorry`:

    theorem t : p ∧ q := by
      (
       constructor
       exact hp
       all_goals sorry)

The closing line keeps "unsolved goals" errors away, so that every new error is about the tactics; the goals at its
position are the state after the script; and since Lean reuses the elaboration of an unchanged prefix, a trial costs
what its last tactic costs. The parentheses make the block independent of the column and of what surrounds the hole
(`<;>`, `·`, an argument); with several goals at the hole a bullet narrows it to the one that it must close.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.lean.document import Document, Hole, HoleKind
from tools.lean.text import Span

CLOSER = "all_goals sorry"


@dataclass(frozen=True, slots=True)
class Composition:
    """A scratch text: the span of the block in it, that of its last tactic, and the offset of the closing line."""

    text: str
    block: Span
    last_tactic: Span
    goals_at: int


@dataclass(frozen=True)
class Scratch:
    """Builds scratch texts for one hole.

    `hole` is the span of the `sorry` in `text`, `command_start` and `cut` enclose the command (or the whole mutual
    block) that holds it. `max_heartbeats` is Lean's own measure of work, for one elaboration of the declaration.
    """

    text: str
    hole: Span
    is_tactic: bool
    command_start: int
    cut: int
    max_heartbeats: int
    focused: bool = False

    @classmethod
    def for_hole(cls, document: Document, hole: Hole, max_heartbeats: int) -> "Scratch":
        """The scratch for a hole of a document: all that stands above it, and nothing that stands below."""
        around = document.declaration_of(hole)
        is_tactic = hole.kind is HoleKind.TACTIC
        start, end = around.command_start, around.command_end
        return cls(document.text, hole.span, is_tactic, start, end, max_heartbeats)

    def compose(self, tactics: Sequence[str]) -> Composition:
        """The scratch text in which the tactics stand at the hole, one after the other."""
        column = self.hole.start - (self.text.rfind("\n", 0, self.hole.start) + 1)
        indent = " " * (column + 1)
        opening = "(\n" if self.is_tactic else "(by\n"
        first = indent
        if self.focused and self.is_tactic:
            first, indent = f"{indent}· ", indent + "  "
        head = (
            f"{self.text[: self.command_start]}set_option maxHeartbeats {self.max_heartbeats}\n"
            f"{self.text[self.command_start : self.hole.start]}{opening}{first}"
        )
        blocks = [tactic.replace("\n", "\n" + indent) for tactic in tactics]
        separator = "\n" + indent
        body = separator.join([*blocks, CLOSER])
        block_start = len(head) - len(first) - len(opening)
        goals_at = len(head) + len(body) - len(CLOSER)
        last_end = max(goals_at - len(separator), len(head))
        last = Span(last_end - (len(blocks[-1]) if blocks else 0), last_end)
        block = Span(block_start, len(head) + len(body) + 1)
        return Composition(f"{head}{body}){self.text[self.hole.end : self.cut]}", block, last, goals_at)
