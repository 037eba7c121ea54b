"""What becomes of the Lean of a watch."""

from enum import Enum


class LeanState(Enum):
    """How it stands. The value is what people are told, empty where there is nothing to tell."""

    STARTS = "Lean starts"
    WAITS = "waiting for other runs of qed, which use all Lean workers"
    RUNS = ""
    SLEEPS = "Lean sleeps until the next save"
