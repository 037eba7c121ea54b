"""The goals at places of a file that is open in Lean."""

from dataclasses import dataclass
from pathlib import Path

from tools.errors import ExitCode, QedError
from tools.lean.lean_document import LeanDocument


@dataclass(frozen=True, slots=True)
class ProofState:
    """The goals at a place. Lines count from 1, columns from 0; `goals` is None where Lean shows no goal."""

    line: int
    column: int
    what: str
    goals: tuple[str, ...] | None


async def states_around(document: LeanDocument, path: Path, line: int, column: int | None = None) -> list[ProofState]:
    """The state at a position, or without a column those before and after the text of a line.

    `path` is for the message of the `QedError` (usage) that a line raises which is not there.
    """
    index = line - 1
    if not 0 <= index < document.source.line_count:
        raise QedError(f"{path} has {document.source.line_count} lines, not {line}", exit_code=ExitCode.USAGE)
    span = document.source.line_span(index)
    if column is not None:
        offset = min(span.start + column, span.end)
        return [ProofState(line, offset - span.start, "state", await goals_at(document, offset))]
    text = document.source.text[span.start : span.end]
    first = span.start + len(text) - len(text.lstrip())
    last = span.start + len(text.rstrip())
    return [
        ProofState(line, offset - span.start, what, await goals_at(document, offset))
        for offset, what in ((first, "before"), (last, "after"))
    ]


async def goals_at(document: LeanDocument, offset: int) -> tuple[str, ...] | None:
    """The tactic state, or where there is none the expected type of the term."""
    goals = await document.goals(offset)
    if goals is None and (term := await document.term_goal(offset)) is not None:
        return (term,)
    return goals
