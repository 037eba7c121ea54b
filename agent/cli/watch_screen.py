"""What `qed watch` shows: a table of suggestions on a terminal, elsewhere a line for each that has come to an end."""

import contextlib
from collections.abc import Generator, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agent.cli.progress import stderr_console
from agent.visible import shown
from agent.watch.lean_state import LeanState
from agent.watch.suggestion import Suggestion, SuggestionKey, Verdict
from agent.watch.table import Row, SuggestionTable, Tone

_COLOURS = {Tone.GOOD: "green", Tone.HOPEFUL: "cyan", Tone.BAD: "red", Tone.DOUBTFUL: "yellow", Tone.QUIET: "dim"}
_SETTLED = frozenset(Verdict) - {Verdict.WAITING, Verdict.WORKING, Verdict.CLOSES}
_KEYS = "1-9: write that line   a: write all that are accepted   q: leave"


class WatchScreen:
    """Shows suggestions. It is drawn when something changes, and only then."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or stderr_console()
        self._table = SuggestionTable()
        self._live: Live | None = None
        self._what = ""

    @contextlib.contextmanager
    def shown(self, path: Path) -> Generator[None]:
        """The table is on the screen for this block."""
        self._what = str(path)
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, auto_refresh=False, get_renderable=self._drawn) as self._live:
            self._live.refresh()
            yield
        self._live = None

    def ready(self) -> None:
        """From now on every save is seen."""
        self._table.ready()
        if self._live is not None:
            self._live.refresh()
        elif not self._console.is_terminal:
            self._console.print(Text(shown(f"watching {self._what}")))

    def change(self, key: SuggestionKey, suggestion: Suggestion | None) -> None:
        """A suggestion is new, stands differently, or (None) is gone."""
        self._table.change(key, suggestion)
        if self._live is not None:
            self._live.refresh()
        elif suggestion is not None and suggestion.verdict in _SETTLED and not self._console.is_terminal:
            row = next(row for row in self._table.rows() if row.key == key)
            self._console.print(_line(suggestion, row))

    def note(self, text: str) -> None:
        """Something to know."""
        self._table.note(text)
        if self._live is not None:
            self._live.refresh()
        elif not self._console.is_terminal:
            self._console.print(Text(f"note: {shown(text)}"))

    def lean(self, state: LeanState) -> None:
        """How Lean stands."""
        self._table.lean = state
        if self._live is not None:
            self._live.refresh()
        elif state.value and not self._console.is_terminal:
            self._console.print(Text(f"note: {state.value}"))

    def chosen(self, key: str) -> Sequence[SuggestionKey]:
        """The suggestions that a key means to write."""
        if key == "a":
            return self._table.accepted()
        return self._table.numbered(int(key)) if key.isdecimal() else []

    def _drawn(self) -> RenderableType:
        table = Table(box=None, pad_edge=False, expand=True)
        table.add_column("", justify="right", style="dim", no_wrap=True)
        table.add_column("hole", no_wrap=True, overflow="ellipsis", ratio=2)
        table.add_column("proof", no_wrap=True, overflow="ellipsis", ratio=3)
        table.add_column("verdict", no_wrap=True)
        rows = self._table.rows()
        for row in rows:
            style = f"bold {_COLOURS[row.tone]}" if row.is_news else _COLOURS[row.tone]
            table.add_row(str(row.number), Text(row.place), _found(row), Text(row.verdict, style))
        notes = [Text(f"  {note}", "dim") for note in self._table.notes]
        body = [table] if rows else [Text(f"  {self._table.state}", "dim")]
        return Group(Text(shown(f"watching {self._what}"), "bold"), *body, *notes, Text(_KEYS, "dim"))


def _found(row: Row) -> Text:
    return Text(row.found, "" if row.is_proof else "dim")


def _line(each: Suggestion, row: Row) -> Text:
    """One line for those who read no table; a proof of several lines stays whole on one."""
    return Text(f"{shown(str(each.path))}:{each.line} ").append_text(
        Text.assemble(f"{shown(each.declaration)}: {row.verdict}: ", _found(row))
    )
