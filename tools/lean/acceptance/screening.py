"""The screening of a proof before Lean sees it."""

from collections.abc import Callable, Sequence

from tools.lean.acceptance.comparison import Fill
from tools.lean.document import HoleKind
from tools.lean.screening import ScreeningPolicy, screen

Screener = Callable[[Fill, ScreeningPolicy], Sequence[str]]
"""Says why a fill must not reach Lean; nothing: it may."""


def screen_fill(fill: Fill, policy: ScreeningPolicy) -> Sequence[str]:
    """Why a proof must not reach Lean."""
    kind = HoleKind.TACTIC if fill.is_tactic else HoleKind.TERM
    return [violation.message for violation in screen(fill.text.strip(), kind, policy=policy)]
