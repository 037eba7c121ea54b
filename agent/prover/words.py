"""How a model is told of a case: what is asked for, and what there is to know about it."""

import re

from agent.llm.tactics import describe
from agent.prover.case import Case
from agent.prover.lessons import Lessons

_FILE_LENGTH = 6000
"""So many characters of the file above a hole are shown, the last ones."""
_MARK = "sorry /- this one -/"
_ONLY_THIS = (
    "-- Asked for is only what stands in the place of the marked `sorry`: a proof of the goal in the state below."
)


def asked_for(case: Case) -> str:
    """What is to be proved, as Lean text: the statement; for a hole within a proof, the declaration with it marked."""
    document, hole = case.document, case.hole
    declaration = document.declaration_of(hole)
    if declaration.body is not None and not hole.in_statement:
        before = document.text[declaration.body.start : hole.span.start]
        after = document.text[hole.span.end : declaration.body.end]
        if re.fullmatch(r":=\s*(by\s*)?", before) and not after.strip():
            return case.statement
    start, end = declaration.signature.start, declaration.span.end
    marked = f"{document.text[start : hole.span.start]}{_MARK}{document.text[hole.span.end : end].rstrip()}"
    return f"{_ONLY_THIS}\n{marked}"


def to_know(case: Case, lessons: Lessons, goals: str) -> str:
    """What may help: what the file offers for the printed goals, the file itself, the person's hint, and lessons."""
    parts = [describe(case.context, goals)]
    if above := _above(case):
        parts.append(f"The file above it:\n\n```lean\n{above}\n```")
    if (old := case.document.text[case.hole.span.start : case.hole.span.end]) != "sorry":
        parts.append(f"The proof that stands there now, which Lean refuses:\n\n```lean\n{old.strip()}\n```")
    if case.hint:
        parts.append(f"A hint of the person's: {case.hint}")
    if told := lessons.describe():
        parts.append(told)
    return "\n\n".join(parts)


def _above(case: Case) -> str:
    text = case.document.text[: case.document.declaration_of(case.hole).command_start].strip()
    if len(text) <= _FILE_LENGTH:
        return text
    _, _, whole_lines = text[-_FILE_LENGTH:].partition("\n")
    return f"-- …\n{whole_lines}"
