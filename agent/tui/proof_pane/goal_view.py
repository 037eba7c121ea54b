"""A goal beside the one before it: what is new, what has changed, what is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from agent.workbench.goals import GoalText, HypothesisText, read_goal


class Change(Enum):
    """What became of a line since the state before. The value is the sign in the margin."""

    SAME = " "
    NEW = "+"
    CHANGED = "~"
    GONE = "-"


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One line of a goal: hypotheses of one type, or the target (it begins with `⊢`)."""

    text: str
    change: Change = Change.SAME


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal as it is shown; `target` is one line, for where the goal is folded."""

    case: str
    lines: tuple[GoalLine, ...]
    target: str


def view_goals(goals: Sequence[str], before: Sequence[str] = ()) -> tuple[GoalView, ...]:
    """Goals as Lean prints them, each compared with the goal before it that it comes from.

    That is the one of the same case, else the main goal of the state before: tactics work on the main goal. A state
    without a state before it has no changes.
    """
    previous = [read_goal(text) for text in before]
    return tuple(_view(read_goal(text), previous) for text in goals)


def _view(goal: GoalText, previous: Sequence[GoalText]) -> GoalView:
    target = f"⊢ {goal.target}"
    folded = " ".join(target.split())
    if not previous:
        lines = [*(GoalLine(str(h)) for h in goal.hypotheses), GoalLine(target)]
        return GoalView(goal.case, tuple(lines), folded)
    unchanged = next((old for old in previous if old == goal), None)
    of_case = next((old for old in previous if old.case == goal.case and goal.case), None)
    old = unchanged or of_case or previous[0]
    change = Change.SAME if _flat(old.target) == _flat(goal.target) else Change.CHANGED
    lines = [*_hypothesis_lines(goal, old), GoalLine(target, change)]
    return GoalView(goal.case, tuple(lines), folded)


def _hypothesis_lines(goal: GoalText, old: GoalText) -> list[GoalLine]:
    was = {name: _flat(h.about) for h in old.hypotheses for name in h.names}
    lines: list[GoalLine] = []
    for hypothesis in goal.hypotheses:
        groups: dict[Change, list[str]] = {}
        for name in hypothesis.names:
            groups.setdefault(_change(was.get(name), _flat(hypothesis.about)), []).append(name)
        lines += [
            GoalLine(str(HypothesisText(tuple(names), hypothesis.about)), change) for change, names in groups.items()
        ]
    there = {name for h in goal.hypotheses for name in h.names}
    for hypothesis in old.hypotheses:
        if gone := tuple(name for name in hypothesis.names if name not in there):
            lines.append(GoalLine(str(HypothesisText(gone, hypothesis.about)), Change.GONE))
    return lines


def _change(was: str | None, now: str) -> Change:
    if was is None:
        return Change.NEW
    return Change.SAME if was == now else Change.CHANGED


def _flat(text: str) -> str:
    """A text without its line breaks: Lean may break the same type elsewhere when a name grows."""
    return " ".join(text.split())
