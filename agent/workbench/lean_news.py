"""What is known of Lean, for the status line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

LeanState = Literal["starting", "ready", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class LeanNews:
    """`text` says it in a line; `hint` what to do where something is wrong."""

    state: LeanState
    text: str
    hint: str = ""


TellLean = Callable[[LeanNews], None]
