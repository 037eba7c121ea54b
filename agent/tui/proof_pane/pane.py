"""The proof pane: the board and the widgets that draw it, a few times a second at most."""

from collections.abc import Sequence
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from agent.conversation.events import Event
from agent.conversation.limits import TurnLimits
from agent.tui.pace import Pace
from agent.tui.proof_pane.board import LeanState, ProofBoard, Section
from agent.tui.proof_pane.drawing import heading
from agent.tui.proof_pane.goal_panel import GoalPanel
from agent.tui.proof_pane.height import Need, share
from agent.tui.proof_pane.holes_tree import HolesTree
from agent.tui.proof_pane.panel import Panel
from agent.tui.proof_pane.panels import attempts_lines, search_about, search_lines, status_lines
from agent.tui.proof_pane.place import Place
from agent.tui.proof_pane.watch_panel import WatchPanel, WatchView
from agent.workbench.outline import FileOutline

_REPAINT_SECONDS = 1 / 15
_CLOCK_SECONDS = 1.0
_ALL: frozenset[Section] = frozenset({"holes", "watch", "goal", "attempts", "search", "status"})


class _HoleMessage(Message):
    """Something about one hole."""

    def __init__(self, path: Path, declaration: str, number: int) -> None:
        super().__init__()
        self.path, self.declaration, self.number = path, declaration, number


class ProofPane(Widget):
    """Shows the proof: holes, the goal, attempts, the search, the budget. It never asks Lean: the app does."""

    DEFAULT_CSS = """
    ProofPane {
        layout: vertical;
        background: $surface;
        & > .pane--empty { height: auto; padding: 1 1; color: $text-muted; display: none; }
    }
    """

    class HoleSelected(_HoleMessage):
        """Enter or a click on a hole: its goal is wanted."""

    class ProveRequested(_HoleMessage):
        """`p` on a hole: it is to be proved."""

    class TryRequested(_HoleMessage):
        """`t` on a hole: tactics are to be tried at it."""

    def __init__(
        self, limits: TurnLimits | None = None, *, board: ProofBoard | None = None, pace: Pace | None = None
    ) -> None:
        super().__init__(id="proof-pane")
        self._pace = pace or Pace()
        self.board = board or ProofBoard(limits or TurnLimits())
        self._empty = Static("No files yet.", markup=False, classes="pane--empty")
        self._holes = HolesTree(self.board.holes)
        self._watch = WatchPanel()
        self._watched: WatchView | None = None
        self._goal = GoalPanel()
        self._attempts = Panel("attempts")
        self._search = Panel("search")
        self._status = Panel("status")
        self._changed: set[Section] = set()
        self._waiting: Timer | None = None
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """The sections, from top to bottom."""
        yield self._empty
        yield self._holes
        yield self._watch
        yield self._goal
        yield self._attempts
        yield self._search
        yield self._status

    def on_mount(self) -> None:
        """Draws everything once, and from then on what changes."""
        self._clock = self.set_interval(_CLOCK_SECONDS, self._tick, pause=True)
        self._changed |= _ALL
        self.call_after_refresh(self.flush)

    # -- what the app tells

    def apply(self, event: Event) -> None:
        """Takes one event of a turn."""
        self._change(self.board.apply(event))

    def replay(self, events: Sequence[Event]) -> None:
        """Takes the events of a session that is taken up, and forgets what was there; the outline is to follow."""
        self.board.restart()
        for event in events:
            self.board.apply(event)
        self._change(_ALL)

    def show_outline(self, files: Sequence[FileOutline]) -> None:
        """Takes the project's files: at the start, and when they have changed on disk."""
        self.board.show_outline(files)
        self._change({"holes"})

    def lean_status(self, text: str, state: LeanState) -> None:
        """Takes the state that Lean is in."""
        self.board.lean_status(text, state)
        self._change({"status"})

    def show_goals(self, path: Path, declaration: str, number: int, goals: Sequence[str]) -> None:
        """Takes the goals at a hole, as Lean prints them."""
        self.board.show_goals(Place(path, declaration, number), goals)
        self._change({"goal"})

    def show_watch(self, view: WatchView | None) -> None:
        """Takes what watching has found; None: nothing is watched."""
        self._watched = view
        self._change({"watch"})

    def focus_watch(self) -> None:
        """Gives the keys to what is watched."""
        self._changed.add("watch")
        self.flush()
        self._watch.focus()

    # -- drawing

    def _change(self, sections: set[Section] | frozenset[Section]) -> None:
        """Has sections drawn: soon, and together with whatever else changes until then."""
        self._changed |= sections
        if self._changed and self._waiting is None and self.is_mounted:
            self._waiting = self.set_timer(self._pace.between(_REPAINT_SECONDS), self.flush)

    def _tick(self) -> None:
        self._change({"status"})

    def flush(self) -> None:
        """Draws what has changed now, instead of at the next repaint."""
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        changed, self._changed = self._changed, set()
        if not changed or not self.is_mounted:
            return
        board, width = self.board, self._width
        if "holes" in changed:
            self._draw_holes(width)
        if "watch" in changed:
            self._watch.draw(self._watched, width)
        if "goal" in changed:
            self._goal.draw(board.shown, width)
        if "attempts" in changed:
            self._attempts.show("Attempts", f"{board.attempts_made:,}", attempts_lines(board, width), width)
        if "search" in changed:
            self._search.show("Search", search_about(board.search), search_lines(board.search, width), width)
        if "status" in changed:
            self._status.show("Lean and budget", "", status_lines(board, width), width)
            if self._clock is not None:
                self._clock.resume() if board.turn_runs else self._clock.pause()
        self._share_height()

    @property
    def _width(self) -> int:
        """Columns for text: the last one is for scroll bars."""
        return max(self.content_size.width - 1, 4)

    def _draw_holes(self, width: int) -> None:
        holes = self.board.holes
        self._holes.show()
        self._holes.border_title = heading("Holes", holes.summary(), width)
        nothing = self._holes.last_line < 0
        if nothing:
            count = len(holes.files)
            self._empty.update(
                f"No holes: no sorry in {count} file{'s' * (count != 1)}." if count else "No Lean files here yet."
            )
        self._empty.display = nothing

    def _share_height(self) -> None:
        sections = (self._holes, self._watch, self._goal, self._attempts, self._search, self._status)
        nothing = self._empty.display
        height = self.content_size.height - (3 if nothing else 0)
        needs = [
            Need(3, 0 if nothing else self._holes.rows, weight=3, rank=5),
            Need(4, self._watch.rows, weight=6, rank=6),
            Need(4, self._goal.rows, weight=4, rank=4),
            Need(3, self._attempts.rows, weight=2, rank=1),
            Need(4, self._search.rows, weight=3, rank=2),
            Need(2, self._status.rows, weight=6, rank=3),
        ]
        for section, rows in zip(sections, share(height, needs), strict=True):
            section.display = rows > 0
            if rows and section.styles.height != rows:
                section.styles.height = rows

    def on_resize(self, event: events.Resize) -> None:
        """Draws everything for the new size."""
        self._changed |= _ALL
        self.flush()

    # -- keys and clicks

    def on_goal_panel_folded(self, event: GoalPanel.Folded) -> None:
        """Gives the goals the rows that they need now."""
        event.stop()
        self._share_height()

    def on_watch_panel_resized(self, event: WatchPanel.Resized) -> None:
        """Gives what is watched the rows that it needs now."""
        event.stop()
        self._share_height()

    def on_holes_tree_asked(self, event: HolesTree.Asked) -> None:
        """Passes on to the app what is wanted of a hole."""
        event.stop()
        kinds = {"goal": self.HoleSelected, "prove": self.ProveRequested, "try": self.TryRequested}
        place = event.place
        self.post_message(kinds[event.what](place.path, place.declaration, place.number))
