"""Pictures of the pane in all its states, in three widths and two themes."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import pytest
from textual.pilot import Pilot

from agent.conversation.events import ProofAccepted, ToolFinished, ToolProgress, ToolStarted, TurnStarted, UsageUpdated
from agent.conversation.limits import TurnLimits
from agent.llm.chat import Usage
from agent.tui.proof_pane.pane import ProofPane
from tests.agent.tui.proof_pane.scenes import NATURALS, PLACE, PaneApp, big, project, search, state, trial

AT_HOLE = "n m : Nat\nh : n = m\n⊢ n + m = m + n"
SUCC = "case succ\nn k : Nat\nih : n + k = k + n\n⊢ n + (k + 1) = k + 1 + n"
ZERO = "case zero\nn : Nat\nh : n = 0\n⊢ n + 0 = 0 + n"
NODES = (
    state(0, None, "", AT_HOLE, 3.0, "expanded"),
    state(1, 0, "induction m", ZERO, 2.1, "expanded", 2),
    state(2, 1, "simp", SUCC, 1.4),
    state(3, 1, "cases n", "⊢ 0 + 0 = 0", 2.4, goals=3),
    state(4, 0, "rw [Nat.add_comm]", "⊢ m + n = n + m", 2.9),
    state(5, 0, "exfalso", "⊢ False", 9.0, "dead"),
)


class SnapCompare(Protocol):
    """The fixture of pytest-textual-snapshot."""

    def __call__(
        self, app: PaneApp, *, terminal_size: tuple[int, int], run_before: Callable[[Pilot[None]], Awaitable[None]]
    ) -> bool: ...


def _nothing(pane: ProofPane) -> None:
    pane.show_outline([])


def _no_holes(pane: ProofPane) -> None:
    pane.show_outline(big(3, 0))
    pane.lean_status("4.31.0", "ready")


def _many_holes(pane: ProofPane) -> None:
    pane.show_outline(big(40, 30))


def _goal(pane: ProofPane) -> None:
    pane.show_outline(project())
    pane.show_goals(NATURALS, "add_comm'", 1, [AT_HOLE])


def _changed(pane: ProofPane) -> None:
    _goal(pane)
    pane.apply(trial("induction m", "progress", "", [SUCC]))


def _goals(pane: ProofPane) -> None:
    _goal(pane)
    pane.apply(trial("induction m", "progress", "", [ZERO, SUCC]))


def _attempts(pane: ProofPane) -> None:
    _goals(pane)
    pane.apply(trial("omega", "error", "omega could not prove the goal: a possible counterexample"))
    pane.apply(trial("simp [Nat.add_comm, Nat.add_assoc, Nat.add_left_comm]", "timed out", "after 10 s"))
    pane.apply(trial("run_tac pure ()", "not allowed", "run_tac would run code"))
    pane.apply(trial("exact Nat.add_comm n m", "closes"))


def _searching(pane: ProofPane) -> None:
    _goal(pane)
    pane.apply(
        ToolStarted(call="2", tool="search_proof", arguments={"file": str(NATURALS), "declaration": "add_comm'"})
    )
    pane.apply(search(nodes=NODES))


def _searched(pane: ProofPane) -> None:
    _searching(pane)
    proved = [state(0, None, "", AT_HOLE, 3.0, "proved"), state(1, 0, "induction m", ZERO, 2.1, "proved", 2)]
    pane.apply(search("shortening", nodes=[*proved, state(6, 1, "simp_arith [*]", "", 0, "proved", 0)]))
    _over(pane, "ok", proof="induction m <;> simp_arith [*]")


def _in_vain(pane: ProofPane) -> None:
    _searching(pane)
    _over(pane, "timed out")


def _over(pane: ProofPane, verdict: str, **data: Any) -> None:
    told = {**PLACE, "tactics": 512, "states": 44, **data}
    pane.apply(ToolFinished(call="2", tool="search_proof", verdict=verdict, text="", data=told, seconds=30.0))


def _proved(pane: ProofPane) -> None:
    _goal(pane)
    pane.apply(ToolStarted(call="3", tool="write_proof", arguments={"file": str(NATURALS), "declaration": "add_comm'"}))
    pane.apply(ProofAccepted(path=NATURALS, declaration="add_comm'", proof="omega", axioms=("propext",)))
    pane.apply(ProofAccepted(path=NATURALS, declaration="mul_add'", proof="ring", axioms=()))
    pane.apply(ToolFinished(call="3", tool="write_proof", verdict="ok", text="", data=PLACE, seconds=1.0))


def _failed(pane: ProofPane) -> None:
    _goal(pane)
    pane.lean_status("the process ended with exit status 137 (out of memory, perhaps)", "failed")


def _elaborating(pane: ProofPane) -> None:
    _goal(pane)
    pane.lean_status("4.31.0", "working")
    data = {"kind": "elaboration", "path": str(NATURALS), "line": 120, "lines": 480}
    pane.apply(ToolProgress(call="9", text="", data=data))


def _budget(pane: ProofPane) -> None:
    _searching(pane)
    pane.lean_status("4.31.0", "ready")
    pane.apply(TurnStarted(session="s", model="m", prompt="p"))
    used, all_used = Usage(prompt_tokens=80_000, cost=0.12), Usage(prompt_tokens=200_000, cost=0.31)
    pane.apply(UsageUpdated(reply=used, turn=used, session=all_used, context_tokens=1, context_limit=2))


SCENES = {
    scene.__name__.strip("_"): scene
    for scene in (
        _nothing,
        _no_holes,
        _many_holes,
        _goal,
        _changed,
        _goals,
        _attempts,
        _searching,
        _searched,
        _in_vain,
        _proved,
        _failed,
        _elaborating,
        _budget,
    )
}


async def _draw(pilot: Pilot[None], scene: Callable[[ProofPane], None]) -> None:
    assert isinstance(pilot.app, PaneApp)
    scene(pilot.app.pane)
    pilot.app.pane.flush()
    await pilot.pause()
    pilot.app.pane.flush()
    await pilot.pause()


@pytest.mark.parametrize("scene", SCENES)
def test_scenes(snap_compare: SnapCompare, scene: str) -> None:
    app = PaneApp(TurnLimits(tokens=100_000, cost=1.0, seconds=300))
    assert snap_compare(app, terminal_size=(60, 34), run_before=lambda pilot: _draw(pilot, SCENES[scene]))


@pytest.mark.parametrize("size", [(38, 40), (100, 44), (80, 24), (20, 5)], ids=["38x40", "100x44", "80x24", "20x5"])
def test_sizes(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = PaneApp(TurnLimits(tokens=100_000, seconds=300))

    def scene(pane: ProofPane) -> None:
        _attempts(pane)
        _budget(pane)

    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _draw(pilot, scene))


@pytest.mark.parametrize("how", ["light", "ansi"])
def test_themes(snap_compare: SnapCompare, how: str) -> None:
    app = PaneApp(light=how == "light", ansi=how == "ansi")

    def scene(pane: ProofPane) -> None:
        _attempts(pane)
        _budget(pane)

    assert snap_compare(app, terminal_size=(60, 40), run_before=lambda pilot: _draw(pilot, scene))
