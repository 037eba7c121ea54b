"""A premise: a declaration of a library, as the index answers with it."""

from dataclasses import dataclass

from tools.lean.tokens import escaped_name


@dataclass(frozen=True, slots=True)
class LibraryPremise:
    """A declaration that the file's imports bring along.

    `type` is what `#check` writes after the name: arguments, a colon, and the statement. `conclusion` is what follows
    the hypotheses that are written as arrows, `head` the constant that it applies (empty if it is none), `variables`
    the names of the arguments, `types` the constants that their types apply (`Nat`, `List`). `is_determined`: the
    conclusion tells all arguments, and there are no hypotheses. `score` is larger for the better, and comparable
    within one answer only.
    """

    name: str
    kind: str
    module: str
    type: str
    conclusion: str
    head: str
    variables: tuple[str, ...]
    doc: str = ""
    types: frozenset[str] = frozenset()
    is_determined: bool = False
    is_deprecated: bool = False
    score: float = 0.0

    @property
    def written(self) -> str:
        """The name as it is written in a file: parts that are no plain identifiers stand in `«»`."""
        return escaped_name(tuple(self.name.split(".")))

    @property
    def is_proposition(self) -> bool:
        """Whether it is a fact rather than an object."""
        return self.kind in ("theorem", "axiom")
