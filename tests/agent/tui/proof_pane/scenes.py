"""A small project, events as a turn has them, and an app that holds nothing but the pane."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult

from agent.conversation.events import ToolProgress
from agent.conversation.limits import TurnLimits
from agent.tui.proof_pane.board import ProofBoard
from agent.tui.proof_pane.pane import ProofPane
from agent.workbench.outline import FileOutline, HoleInfo

NATURALS = Path("/project/Naturals.lean")
LISTS = Path("/project/Data/Lists.lean")
PLACE = {"path": str(NATURALS), "declaration": "add_comm'", "hole": 1}


def hole(declaration: str, line: int, number: int = 1, *, fillable: bool = True) -> HoleInfo:
    return HoleInfo(declaration, number, line, f"theorem {declaration}", fillable)


def project() -> list[FileOutline]:
    naturals = (hole("add_zero'", 4), hole("add_comm'", 9), hole("mul_add'", 15), hole("mul_add'", 17, 2))
    lists = (hole("List.reverse_reverse'", 12), hole("List.length_map'", 20, fillable=False))
    return [
        FileOutline(NATURALS, "Naturals.lean", naturals, ("add_zero'", "add_comm'", "mul_add'", "done")),
        FileOutline(LISTS, "Data/Lists.lean", lists, ("List.reverse_reverse'", "List.length_map'")),
    ]


def big(files: int, holes: int) -> list[FileOutline]:
    """A project with many holes: `files` files with `holes` declarations each."""
    return [
        FileOutline(
            Path(f"/project/F{file}.lean"),
            f"F{file}.lean",
            tuple(hole(f"t{file}_{index}", index + 1) for index in range(holes)),
            tuple(f"t{file}_{index}" for index in range(holes)),
        )
        for file in range(files)
    ]


def trial(tactic: str, verdict: str, detail: str = "", goals: Sequence[str] = ()) -> ToolProgress:
    entry = {"tactic": tactic, "verdict": verdict, "detail": detail, "goals": list(goals)}
    return ToolProgress(call="1", text="", data={"kind": "trial", **PLACE, "trial": entry})


def state(
    number: int, parent: int | None, tactic: str, goal: str, score: float, status: str = "open", goals: int = 1
) -> dict[str, Any]:
    depth = 0 if parent is None else number
    entry = {"id": number, "parent": parent, "tactic": tactic, "goals": goals, "goal": goal}
    return {**entry, "score": score, "depth": depth, "status": status}


def search(phase: str = "searching", seconds: float = 12.0, nodes: Sequence[dict[str, Any]] = (), **more: Any) -> Any:
    counts = {"tactics": 412, "states": 38, "seconds": seconds, "limit": 30.0, "tactic": "simp [Nat.add_comm]"}
    data = {"kind": "search", **PLACE, "phase": phase, **counts, "nodes": list(nodes), **more}
    return ToolProgress(call="2", text="", data=data)


class PaneApp(App[None]):
    """An app that is a pane and what it asks for."""

    CSS = "ProofPane { width: 1fr; height: 1fr; }"

    def __init__(self, limits: TurnLimits | None = None, *, light: bool = False, ansi: bool = False) -> None:
        super().__init__(ansi_color=ansi)
        self.now = 0.0
        self.pane = ProofPane(board=ProofBoard(limits or TurnLimits(), clock=lambda: self.now))
        self.asked: list[tuple[str, Path, str, int]] = []
        if light:
            self.theme = "textual-light"

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_proof_pane_hole_selected(self, message: ProofPane.HoleSelected) -> None:
        self.asked.append(("goal", message.path, message.declaration, message.number))

    def on_proof_pane_prove_requested(self, message: ProofPane.ProveRequested) -> None:
        self.asked.append(("prove", message.path, message.declaration, message.number))

    def on_proof_pane_try_requested(self, message: ProofPane.TryRequested) -> None:
        self.asked.append(("try", message.path, message.declaration, message.number))
