"""The panel of what is watched under keys, clicks and sizes."""

from pathlib import Path

import pytest

from agent.tui.proof_pane.watch_panel import WatchPanel, WatchView
from agent.watch.suggestion import Suggestion, SuggestionKey, Verdict
from agent.watch.table import SuggestionTable
from tests.agent.tui.proof_pane.scenes import PaneApp
from tests.agent.tui.proof_pane.test_pane import drawn

A, B = Path("/p/A.lean"), Path("/p/B.lean")
LONG_PROOF = "induction xs with\n| nil => rfl\n| cons x xs ih => simp_all"


class WatchApp(PaneApp):
    """A pane with a panel, and what is wanted of the panel."""

    def __init__(self, *suggestions: Suggestion, problem: str = "") -> None:
        super().__init__()
        self.table = SuggestionTable()
        self.table.ready()
        for each in suggestions:
            self.table.change((each.path, each.key), each)
        self.view = WatchView("proofs", self.table, problem=problem)
        self.wanted: list[SuggestionKey] = []
        self.left = False

    def on_mount(self) -> None:
        self.pane.show_watch(self.view)
        self.pane.focus_watch()

    def on_watch_panel_write_asked(self, message: WatchPanel.WriteAsked) -> None:
        self.wanted += message.keys

    def on_watch_panel_left(self, message: WatchPanel.Left) -> None:
        self.left = True


def _suggestion(line: int, verdict: Verdict = Verdict.ACCEPTED, proof: str = "simp", path: Path = A) -> Suggestion:
    return Suggestion(path, f"k{line}", f"t{line}", line, verdict, proof)


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ("enter", [1]),
        ("down enter", [5]),
        ("j j j j enter", [9]),
        ("j k enter", [1]),
        ("3", [9]),
        ("4", []),
        ("a", [1, 9]),
        ("q", []),
        ("escape", []),
    ],
)
async def test_keys(keys: str, lines: list[int]) -> None:
    app = WatchApp(_suggestion(1), _suggestion(5, Verdict.OPEN, ""), _suggestion(9))
    async with app.run_test(size=(60, 30)) as pilot:
        await drawn(app, pilot)
        await pilot.press(*keys.split())
        assert app.wanted == [(A, f"k{line}") for line in lines]
        assert app.left is (keys in ("q", "escape"))


async def test_the_cursor_stays_with_its_suggestion() -> None:
    app = WatchApp(_suggestion(5), _suggestion(9))
    async with app.run_test(size=(60, 30)) as pilot:
        await drawn(app, pilot)
        await pilot.press("down")
        app.table.change((A, "k1"), _suggestion(1))
        app.pane.show_watch(app.view)
        assert "›3 :9 t9" in await drawn(app, pilot)
        app.table.change((A, "k9"), None)
        app.pane.show_watch(app.view)
        assert "›2 :5 t5" in await drawn(app, pilot)
        await pilot.press("enter")
        assert app.wanted == [(A, "k5")]


async def test_a_click_moves_the_cursor_and_writes_nothing() -> None:
    app = WatchApp(_suggestion(1), _suggestion(5), _suggestion(9))
    async with app.run_test(size=(60, 30)) as pilot:
        await drawn(app, pilot)
        await pilot.click(WatchPanel, offset=(8, 2))
        assert "›2 :5 t5" in await drawn(app, pilot)
        assert not app.wanted


@pytest.mark.parametrize("width", [16, 30, 42, 80, 200])
async def test_what_is_cut_off_stands_below_in_full(width: int) -> None:
    app = WatchApp(_suggestion(1, proof="rfl"), _suggestion(5, proof=LONG_PROOF), _suggestion(7, path=B))
    async with app.run_test(size=(width, 40)) as pilot:
        assert "simp_all" not in await drawn(app, pilot) or width == 200
        await pilot.press("down")
        screen = await drawn(app, pilot)
        assert "│ induction" in screen
        assert "cons x xs ih => simp_all" in screen or width < 30
        assert "accepted" in screen or width < 20


async def test_many_lines_scroll_with_the_cursor() -> None:
    app = WatchApp(*(_suggestion(line) for line in range(1, 101)))
    async with app.run_test(size=(60, 12)) as pilot:
        await drawn(app, pilot)
        await pilot.press(*["down"] * 60)
        assert "› 61 :61 t61" in await drawn(app, pilot)


async def test_the_end_of_it_is_told() -> None:
    app = WatchApp(problem="the folder is gone")
    async with app.run_test(size=(60, 30)) as pilot:
        screen = await drawn(app, pilot)
        assert "Watch proofs · ended" in screen
        assert "the folder is gone" in screen
        await pilot.press("enter", "1", "a", "down")
        assert not app.wanted
        app.pane.show_watch(None)
        assert "Watch" not in await drawn(app, pilot)
