"""The pane under keys, clicks, sizes and floods."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from agent.conversation.events import ProofAccepted, TurnStarted
from agent.tui.proof_pane.goal_panel import GoalPanel
from agent.tui.proof_pane.holes_tree import HolesTree
from agent.tui.proof_pane.panel import Panel
from agent.tui.proof_pane.place import HoleState, Place
from tests.agent.tui.proof_pane.scenes import LISTS, NATURALS, PaneApp, big, project, search, state, trial

GOAL = "n m : Nat\n⊢ n + m = m + n"


def text_of(app: PaneApp) -> str:
    """What stands on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())  # pyright: ignore[reportPrivateUsage]


async def drawn(app: PaneApp, pilot: Pilot[None]) -> str:
    """The screen after everything that is waiting was drawn."""
    app.pane.flush()
    await pilot.pause()
    return text_of(app)


@pytest.mark.parametrize(("key", "what"), [("enter", "goal"), ("p", "prove"), ("t", "try")])
async def test_keys_on_a_hole(key: str, what: str) -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        await drawn(app, pilot)
        app.pane.query_one(HolesTree).focus()
        await pilot.press("down", key)
        assert app.asked == [(what, NATURALS, "add_zero'", 1)]


async def test_a_click_on_a_hole_asks_for_its_goal() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        await drawn(app, pilot)
        row = next(y for y, line in enumerate(text_of(app).split("\n")) if "hole 2" in line)
        await pilot.click(offset=(8, row))
        assert app.asked == [("goal", NATURALS, "mul_add'", 2)]


async def test_prove_on_a_declaration_means_its_first_hole_and_on_a_file_nothing() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        await drawn(app, pilot)
        app.pane.query_one(HolesTree).focus()
        await pilot.press("p")
        assert app.asked == []
        await pilot.press("down", "down", "down", "p")
        assert app.asked == [("prove", NATURALS, "mul_add'", 1)]


async def test_the_cursor_stays_on_its_hole_when_others_go() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        await drawn(app, pilot)
        tree = app.pane.query_one(HolesTree)
        tree.focus()
        await pilot.press("down", "down")
        app.pane.apply(ProofAccepted(path=NATURALS, declaration="add_zero'", proof="rfl", axioms=()))
        screen = await drawn(app, pilot)
        assert tree.cursor_node is not None and tree.cursor_node.data == Place(NATURALS, "add_comm'", 1)
        assert "✓ add_zero'" in screen and "proved" in screen


async def test_a_file_that_was_folded_stays_folded() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        await drawn(app, pilot)
        app.pane.query_one(HolesTree).focus()
        await pilot.press("left")
        app.pane.show_outline(project())
        screen = await drawn(app, pilot)
        assert "▸ Naturals.lean" in screen and "add_zero'" not in screen
        await pilot.press("right")
        assert "add_zero'" in await drawn(app, pilot)


async def test_states_are_said_in_words() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        await drawn(app, pilot)
        app.pane.board.holes.mark(Place(NATURALS, "add_zero'", 1), HoleState.FAILED)
        app.pane.apply(search())
        screen = await drawn(app, pilot)
        assert "✗ add_zero'" in screen and "failed :4" in screen
        assert "◐ add_comm'" in screen and "in work :9" in screen
        assert "in the statement :20" in screen


async def test_a_project_with_many_holes_makes_rows_only_for_what_is_seen() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(big(1, 5000))
        screen = await drawn(app, pilot)
        tree = app.pane.query_one(HolesTree)
        assert "5,000 open" in screen and tree.last_line == 501
        tree.focus()
        await pilot.press("end", "enter")
        await drawn(app, pilot)
        assert tree.last_line == 1001
        app.pane.show_outline(big(200, 25))
        await drawn(app, pilot)
        assert tree.last_line < 300


async def test_goals_are_folded_by_number_by_click_and_all_at_once() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_goals(NATURALS, "add_comm'", 1, ["case a\nh : p\n⊢ q", "case b\nk : r\n⊢ s"])
        assert "k : r" not in await drawn(app, pilot)
        app.pane.query_one(GoalPanel).focus()
        await pilot.press("2")
        assert "k : r" in await drawn(app, pilot)
        await pilot.press("1", "enter")
        assert "h : p" in await drawn(app, pilot)
        await pilot.press("enter")
        screen = await drawn(app, pilot)
        assert "h : p" in screen and "k : r" not in screen
        row = next(y for y, line in enumerate(screen.split("\n")) if "▸ 2 case b" in line)
        await pilot.click(offset=(4, row))
        assert "k : r" in await drawn(app, pilot)


async def test_changes_are_marked_in_the_margin() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_goals(NATURALS, "add_comm'", 1, [GOAL])
        app.pane.apply(
            trial("induction m", "progress", "", ["n k : Nat\nih : n + k = k + n\n⊢ n + (k + 1) = k + 1 + n"])
        )
        screen = await drawn(app, pilot)
        for line in ("  n : Nat", "+ k : Nat", "+ ih : n + k = k + n", "- m : Nat", "~ ⊢ n + (k + 1)"):
            assert f"\n{line}" in screen


async def test_a_lean_that_fails_is_told_with_what_to_do_and_the_rest_stays() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        app.pane.lean_status("the process ended with status 137", "failed")
        screen = await drawn(app, pilot)
        assert "✗ Lean failed" in screen and "137" in screen and "/doctor" in screen and "add_comm'" in screen


async def test_what_looks_like_markup_or_control_is_only_text() -> None:
    app = PaneApp()
    odd = "\x1b[31m[bold]x[/bold] [@click=app.quit]y[/]"
    async with app.run_test(size=(100, 40)) as pilot:
        app.pane.show_goals(NATURALS, odd, 1, [f"case {odd}\nh : {odd}\n⊢ {odd}"])
        app.pane.apply(trial(odd, "error", odd))
        app.pane.apply(search(declaration=odd, tactic=odd, nodes=[state(0, None, odd, odd, 1)]))
        app.pane.lean_status(odd, "ready")
        screen = await drawn(app, pilot)
        assert "\x1b" not in screen and screen.count("[bold]x[/bold]") >= 6
        assert screen.count("\\x1b[31m") >= 6


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (38, 12), (80, 24), (300, 100)])
async def test_every_size(size: tuple[int, int]) -> None:
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        app.pane.show_outline(project())
        app.pane.show_goals(NATURALS, "add_comm'", 1, [GOAL, "case long\n⊢ " + "f (" * 200])
        app.pane.apply(trial("omega", "error", "no"))
        app.pane.apply(search(nodes=[state(0, None, "", GOAL, 1), state(1, 0, "simp", "⊢ p", 2)]))
        app.pane.lean_status("4.31.0", "working")
        await drawn(app, pilot)
        await pilot.resize_terminal(60, 20)
        assert "Naturals.lean" in await drawn(app, pilot)


async def test_sections_with_nothing_to_show_take_no_space() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project()[:1])
        await drawn(app, pilot)
        assert [panel.display for panel in app.pane.query(Panel)] == [False] * 5
        app.pane.show_outline([])
        assert "No Lean files" in await drawn(app, pilot)
        assert app.pane.query_one(".pane--empty", Static).display


async def test_a_flood_of_events_is_drawn_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await drawn(app, pilot)
        draws = 0
        show = Panel.show

        def counted(panel: Panel, *arguments: object) -> None:
            nonlocal draws
            draws += panel.id == "search"
            show(panel, *arguments)  # pyright: ignore[reportArgumentType]

        monkeypatch.setattr(Panel, "show", counted)
        for number in range(1000):
            app.pane.apply(search(nodes=[state(number, None, "simp", "⊢ p", number)]))
        screen = await drawn(app, pilot)
        assert draws == 1 and "412 tactics" in screen


async def test_the_clock_runs_while_a_turn_does() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.apply(TurnStarted(session="s", model="m", prompt="p"))
        app.now = 65.0
        app.pane._changed.add("status")  # pyright: ignore[reportPrivateUsage]
        assert "65 s" in await drawn(app, pilot)


async def test_files_far_apart_are_told_apart() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        await drawn(app, pilot)
        app.pane.query_one(HolesTree).focus()
        await pilot.press("end", "enter")
        assert app.asked == [("goal", LISTS, "List.length_map'", 1)]


async def test_a_pane_that_was_hidden_shows_what_happened_meanwhile() -> None:
    app = PaneApp()
    app.pane.display = False
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_outline(project())
        app.pane.show_goals(NATURALS, "add_comm'", 1, [GOAL])
        assert "Naturals" not in await drawn(app, pilot)
        app.pane.display = True
        await pilot.pause()
        screen = await drawn(app, pilot)
        assert "Naturals.lean" in screen and "⊢ n + m = m + n" in screen
        app.pane.display = False
        app.pane.apply(trial("omega", "error", "no"))
        await drawn(app, pilot)
        app.pane.display = True
        await pilot.pause()
        assert "omega" in await drawn(app, pilot)


async def test_text_of_a_goal_can_be_selected_and_copied() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show_goals(NATURALS, "add_comm'", 1, [GOAL])
        row = next(y for y, line in enumerate((await drawn(app, pilot)).split("\n")) if "n m : Nat" in line)
        await pilot.mouse_down(offset=(2, row))
        await pilot.hover(offset=(20, row + 1))
        await pilot.mouse_up(offset=(20, row + 1))
        assert app.screen.get_selected_text() == "n m : Nat\n  ⊢ n + m = m + n"
