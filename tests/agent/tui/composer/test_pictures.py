"""What the composer and the permission prompt look like."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from agent.conversation.permissions import Mode
from agent.tui.composer.history import History
from tests.agent.tui.composer.host import Host, type_keys
from tests.agent.tui.composer.test_permission import EDIT, PROOF, STATEMENT
from tests.agent.tui.composer.test_permission import Host as Asking
from tools.toolbox.tool import Proposal

Snapshot = Callable[..., bool]
Before = Callable[[Pilot[Any]], Awaitable[None]]


def typing(text: str, *keys: str) -> Before:
    """Types a text, then presses keys."""

    async def before(pilot: Pilot[Any]) -> None:
        await type_keys(pilot, text)
        await pilot.press(*keys)
        await pilot.pause()

    return before


MULTI = "prove this by induction:\\\ntheorem t (n : \\N ) : 0 + n = n\\\nno \\<>simp"


@pytest.mark.parametrize(
    ("before", "size"),
    [
        pytest.param(typing(""), (80, 12), id="empty"),
        pytest.param(typing(MULTI), (80, 12), id="multi-line"),
        pytest.param(typing("/"), (80, 14), id="commands"),
        pytest.param(typing("/mo", "down"), (80, 12), id="commands-chosen"),
        pytest.param(typing("/model "), (80, 12), id="arguments"),
        pytest.param(typing("look at @add"), (80, 12), id="mentions"),
        pytest.param(typing("p \\to"), (80, 14), id="abbreviations"),
        pytest.param(typing(""), (20, 8), id="narrow"),
        pytest.param(typing("/"), (20, 8), id="narrow-commands"),
        pytest.param(typing("@"), (20, 5), id="tiny-mentions"),
    ],
)
def test_composer(snap_compare: Snapshot, before: Before, size: tuple[int, int]) -> None:
    assert snap_compare(Host(), terminal_size=size, run_before=before)


@pytest.mark.parametrize("mode", list(Mode), ids=lambda mode: mode.value)
def test_modes(snap_compare: Snapshot, mode: Mode) -> None:
    host = Host()
    host.composer.mode = mode
    assert snap_compare(host, terminal_size=(60, 8))


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
def test_themes(snap_compare: Snapshot, theme: str) -> None:
    host = Host()
    host.theme = theme
    assert snap_compare(host, terminal_size=(60, 12), run_before=typing("/"))


def test_busy(snap_compare: Snapshot) -> None:
    host = Host()
    host.composer.busy = True
    assert snap_compare(host, terminal_size=(60, 8))


def test_search(snap_compare: Snapshot) -> None:
    history = History()
    for text in ("prove add_comm", "/undo", "prove Nat.add_zero'\nby induction"):
        history.add(text)

    async def before(pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+r")
        await type_keys(pilot, "prove")

    assert snap_compare(Host(history), terminal_size=(60, 10), run_before=before)


@pytest.mark.parametrize(
    ("proposal", "keys", "size"),
    [
        pytest.param(PROOF, (), (80, 14), id="proof"),
        pytest.param(EDIT, ("down",), (80, 14), id="edit"),
        pytest.param(STATEMENT, (), (80, 18), id="statement"),
        pytest.param(PROOF, ("r", *"too long"), (80, 16), id="reason"),
        pytest.param(STATEMENT, (), (30, 12), id="narrow"),
        pytest.param(PROOF, (), (20, 5), id="tiny"),
    ],
)
def test_permission(snap_compare: Snapshot, proposal: Proposal, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await pilot.press(*("space" if key == " " else key for key in keys))
        await pilot.pause()

    assert snap_compare(Asking(proposal), terminal_size=size, run_before=before)
