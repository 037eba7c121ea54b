"""`qed check`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from tools.lean.acceptance.observation import Observation
    from tools.lean.machine import MachineLimits
    from tools.lean.toolchain import Toolchain
    from tools.lean.writeback import FileSnapshot


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, help="Seconds for the file [300]."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command_errors
def check(file: Path, toolchain: str | None, timeout: float, as_json: bool) -> int:
    """Print Lean's messages about FILE, its holes, and the axioms that its declarations rest on.

    The exit code is 0 when there are no errors and no holes, 1 when there are holes, 21 when there are errors.
    """
    from agent.cli.progress import toolchain_for
    from agent.config import load_config
    from tools.errors import ExitCode
    from tools.lean.writeback import FileSnapshot

    snapshot = FileSnapshot.read(file)
    config = load_config(file)
    chosen = toolchain_for(file, toolchain or config.lean.toolchain)
    reports: list[dict[str, Any]] = []

    async def observe() -> int:
        reports.append(_report(file, chosen, await _observe(chosen, config.lean.limits(), snapshot, timeout)))
        return 0

    run(observe)
    report = reports[0]
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _print(file, report)
    if any(m["severity"] == "error" and not m["toolchain_only"] for m in report["messages"]):
        return ExitCode.FILE_HAS_ERRORS
    return ExitCode.NOT_PROVED if report["holes"] else ExitCode.PROVED


async def _observe(
    toolchain: "Toolchain", limits: "MachineLimits", snapshot: "FileSnapshot", timeout: float
) -> "Observation":
    from agent.cli.session import lean_server
    from tools.lean.acceptance.observation import Observation, Observer, Question

    def question(seen: Observation) -> Question:
        everything = frozenset(i for i, each in enumerate(seen.document.declarations) if not each.is_anonymous)
        return Question(seen.text, everything, frozenset(), 0, timeout)

    async with lean_server(toolchain, limits) as server:
        return await Observer(snapshot.path, lambda _: False).observe(server, snapshot.text, timeout, question)


def _report(file: Path, toolchain: "Toolchain", seen: "Observation") -> dict[str, Any]:
    from tools.lean.artifacts import artifacts_of

    source, document = seen.document.source, seen.document
    is_artifact = artifacts_of(toolchain, source.text)
    messages: list[dict[str, Any]] = [
        {
            "line": message.start.line + 1,
            "column": source.column_of(source.offset(message.start)),
            "severity": message.severity.word,
            "text": message.text,
            "toolchain_only": is_artifact(message),
        }
        for message in seen.messages
    ]
    holes = [{"declaration": h.declaration, "line": h.line, "column": h.column} for h in document.holes]
    declarations = [
        {
            "name": document.declarations[index].name,
            "axioms": list(report.axioms) if report.axioms is not None else None,
            "how": report.how.value,
        }
        for index, report in sorted(seen.axioms.items())
    ]
    return {
        "path": str(file),
        "toolchain": toolchain.describe(),
        "messages": messages,
        "holes": holes,
        "declarations": declarations,
    }


def _print(file: Path, report: dict[str, Any]) -> None:
    for message in report["messages"]:
        note = " (this toolchain only; not an error of the file)" if message["toolchain_only"] else ""
        click.echo(f"{file}:{message['line']}:{message['column']}: {message['severity']}: {message['text']}{note}")
    for hole in report["holes"]:
        click.echo(f"{file}:{hole['line']}:{hole['column']}: hole in {hole['declaration']}")
    for declaration in report["declarations"]:
        axioms = declaration["axioms"]
        rests = "Lean does not say" if axioms is None else ", ".join(axioms) or "no axioms"
        click.echo(f"{declaration['name']}: {rests}")
