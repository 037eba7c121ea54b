"""The screening, in the forms that it is asked in: for a tactic or a sketch on trial, for a proof before acceptance."""

from collections.abc import Sequence

from tools.environment.protocol import LeanError, ProofGivenUp
from tools.lean.acceptance.comparison import Fill
from tools.lean.acceptance.observation import count_sorries
from tools.lean.document import HoleKind
from tools.lean.screening import ScreeningPolicy, screen
from tools.lean.sketch import without_steps

_NO_STEP = "`sorry` stands elsewhere than as the whole proof of a `have name : statement`"


def screen_tactic(tactic: str) -> LeanError | ProofGivenUp | None:
    """Why a tactic must not run: it gives up, or it would escape the proof; None: it may run."""
    if count_sorries(tactic):
        return ProofGivenUp()
    violations = screen(tactic, HoleKind.TACTIC)
    return LeanError(violations[0].message) if violations else None


def screen_sketch(tactic: str) -> LeanError | ProofGivenUp | None:
    """Why a sketch must not run; what its steps leave open is no reason."""
    filled = without_steps(tactic)
    return LeanError(_NO_STEP) if count_sorries(filled) else screen_tactic(filled)


def screen_fill(fill: Fill, strict: bool) -> Sequence[str]:
    """Why a proof must not reach Lean; `strict` where Lean cannot be asked for axioms the usual way."""
    kind = HoleKind.TACTIC if fill.is_tactic else HoleKind.TERM
    policy = ScreeningPolicy.strict() if strict else ScreeningPolicy()
    return [violation.message for violation in screen(fill.text.strip(), kind, policy=policy)]
