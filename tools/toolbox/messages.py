"""What Lean says, as models read it: one text a message, with its place; errors apart from the rest."""

from collections.abc import Iterable
from typing import Any

from tools.lean.artifacts import IsArtifact
from tools.lean.messages import Message
from tools.lean.text import SourceText


def describe_message(source: SourceText, message: Message, *, above: int = 0) -> str:
    """A message with its line (from 1) and column (from 0); `above` lines of the text do not count."""
    column = source.column_of(source.offset(message.start))
    return f"{message.start.line + 1 - above}:{column}: {message.severity.word}: {message.text}"


def split_messages(
    source: SourceText, messages: Iterable[Message], is_artifact: IsArtifact, *, above: int = 0
) -> tuple[list[str], list[str]]:
    """The errors and the other messages, in the order of the text, without errors that only this toolchain shows."""
    errors: list[str] = []
    others: list[str] = []
    for message in sorted(messages, key=lambda each: each.start):
        if not is_artifact(message):
            (errors if message.is_error else others).append(describe_message(source, message, above=above))
    return errors, others


def render_goals(goals: Iterable[str] | None) -> str:
    """Goals, separated by blank lines."""
    if goals is None:
        return "no goal here"
    return "\n\n".join(goals) or "no goals"


def indented(text: str, by: str = "  ") -> str:
    """A text with every line moved to the right."""
    return "\n".join(f"{by}{line}" if line else "" for line in text.split("\n"))


def plain(goals: Iterable[str] | None) -> Any:
    """Goals as a JSON value."""
    return None if goals is None else list(goals)
