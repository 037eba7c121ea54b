"""The sections below the goal: attempts, search, and what it costs."""

from functools import lru_cache

from textual.content import Content

from agent.state_words import SIGNS, to_go
from agent.tui.proof_pane.board import Attempt, LeanState, ProofBoard
from agent.tui.proof_pane.drawing import DIM, bar, duration, fitted, lean, spread
from agent.tui.proof_pane.search_view import SearchView, TreeRow
from agent.visible import shown

_SHOWN_ATTEMPTS = 100
_BAR_ROOM = 6
_VERDICTS = {
    "accepted": ("✓", "$text-success"),
    "closes": ("✓", "$text-success"),
    "proof found, not written": ("✓", "$text-success"),
    "progress": ("→", "$text-accent"),
    "error": ("✗", "$text-error"),
    "Lean refused": ("✗", "$text-error"),
    "false": ("✗", "$text-error"),
    "not allowed": ("!", "$text-warning"),
    "timed out": ("…", "$text-warning"),
    "out of time": ("…", "$text-warning"),
}
_STATUS_STYLES = {"open": "", "expanded": "$text-accent", "closed": DIM, "dead": DIM, "proved": "$text-success"}
_LEAN = {
    "starting": ("◐", "$text-warning"),
    "working": ("◐", "$text-warning"),
    "ready": ("●", "$text-success"),
    "failed": ("✗", "$text-error"),
    "stopped": ("○", DIM),
}
_PHASES = {
    "closing": "closing tactics",
    "refuting": "looking for a counterexample",
    "searching": "searching",
    "shortening": "making the proof shorter",
}


def attempts_lines(board: ProofBoard, width: int) -> list[Content]:
    """What was tried, newest first: the tactic, and the verdict at the end of the line."""
    lines = [_attempt(each, width) for _, each in zip(range(_SHOWN_ATTEMPTS), board.attempts, strict=False)]
    if len(board.attempts) > _SHOWN_ATTEMPTS:
        lines.append(Content.styled(f"… {len(board.attempts) - _SHOWN_ATTEMPTS} older ones", DIM))
    return lines


@lru_cache(maxsize=512)
def _attempt(attempt: Attempt, width: int) -> Content:
    sign, style = _VERDICTS.get(attempt.verdict, ("·", DIM))
    said = attempt.detail if attempt.verdict == "progress" and attempt.detail else attempt.verdict
    tactic = " ".join(attempt.tactic.split())
    left = Content.assemble((sign, style), " ", lean(tactic[:200]))
    right = Content.styled(shown(said)[: max(width // 2, 12)], style)
    line = spread(left, right, width)
    room = width - left.cell_length - right.cell_length - 4
    if attempt.verdict != "progress" and attempt.detail and room > 16:
        detail = fitted(Content.styled(f"{shown(attempt.detail)}", DIM), room)
        line = spread(Content.assemble(left, "  ", detail), right, width)
    return line


def search_about(search: SearchView | None) -> str:
    """Where the search is, and its phase, or that it is over."""
    if search is None:
        return ""
    said = _PHASES.get(search.phase, search.phase) if search.running else "over"
    return shown(f"{search.place.declaration}: {said}")


def search_lines(search: SearchView | None, width: int) -> list[Content]:
    """Counts, the clock, the tactic at work, and the tree of the best states."""
    if search is None:
        return []
    counts = f"{search.tactics:,} tactics · {search.states:,} states · {search.rate:.0f}/s"
    clock = duration(search.seconds) + (f" of {search.limit:.0f} s" if search.limit else "")
    line = Content(counts)
    room = width - len(counts) - len(clock) - 4
    if search.running and search.limit and room >= _BAR_ROOM:
        line = Content.assemble(line, "  ", bar(search.seconds / search.limit, room))
    lines = [spread(line, Content.styled(clock, DIM), width)]
    if search.running:
        tactic = " ".join(search.tactic.split())[:200]
        lines.append(fitted(Content.assemble(("now ", DIM), lean(tactic)), width))
    else:
        sign, style = _VERDICTS.get(search.outcome, ("·", DIM))
        lines.append(fitted(Content.assemble((f"{sign} {shown(search.outcome)}", style)), width))
    return lines + [_state_line(row, width) for row in search.tree()]


def _state_line(row: TreeRow, width: int) -> Content:
    """Guides, the status, the way here, what is left to show.

    At the end of the line the number of goals, and what is predicted to be left of the proof; without a prediction,
    the score.
    """
    node = row.node
    style = _STATUS_STYLES.get(node.status, "")
    way = " · ".join(" ".join(tactic.split()) for tactic in row.tactics)
    left = Content.assemble((row.guides, DIM), (f"{SIGNS.get(node.status, '○')} ", style))
    way_room = max((width - left.cell_length) // 2, 8)
    left = Content.assemble(left, fitted(lean(way[:300]), way_room) if way else ("start", DIM))
    if node.goal:
        left = Content.assemble(left, ("  ⊢ ", DIM), lean(node.goal[:300]))
    goals = f"{node.goals} goals " if node.goals > 1 else ""
    worth = f"{node.score:.1f}" if node.steps_remaining is None else to_go(node.steps_remaining)
    right = Content.styled(f"{goals}{worth}" if node.status != "proved" else "found", style or DIM)
    return spread(left, right, width)


def status_lines(board: ProofBoard, width: int) -> list[Content]:
    """Lean's state, how far it is in a file, and the budget."""
    lines: list[Content] = []
    if board.lean is not None:
        lines += _lean_lines(*board.lean, width)
    if board.elaboration is not None:
        at = board.elaboration
        text = f"elaborating {shown(at.path.name)} "
        count = f" line {at.line:,} of {at.lines:,}"
        room = width - len(text) - len(count)
        middle = bar(at.line / at.lines, room) if room >= 4 else Content("")
        lines.append(fitted(Content.assemble(text, middle, (count, DIM)), width))
    if board.turn_runs or board.turn.total_tokens:
        lines += _budget_lines(board, width)
    return lines


def _lean_lines(text: str, state: LeanState, width: int) -> list[Content]:
    sign, style = _LEAN[state]
    said = " ".join(shown(text).split())
    first = fitted(Content.assemble((f"{sign} Lean {state}", style), f"  {said}" if said else ""), width)
    if state != "failed":
        return [first]
    advice = Content.styled("Lean starts again with the next question; /doctor finds out what is wrong.", DIM)
    return [*Content.assemble((f"{sign} Lean failed", style), f"  {said}").wrap(width)[:3], *advice.wrap(width)]


def _budget_lines(board: ProofBoard, width: int) -> list[Content]:
    limits, used = board.limits, board.turn
    parts = [f"{used.total_tokens:,}{_of(limits.tokens, '{:,}')} tokens"]
    if used.cost is not None:
        parts.append(f"${used.cost:.4f}" + _of(limits.cost, "${:g}"))
    parts.append(duration(board.turn_seconds) + _of(limits.seconds, "{:g} s"))
    line = Content.assemble(("turn ", DIM), " · ".join(parts))
    spent = [
        used.total_tokens / limits.tokens if limits.tokens else 0.0,
        (used.cost or 0.0) / limits.cost if limits.cost else 0.0,
        board.turn_seconds / limits.seconds if limits.seconds else 0.0,
    ]
    if limits.tokens or limits.cost or limits.seconds:
        most = max(spent)
        style = "$text-error" if most >= 0.9 else "$text-warning" if most >= 0.7 else "$primary"
        number = Content.styled(f"{most:.0%}", style)
        room = width - line.cell_length - number.cell_length - 4
        line = Content.assemble(line, "  ", bar(most, room, style)) if room >= _BAR_ROOM else line
        line = spread(line, number, width)
    lines = [fitted(line, width)]
    if board.session.total_tokens > used.total_tokens:
        cost = f" · ${board.session.cost:.4f}" if board.session.cost is not None else ""
        lines.append(fitted(Content.styled(f"session {board.session.total_tokens:,} tokens{cost}", DIM), width))
    return lines


def _of(limit: float | None, form: str) -> str:
    return "" if limit is None else f" of {form.format(limit)}"
