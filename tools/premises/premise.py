"""A premise: a declaration of a library, as the index answers with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LibraryPremise:
    """A declaration that the file's imports bring along.

    `type` is what `#check` writes after the name: arguments, a colon, and the statement. `hypotheses` are those that
    are written as arrows, `conclusion` what follows them, `head` the constant that it applies (empty if it is none),
    `variables` the names of the arguments. `score` is larger for the better, and comparable within one answer only.
    """

    name: str
    kind: str
    module: str
    type: str
    conclusion: str
    head: str
    variables: tuple[str, ...]
    doc: str = ""
    is_deprecated: bool = False
    score: float = 0.0

    @property
    def is_proposition(self) -> bool:
        """Whether it is a fact rather than an object."""
        return self.kind in ("theorem", "axiom")
