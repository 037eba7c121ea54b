"""The line at the bottom: the model, who may write, Lean, the context, the cost, and what goes on."""

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from agent.conversation.permissions import Mode
from agent.visible import shown
from agent.workbench.lean_news import LeanNews

_SEPARATOR = " · "
_LEAN_STYLES = {
    "starting": "$text-warning",
    "ready": "$text-success",
    "failed": "$text-error",
    "stopped": "$text-error",
}
_LEAN_SIGNS = {"starting": "…", "ready": "✓", "failed": "✗", "stopped": "✗"}
_NO_LEAN = LeanNews("starting", "not started yet")
_MODE_STYLES = {Mode.ASK: "$text-primary", Mode.ACCEPT_PROOFS: "$text-warning", Mode.READ_ONLY: "$text-success"}


@dataclass(frozen=True, slots=True)
class Status:
    """What the line shows; `context` is (tokens used, tokens there are), `cost` in US dollars."""

    model: str | None = None
    mode: Mode = Mode.ASK
    lean: LeanNews = _NO_LEAN
    context: tuple[int, int] = (0, 0)
    cost: float | None = None
    activity: str = ""
    holes: int | None = None
    watching: str = ""


class StatusLine(Widget):
    """One line. What matters most stands first; what has no room is left out as a whole."""

    DEFAULT_CSS = """
    StatusLine { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """

    status: reactive[Status] = reactive(Status())

    def render(self) -> Content:
        """The parts that have room, in their order."""
        room = self.size.width - 2
        shown_parts: list[Content] = []
        for part in parts(self.status):
            width = part.cell_length + (len(_SEPARATOR) if shown_parts else 0)
            if width <= room:
                shown_parts.append(part)
                room -= width
        return Content(_SEPARATOR).join(shown_parts)


def parts(status: Status) -> list[Content]:
    """The parts of the line, the most important first."""
    news = status.lean
    said = news.text if news.state == "ready" else f"Lean: {news.text}"
    lean = Content.styled(f"{_LEAN_SIGNS[news.state]} {shown(said)}", _LEAN_STYLES[news.state])
    found = [Content.styled(shown(status.activity), "bold $text-accent")] if status.activity else []
    if status.model is None:
        found.append(Content.styled("no model (/model)", "$text-warning"))
    else:
        found.append(Content(shown(status.model)))
    found.append(Content.styled(status.mode.value, _MODE_STYLES[status.mode]))
    found.append(lean)
    if status.watching:
        found.append(Content.styled(status.watching, "$text-accent"))
    if status.holes is not None:
        found.append(Content(f"{status.holes} open"))
    used, limit = status.context
    if used:
        found.append(Content(f"{_count(used)}/{_count(limit)} ({100 * used // max(limit, 1)}%)"))
    if status.cost is not None:
        found.append(Content(f"${status.cost:.4f}" if status.cost < 1 else f"${status.cost:.2f}"))
    return found


def _count(tokens: int) -> str:
    return f"{tokens / 1000:.0f}k" if tokens >= 1000 else str(tokens)
