"""Targets that mean the same after proofs were written: a line may be another one by then, a declaration is not."""

from collections.abc import Iterable
from dataclasses import replace

from agent.prover.memory import RunMemory
from agent.prover.selection import Target
from tools.errors import ExitCode, QedError
from tools.lean.document import Document
from tools.lean.writeback import FileSnapshot


def lasting(target: Target) -> Target:
    """The declaration of a line, where the line means all of its holes; else the target as it is.

    A file that cannot be read keeps its targets: that is told when it is worked on.
    """
    if target.line is None:
        return target
    try:
        document = Document.parse(FileSnapshot.read(target.path).text)
    except QedError:
        return target
    holes = document.holes_at(target.line, target.column)
    names = {hole.declaration for hole in holes}
    found = [each for name in names for each in document.find_declarations(name)]
    if len(found) != 1 or found[0].is_anonymous or tuple(found[0].holes) != holes:
        return target
    return replace(target, line=None, column=None, declaration=found[0].name)


def require_same_lines(targets: Iterable[Target], memory: RunMemory) -> None:
    """Raises `QedError` where a line is wanted of a file into which the run has written: it may be another line now."""
    for target in targets:
        if target.line is not None and memory.earlier(target.path):
            raise QedError(
                f"the run has written proofs into {target.path}: what was line {target.line} may be another line now",
                hint="`qed prove FILE:LINE` begins a new run.",
                exit_code=ExitCode.USAGE,
            )
