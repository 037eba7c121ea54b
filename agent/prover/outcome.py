"""What comes of an attempt at a hole."""

from dataclasses import dataclass

from agent.prover.report import OpenReason
from tools.lean.helper_lemmas import HelperLemma
from tools.search.refute import Refutation


@dataclass(frozen=True, slots=True)
class Found:
    """Texts of a proof, the nicest first. Lean has tried it; it is not *proved* before the acceptance check says so.

    `lemmas` are to stand above the declaration, each with its proof: the proofs need them.
    """

    proofs: tuple[str, ...]
    lemmas: tuple[HelperLemma, ...] = ()


@dataclass(frozen=True, slots=True)
class Disproved:
    """Lean proved the negation."""

    refutation: Refutation


@dataclass(frozen=True, slots=True)
class Open:
    """No proof. `detail` says for people what was tried and why it ended."""

    reason: OpenReason
    detail: str


Outcome = Found | Disproved | Open
