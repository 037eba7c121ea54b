"""What the person finds where qed was opened, in a line."""

from pathlib import Path
from typing import TYPE_CHECKING

from agent.figures import counted

if TYPE_CHECKING:
    from agent.tui.project_view import ProjectView
    from agent.workbench.bench import Workbench


def whereabouts(bench: "Workbench", project: "ProjectView") -> str:
    """The folder, what lies in it as far as that is known, the model, and what is missing."""
    root, home = bench.root, Path.home()
    folder = f"~/{root.relative_to(home)}" if root.is_relative_to(home) and root != home else str(root)
    files, holes = len(project.outlines), len(project.holes)
    found = f" · {counted(files, 'Lean file')}, {counted(holes, 'open hole')}" if project.looked else ""
    without = "no model (/model chooses one; /prove, /try and /goals work without)"
    return f"{folder}{found} · {bench.model_name or without} · F1: help"
