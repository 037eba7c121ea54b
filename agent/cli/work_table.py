"""The work of a run as lines for a terminal: a row for each hole at work, and a line about the others."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from agent.cli.at_work import AtWork, HoleAtWork
from agent.figures import seconds_word, tokens_word
from agent.one_line import fitted
from tools.lean.acceptance.verdict import ProofStatus

Line = tuple[tuple[str, str], ...]
"""A line: texts and their styles, as rich names them."""

_DIM, _PLAIN, _NAME = "dim", "", "bold"
_GAP = "  "
_MARGIN = "  "
_TACTICS, _LEFT, _SPENT, _STRATEGY = 7, 10, 20, 21
_WITH_FIGURES, _WITH_STRATEGY = 60, 90
"""From so many columns on there is room for the figures, and for the strategy as a column of its own."""


def table(work: AtWork, now: float, width: int, height: int) -> Sequence[Line]:
    """The lines, none wider than `width` cells and not more than `height`; `now` is on the clock of the events."""
    if not work.holes and not work.ended:
        return (_alone(work.doing, now - work.since, width),)
    if not work.holes and not work.waiting:
        return (_alone(work.doing, now - work.since, width), _others(work, width))[:height]
    columns = _Columns(width, with_money=work.tokens > 0)
    room = max(height - 2, 0)  # the heading, and the last line
    numbers = sorted(work.holes)
    rows = [columns.row(work.holes[number], work.spent(number), now) for number in numbers[:room]]
    hidden = len(numbers) - len(rows)
    lines = (columns.heading(), *rows, _others(work, width, hidden))
    return lines[-height:]


class _Columns:
    """The columns that there is room for."""

    def __init__(self, width: int, *, with_money: bool) -> None:
        self._width = width
        figures = width >= _WITH_FIGURES
        self._tactics = _TACTICS if figures else 0
        self._spent = _SPENT if figures and with_money else 0
        self._left = _LEFT if width > 2 * _LEFT + 2 else 0
        self._strategy = _STRATEGY if width >= _WITH_STRATEGY else 0
        others = (self._strategy, self._tactics, self._spent, self._left)
        room = max(2, width - len(_MARGIN) - sum(each + len(_GAP) for each in others if each))
        self._name = min(34, max(1, room * 2 // 5))
        self._doing = max(1, room - self._name - len(_GAP))

    def heading(self) -> Line:
        words = ("hole", "strategy", "best state, or what is done", "tactics", "spent", "time left")
        return ((self._joined(words), _DIM),)

    def row(self, hole: HoleAtWork, spent: tuple[int, float | None], now: float) -> Line:
        doing = f"⊢ {hole.goal}" if hole.goal else hole.doing or hole.strategy
        if self._tactics and not self._strategy and hole.strategy and hole.doing and not hole.goal:
            doing = f"{hole.strategy}: {hole.doing}"
        left = hole.ends - now
        words = (
            hole.name,
            hole.strategy,
            doing,
            str(hole.tactics) if hole.tactics else "",
            _money(*spent),
            "" if left == float("inf") else _clock(left),
        )
        joined = self._joined(words)
        cut = len(_MARGIN) + len(fitted(hole.name, self._name))
        return ((joined[:cut], _NAME), (joined[cut:], _PLAIN))

    def _joined(self, words: tuple[str, str, str, str, str, str]) -> str:
        name, strategy, doing, tactics, spent, left = words
        cells = [fitted(name, self._name)]
        if self._strategy:
            cells.append(fitted(strategy, self._strategy))
        cells.append(fitted(doing, self._doing))
        cells += [_right(text, size) for text, size in ((tactics, self._tactics), (spent, self._spent)) if size]
        if self._left:
            cells.append(_right(left, self._left))
        return set_cell_size(_MARGIN + _GAP.join(cells), self._width)


def _others(work: AtWork, width: int, hidden: int = 0) -> Line:
    """The line about what is not in the rows."""
    parts = [f"{hidden} more at work"] if hidden else []
    parts += [f"{work.waiting} waiting"] if work.waiting else []
    parts += [f"{work.ended[status]} {status.value}" for status in ProofStatus if work.ended[status]]
    parts += [_money(work.tokens, work.cost)] if work.tokens else []
    return ((_indented(" · ".join(parts), width), _DIM),)


def _alone(doing: str, seconds: float, width: int) -> Line:
    clock = f" ({_clock(seconds)})" if seconds >= 1 else ""
    return ((_indented(doing + clock, width), _PLAIN),)


def _indented(text: str, width: int) -> str:
    return set_cell_size(_MARGIN + fitted(text, max(1, width - len(_MARGIN))), width).rstrip()


def _money(tokens: int, cost: float | None) -> str:
    if not tokens:
        return ""
    return tokens_word(tokens) if cost is None else f"{tokens_word(tokens)} ${cost:.{4 if cost < 1 else 2}f}"


def _clock(seconds: float) -> str:
    """Whole seconds: what is shown need not be drawn again more often than once a second."""
    whole = max(0, int(seconds))
    return f"{whole} s" if whole < 10 else seconds_word(whole)


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text if cell_len(text) < width else fitted(text, width)
