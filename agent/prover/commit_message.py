"""What the commit of a proof says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

_SUBJECT_LENGTH = 72
_SHORT_LINES = 16
_SHORT_LENGTH = 1_200


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """A message: one line of at most 72 code points, and what follows it."""

    subject: str
    body: str

    @property
    def text(self) -> str:
        """The whole message as git wants it."""
        return f"{self.subject}\n\n{self.body}\n" if self.body else f"{self.subject}\n"


def proof_message(
    declaration: str,
    file: PurePath,
    how: str,
    proof: str,
    toolchain: str,
    axioms: Sequence[str] | None,
    lemmas: Mapping[str, str] | None = None,
) -> CommitMessage:
    """The message for one proof.

    `file` is relative to the project, `how` says how the proof was found, and `axioms` is None where Lean could not be
    asked for them. `lemmas` are those that were put above it, by their names. The proof itself, with the lemmas, is
    part of the message where it is short.
    """
    lemmas = lemmas or {}
    facts = {
        "File": file.as_posix(),
        "Found by": how,
        "Helper lemmas above it": ", ".join(lemmas),
        "Axioms": "Lean could not be asked" if axioms is None else ", ".join(axioms) or "none",
        "Toolchain": toolchain,
    }
    lines = [f"{name}: {_one_line(fact)}" for name, fact in facts.items() if fact]
    # Indented, no line of a proof can be taken for a comment or a trailer.
    whole = "\n\n".join([*lemmas.values(), proof.strip("\r\n")])
    shown = [f"    {line.rstrip()}".rstrip() for line in whole.splitlines()]
    if shown and len(shown) <= _SHORT_LINES and len(whole) <= _SHORT_LENGTH:
        lines += ["", "Proof:", "", *shown]
    return CommitMessage(_subject("Prove ", _one_line(declaration)), "\n".join(lines))


def _subject(verb: str, name: str) -> str:
    """A name that is too long loses its middle: the last component says most, and the first where to look."""
    room = _SUBJECT_LENGTH - len(verb)
    if len(name) <= room:
        return verb + name
    start = (room - 1) // 3
    return f"{verb}{name[:start]}…{name[-(room - 1 - start) :]}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
