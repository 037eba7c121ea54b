"""Rows from Lean files: each tactic proof is walked with the language server, which shows the goals before each tactic.

Nothing is traced or compiled, so this works with any Lean 4 and any file that it elaborates.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.errors import ExitCode, QedError
from tools.lean.acceptance.observation import count_sorries
from tools.lean.artifacts import artifacts_of
from tools.lean.document import Declaration, Document
from tools.lean.lean_document import LeanDocument
from tools.lean.messages import Elaboration, ElaborationStatus
from tools.lean.server import LeanServer
from tools.lean.tactic_tree import TacticBlock, tactic_trees
from tools.lean.toolchain import require_imports
from tools.progress.example import Skipped
from tools.progress.trajectory import Trajectory
from tools.progress.walk import UntraceableError, offsets, proof_steps

_Tree = tuple[Declaration, tuple[TacticBlock, ...]]


async def walk_file(
    server: LeanServer, path: Path, text: str, *, timeout: float, passed: Skipped, name: str | None = None
) -> list[Trajectory]:
    """The tactic proofs of a file, one trajectory each; `path` is absolute, `name` (default: `path`) names it in rows.

    Declarations with an error or a `sorry`, and proofs whose states cannot be followed, are passed over and noted.
    Raises `QedError` when Lean does not finish with the file within `timeout` seconds.
    """
    document = Document.parse(text)
    require_imports(server.toolchain, path, [each.name for each in document.header.imports])
    shown_as = name or str(path)
    trees = list(_without_sorry(document, passed, shown_as))
    if not trees:
        return []
    places = sorted({at for _, blocks in trees for block in blocks for at in offsets(block)})
    opened = await server.open(path, text)
    try:
        result = await _elaborated(opened, places, timeout)
        unsound = _unsound(server, opened, document, result)
    finally:
        await opened.close()
    goals = dict(zip(places, result.goals, strict=True))
    return list(_trajectories(document, trees, goals, unsound, passed, shown_as))


def _without_sorry(document: Document, passed: Skipped, name: str) -> Iterator[_Tree]:
    """The declarations with tactic proofs that claim to be complete: only for these is Lean asked."""
    for declaration, blocks in tactic_trees(document):
        if count_sorries(document.text[declaration.span.start : declaration.span.end]):
            passed.add(f"{_place(name, declaration)}: it says `sorry`")
        else:
            yield declaration, blocks


def _place(name: str, declaration: Declaration) -> str:
    return f"{name}:{declaration.line}: {declaration.name}"


async def _elaborated(opened: LeanDocument, places: Sequence[int], timeout: float) -> Elaboration:
    """The finished elaboration, with the goals; a crash is tried once more."""
    result = await opened.elaborate(timeout=timeout, goals_at=places)
    if result.status is ElaborationStatus.CRASHED:
        result = await opened.elaborate(timeout=timeout, goals_at=places)
    if not result.complete:
        what = "crashed on" if result.status is ElaborationStatus.CRASHED else f"took over {timeout:g} s for"
        raise QedError(f"Lean {what} {opened.path}", hint="Try a longer --timeout.", exit_code=ExitCode.LEAN_FAILED)
    if result.stale_imports:
        raise QedError(f"the imports of {opened.path} are out of date", hint="Build the project first: lake build.")
    return result


def _unsound(server: LeanServer, opened: LeanDocument, document: Document, result: Elaboration) -> dict[int, str]:
    """Why declarations are no proofs, by where they begin; an error outside all of them concerns none."""
    is_artifact = artifacts_of(server.toolchain, document.text)
    reasons: dict[int, str] = {}
    for message in result.messages:
        if is_artifact(message):
            continue
        if message.is_error or message.is_sorry_warning:
            at = opened.span_of(message).start
            reason = "it has an error" if message.is_error else "it uses `sorry`"
            for each in document.declarations:
                if each.span.start <= at <= each.span.end:
                    reasons.setdefault(each.span.start, reason)
    return reasons


def _trajectories(
    document: Document,
    trees: Sequence[_Tree],
    goals: dict[int, tuple[str, ...] | None],
    unsound: dict[int, str],
    passed: Skipped,
    name: str,
) -> Iterator[Trajectory]:
    for declaration, blocks in trees:
        where = _place(name, declaration)
        reason = unsound.get(declaration.span.start)
        if reason is not None:
            passed.add(f"{where}: {reason}")
            continue
        for block in blocks:
            try:
                steps = proof_steps(document.text, block, goals)
            except UntraceableError as error:
                passed.add(f"{where}: {error}")
                continue
            if steps:
                yield Trajectory.of_steps(f"{name}:{declaration.name}", steps)
