"""`qed goals`."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from agent.prover.selection import Target
    from tools.lean.lean_document import LeanDocument
    from tools.lean.machine import MachineLimits
    from tools.lean.toolchain import Toolchain
    from tools.lean.writeback import FileSnapshot


@dataclass(frozen=True, slots=True)
class ProofState:
    """The goals at a place. Lines count from 1, columns from 0; `goals` is None where Lean shows no goal."""

    line: int
    column: int
    what: str
    goals: tuple[str, ...] | None


@click.command()
@click.argument("target", metavar="FILE[:LINE[:COL]]")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=120.0, help="Seconds for the file [120]."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@command_errors
def goals(target: str, toolchain: str | None, timeout: float, as_json: bool) -> int:
    """Print proof states: of all holes of FILE, around a line, or at a position.

    Lines count from 1 and columns from 0, as Lean prints them.
    """
    from agent.cli.progress import toolchain_for
    from agent.config import load_config
    from agent.prover.selection import Target
    from tools.lean.writeback import FileSnapshot

    place = Target.parse(target)
    snapshot = FileSnapshot.read(place.path)
    config = load_config()
    chosen = toolchain_for(place.path, toolchain or config.lean.toolchain)
    states: list[ProofState] = []

    async def collect() -> int:
        states.extend(await _states(chosen, config.lean.limits(), snapshot, place, timeout))
        return 0

    run(collect)
    if as_json:
        click.echo(json.dumps([asdict(state) for state in states], ensure_ascii=False, indent=2))
        return 0
    for state in states:
        click.secho(f"{place.path}:{state.line}:{state.column}: {state.what}", bold=True)
        click.echo(_render(state.goals) + "\n")
    if not states:
        click.echo(f"{place.path}: no holes", err=True)
    return 0


def _render(goals: tuple[str, ...] | None) -> str:
    if goals is None:
        return "no goal here"
    return "\n\n".join(goals) if goals else "no goals"


async def _states(
    toolchain: "Toolchain", limits: "MachineLimits", snapshot: "FileSnapshot", place: "Target", timeout: float
) -> list[ProofState]:
    from agent.cli.session import lean_server
    from tools.lean.document import Document

    async with lean_server(toolchain, limits) as server:
        document = await server.open(snapshot.path, snapshot.text)
        await document.settle(timeout)
        if place.line is not None:
            return await _around(document, place)
        parsed = Document.parse(snapshot.text)
        holes = parsed.holes
        if place.declaration:
            holes = tuple(hole for each in parsed.find_declarations(place.declaration) for hole in each.holes)
        return [
            ProofState(hole.line, hole.column, hole.declaration, await _goals(document, hole.span.start))
            for hole in holes
        ]


async def _around(document: "LeanDocument", place: "Target") -> list[ProofState]:
    """The state at a position, or those before and after the text of a line."""
    from tools.errors import ExitCode, QedError

    line = (place.line or 1) - 1
    if not 0 <= line < document.source.line_count:
        raise QedError(
            f"{place.path} has {document.source.line_count} lines, not {place.line}", exit_code=ExitCode.USAGE
        )
    span = document.source.line_span(line)
    if place.column is not None:
        offset = min(span.start + place.column, span.end)
        return [ProofState(line + 1, offset - span.start, "state", await _goals(document, offset))]
    text = document.source.text[span.start : span.end]
    first = span.start + len(text) - len(text.lstrip())
    last = span.start + len(text.rstrip())
    return [
        ProofState(line + 1, offset - span.start, what, await _goals(document, offset))
        for offset, what in ((first, "before"), (last, "after"))
    ]


async def _goals(document: "LeanDocument", offset: int) -> tuple[str, ...] | None:
    """The tactic state, or where there is none the expected type of the term."""
    goals = await document.goals(offset)
    if goals is None and (term := await document.term_goal(offset)) is not None:
        return (term,)
    return goals
