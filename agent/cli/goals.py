"""`qed goals`."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from agent.prover.selection import Target
    from tools.lean.machine import MachineLimits
    from tools.lean.proof_states import ProofState
    from tools.lean.toolchain import Toolchain
    from tools.lean.writeback import FileSnapshot


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
    config = load_config(place.path)
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
) -> "list[ProofState]":
    from agent.cli.session import lean_server
    from tools.lean.document import Document
    from tools.lean.proof_states import ProofState, goals_at, states_around

    async with lean_server(toolchain, limits) as server:
        document = await server.open(snapshot.path, snapshot.text)
        await document.settle(timeout)
        if place.line is not None:
            return await states_around(document, place.path, place.line, place.column)
        parsed = Document.parse(snapshot.text)
        holes = parsed.holes
        if place.declaration:
            holes = tuple(hole for each in parsed.find_declarations(place.declaration) for hole in each.holes)
        return [
            ProofState(hole.line, hole.column, hole.declaration, await goals_at(document, hole.span.start))
            for hole in holes
        ]
