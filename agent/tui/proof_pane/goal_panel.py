"""The goal: hypotheses and target in Lean's colours, changes marked in the margin, several goals foldable."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from agent.tui.proof_pane.board import GoalsShown
from agent.tui.proof_pane.drawing import DIM, fitted, lean, wrapped
from agent.tui.proof_pane.goal_view import Change, GoalLine, GoalView, view_goals
from agent.tui.proof_pane.panel import Panel
from agent.visible import shown

_MARGIN = 2
_HANGING = 4
_MAX_GOALS = 40
_MAX_LINES = 400
_STYLES = {Change.NEW: "$text-success", Change.CHANGED: "$text-warning", Change.GONE: "$text-error", Change.SAME: ""}


class GoalPanel(Panel):
    """Draws the goals of a board. A click on a goal's first line, or its number, folds it and unfolds it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "fold_all", "fold all"),
        *(Binding(str(number), f"fold({number})", "fold", show=False) for number in range(1, 10)),
    ]

    class Folded(Message):
        """Goals were folded or unfolded: the section needs another height."""

    def __init__(self) -> None:
        super().__init__("goal")
        self._goals: GoalsShown | None = None
        self._views: tuple[GoalView, ...] = ()
        self._unfolded: set[int] = set()
        self._heads: dict[int, int] = {}
        self._width = 0

    def draw(self, goals: GoalsShown | None, width: int) -> None:
        """Takes the goals that are to be in view."""
        if goals != self._goals:
            self._goals = goals
            self._views = view_goals(goals.goals[:_MAX_GOALS], goals.before) if goals else ()
            self._unfolded = {1}
            self.scroll_home(animate=False)
        self._width = width
        self._redraw()

    def _redraw(self) -> None:
        goals = self._goals
        if goals is None:
            self.show("Goal", "", (), self._width)
            return
        count = len(goals.goals)
        name = f"{count} goals" if count > 1 else "Goal"
        self.show(name, shown(goals.about), self._drawn(goals), self._width)

    def _drawn(self, goals: GoalsShown) -> list[Content]:
        self._heads = {}
        if not goals.goals:
            return [Content.assemble(("✓", "$text-success"), " no goals left")]
        lines: list[Content] = []
        for number, view in enumerate(self._views, 1):
            if len(goals.goals) > 1 or view.case:
                self._heads[len(lines)] = number
                lines.append(self._head(number, view))
            if number in self._unfolded or len(goals.goals) == 1:
                for line in view.lines:
                    lines += _drawn_line(line, self._width)
            if len(lines) > _MAX_LINES:
                return [*lines[:_MAX_LINES], Content.styled("… the rest is too long to show", DIM)]
        if len(goals.goals) > len(self._views):
            lines.append(Content.styled(f"… {len(goals.goals) - len(self._views)} more goals", DIM))
        return lines

    def _head(self, number: int, view: GoalView) -> Content:
        assert self._goals is not None
        case = f"case {shown(view.case)}" if view.case else "goal"
        if len(self._goals.goals) == 1:
            return Content.styled(fitted(Content(case), self._width).plain, "bold")
        unfolded = number in self._unfolded
        head = Content.assemble((f"{'▾' if unfolded else '▸'} {number} {case}", "bold"))
        if not unfolded:
            head = Content.assemble(head, "  ", lean(view.target[:500]))
        return fitted(head, self._width)

    def _toggle(self, number: int) -> None:
        if number <= len(self._views):
            self._unfolded ^= {number}
            self._redraw()
            self.post_message(self.Folded())

    def action_fold(self, number: int) -> None:
        """Folds or unfolds one goal."""
        self._toggle(number)

    def action_fold_all(self) -> None:
        """Unfolds all goals; where they are, folds all but the first."""
        everything = set(range(1, len(self._views) + 1))
        self._unfolded = {1} if self._unfolded >= everything else everything
        self._redraw()
        self.post_message(self.Folded())

    def on_click(self, event: events.Click) -> None:
        """Folds the goal whose first line was clicked."""
        offset = event.get_content_offset(self)
        number = self._heads.get(offset.y + self.scroll_offset.y) if offset is not None else None
        if number is not None and len(self._views) > 1:
            self._toggle(number)


def _drawn_line(line: GoalLine, width: int) -> list[Content]:
    """One line of a goal with its margin; long ones go on below, indented."""
    style = _STYLES[line.change]
    text = lean(line.text)
    if line.change is Change.GONE:
        text = Content.styled(text.plain, f"{style} strike")
    mark = Content.assemble((line.change.value, f"{style} bold" if style else ""), " ")
    first, *rest = wrapped(text, width - _MARGIN, _HANGING)
    return [Content.assemble(mark, first), *(row.pad_left(_MARGIN) for row in rest)]
