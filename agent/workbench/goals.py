"""Goals for screens: the printed goal taken apart, in values that need no Lean."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HypothesisText:
    """Hypotheses of one type. `about` is the type, with the value of a `let` after it, as Lean prints them."""

    names: tuple[str, ...]
    about: str

    def __str__(self) -> str:
        return f"{' '.join(self.names)} : {self.about}"


@dataclass(frozen=True, slots=True)
class GoalText:
    """One goal; `case` is empty where Lean gives none."""

    case: str
    hypotheses: tuple[HypothesisText, ...]
    target: str


def read_goal(text: str) -> GoalText:
    """Takes one printed goal apart. A text that is no goal becomes the target of one."""
    from tools.lean.goals import Goal

    goal = Goal.parse(text)
    hypotheses = (
        HypothesisText(h.names, h.type if h.value is None else f"{h.type} := {h.value}") for h in goal.hypotheses
    )
    return GoalText(goal.case or "", tuple(hypotheses), goal.target)
