"""The screening, in the two forms that it is asked in: for a tactic on trial, and for a proof before acceptance."""

from collections.abc import Sequence

from tools.environment.protocol import LeanError, ProofGivenUp
from tools.lean.comparison import Fill
from tools.lean.document import HoleKind
from tools.lean.observation import count_sorries
from tools.lean.screening import ScreeningPolicy, screen


def screen_tactic(tactic: str) -> LeanError | ProofGivenUp | None:
    """Why a tactic must not run: it gives up, or it would escape the proof; None: it may run."""
    if count_sorries(tactic):
        return ProofGivenUp()
    violations = screen(tactic, HoleKind.TACTIC)
    return LeanError(violations[0].message) if violations else None


def screen_fill(fill: Fill, strict: bool) -> Sequence[str]:
    """Why a proof must not reach Lean; `strict` where Lean cannot be asked for axioms the usual way."""
    kind = HoleKind.TACTIC if fill.is_tactic else HoleKind.TERM
    policy = ScreeningPolicy.strict() if strict else ScreeningPolicy()
    return [violation.message for violation in screen(fill.text.strip(), kind, policy=policy)]
