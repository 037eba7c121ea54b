"""The screening of what is tried: of a tactic, and of a sketch."""

from tools.environment.protocol import LeanError, ProofGivenUp
from tools.lean.acceptance.observation import count_sorries
from tools.lean.document import HoleKind
from tools.lean.screening import screen
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
