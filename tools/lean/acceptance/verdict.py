"""What the acceptance check says of a proof, and what a file was before work on it."""

import hashlib
from dataclasses import dataclass
from enum import Enum

from tools.lean.acceptance.axioms import SORRY, AxiomsHow
from tools.lean.acceptance.observation import Observation, enclosing
from tools.lean.text import Span

CHECKS = (
    "screened",
    "every byte outside the hole unchanged",
    "elaborated afresh without new errors or sorry",
    "declarations and types unchanged",
    "axioms allowed",
)


class ProofStatus(Enum):
    """The four words about a statement."""

    PROVED = "proved"
    DISPROVED = "disproved"
    NOT_PROVED = "not proved"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Baseline:
    """A file as it was before work on it, as Lean sees it; statements are frozen here."""

    observation: Observation

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.observation.text

    def declaration_of(self, hole: Span) -> int:
        """The index of the declaration that holds a hole; -1 where there is none."""
        return enclosing(self.observation.document, hole.start)

    def statement_sha256(self, index: int) -> str:
        """The digest of a declaration's statement as Lean took it; empty where Lean has none for it.

        It is that of the type's structure, or of the type as Lean prints it where that was asked instead.
        """
        statement = self.observation.types.get(index)
        return hashlib.sha256(statement.encode()).hexdigest() if statement is not None else ""

    def obstacle(self, hole: Span) -> str:
        """Why a proof of this hole cannot be accepted, whatever it is; empty where it can. Costs nothing to ask."""
        index = self.declaration_of(hole)
        if index < 0:
            return "the hole does not stand in a declaration"
        declaration = self.observation.document.declarations[index]
        if declaration.body is None or hole.start < declaration.body.start:
            return "the hole is part of the statement: filling it would change what is claimed"
        if self.observation.types.get(index) is None:
            return f"Lean knows no declaration {declaration.name}"
        report = self.observation.axioms.get(index)
        if report is None or report.axioms is None:
            why = report.reason if report else "there was no hole in it"
            return f"Lean does not say what {declaration.name} rests on: {why}"
        if SORRY not in report.axioms:
            return f"for Lean, {declaration.name} does not rest on this hole"
        return ""


@dataclass(frozen=True)
class Verdict:
    """What the check says. `reasons` are why it is not *proved* (empty when it is).

    `axioms` are those of the filled declarations, None where Lean did not say; `declarations` are their names.
    `declaration_complete`: no `sorry` is left in any of them; otherwise *proved* speaks about the filled holes only,
    and the axioms are judged again with the last one. `imports_how` says why the imported constants are believed.
    `baseline` is the file with the holes filled, for the next hole, when the verdict is *proved*. `checks` are those
    that were passed, `seconds` the time that it took. `is_to_blame`: of proofs that were judged together, something is
    said against this one.
    """

    status: ProofStatus
    reasons: tuple[str, ...]
    axioms: tuple[str, ...] | None = None
    axioms_how: AxiomsHow = AxiomsHow.NOT_ANSWERED
    imports_how: str = ""
    declarations: tuple[str, ...] = ()
    declaration_complete: bool = False
    baseline: Baseline | None = None
    checks: tuple[str, ...] = ()
    seconds: float = 0.0
    is_to_blame: bool = False
