"""Folders as targets: all files of a project with something to prove, each after those that it imports."""

from collections.abc import Callable, Sequence
from pathlib import Path

from agent.prover.memory import RunMemory
from agent.prover.selection import Target
from tools.lean.acceptance.observation import count_sorries
from tools.lean.import_order import in_dependency_order
from tools.lean.project_files import project_files


def with_files(
    targets: Sequence[Target], memory: RunMemory, on_note: Callable[[str], None], *, include_errors: bool
) -> tuple[Target, ...]:
    """The targets, with the files of a folder in its place, in the order of their imports.

    Files without a hole are left out, unless the run has proved something in them before, or proofs that fail are
    wanted as well (`include_errors`): only Lean knows where those are.
    """
    found: dict[Target, None] = {}
    for target in targets:
        if not _is_project(target):
            found[target] = None
            continue
        files = project_files(target.path)
        if not files.complete:
            on_note(f"{target.path} is too large to be looked through: not all of its files are worked on")
        wanted = [path for path in files.paths if include_errors or _has_hole(path) or memory.earlier(path)]

        def circle(paths: Sequence[Path]) -> None:
            on_note(f"these files import one another: {', '.join(map(str, paths))}")

        found |= dict.fromkeys(Target(path) for path in in_dependency_order(target.path, wanted, circle))
        if not wanted:
            on_note(f"{target.path}: no file has a hole")
    return tuple(found)


def _is_project(target: Target) -> bool:
    """A folder that is called like a Lean file is told of when it is worked on: nobody means its files."""
    path = target.path
    return path.is_dir() and path.suffix != ".lean" and target.line is None and target.declaration is None


def _has_hole(path: Path) -> bool:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return True  # what is wrong with it is told when it is worked on
    return count_sorries(text) > 0
