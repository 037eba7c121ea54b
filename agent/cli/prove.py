"""`qed prove`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from agent.prover.prove_file import OnEvent, ProveOptions
    from agent.prover.report import RunReport
    from agent.prover.selection import Target
    from tools.errors import QedError

_EPILOG = """
\b
Exit codes:
  0   every hole is proved
  1   some hole is not proved, or a checker refused a proof
  2   wrong usage
  3   open holes ran out of time (--timeout)
  10  no such file              20  Lean failed: crashed or could not be asked
  11  a folder, not a file      21  the file has errors where a hole stands
  12  not UTF-8                 22  an import is missing
  13  the file is read-only     30  no such toolchain
  14  the file was changed      31  Node is missing (embedded toolchain)
  15  the file can't be written 32  the embedded toolchain can't be downloaded
  16  another qed has the file  33  the embedded toolchain is damaged
  50  bad settings              130 interrupted
"""


@click.command(epilog=_EPILOG)
@click.argument("targets", nargs=-1, required=True, metavar="FILE[:LINE|::NAME]...")
@click.option("--dry-run", is_flag=True, help="Write nothing; print a unified diff.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=None, help="Seconds for each hole [30]."
)
@click.option("--errors", "include_errors", is_flag=True, help="Also work on declarations whose proof fails.")
@click.option("--recheck", is_flag=True, help="Have the project's leanchecker or lean4checker replay what was written.")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.option(
    "--environment",
    type=click.Choice(["language-server", "leandojo"]),
    default=None,
    help="Where tactics are tried [language-server]; leandojo needs a repository that LeanDojo has traced.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
@command_errors
def prove(
    targets: tuple[str, ...],
    dry_run: bool = False,
    timeout: float | None = None,
    include_errors: bool = False,
    recheck: bool = False,
    toolchain: str | None = None,
    environment: str | None = None,
    as_json: bool = False,
) -> int:
    """Prove the holes (`sorry`) of Lean files and write the proofs that Lean accepts back into them.

    A target is a FILE, a line of it (FILE:LINE), or a declaration (FILE::Decl.name). Each accepted proof is written
    at once; Ctrl+C keeps what is written, and `qed undo` takes the last write back.
    """
    from agent.cli.display import ProveDisplay
    from agent.cli.progress import stderr_console
    from agent.config import load_config
    from agent.prover.environments import ENVIRONMENTS
    from agent.prover.prove_file import ProveOptions
    from agent.prover.selection import Target

    wanted = [Target.parse(text) for text in targets]
    # One run has one set of limits: those of the first file's project.
    config = load_config(wanted[0].path)
    options = ProveOptions(
        timeout=timeout or config.prove.timeout,
        max_heartbeats=config.prove.max_heartbeats,
        allowed_axioms=config.prove.allowed_axioms,
        limits=config.lean.limits(),
        dry_run=dry_run,
        include_errors=include_errors,
        recheck=recheck,
        environments=ENVIRONMENTS[environment or config.prove.environment],
    )
    with ProveDisplay(stderr_console()) as display:
        report = _prove_all(wanted, toolchain or config.lean.toolchain, options, display.show, display.error)
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    elif dry_run:
        for file in report.files:
            click.echo(file.diff, nl=False)
    display.summary(report)
    return report.exit_code()


def _prove_all(
    targets: "list[Target]",
    toolchain: str,
    options: "ProveOptions",
    on_event: "OnEvent",
    on_error: "Callable[[Path, QedError], None]",
) -> "RunReport":
    """Works on the files one after the other; an error in one does not keep the others from being worked on."""
    from agent.cli.progress import toolchain_for
    from agent.prover.prove_file import FileRun
    from agent.prover.report import ErrorReport, FileReport, RunReport
    from tools.errors import QedError

    files: list[FileReport] = []
    errors: list[ErrorReport] = []
    interrupted = False
    for path, group in _by_file(targets).items():
        work = FileRun(path, group, options, on_event)
        prepared = False
        try:
            prepared = work.prepare()
            if prepared:
                chosen = toolchain_for(path, toolchain)
                run(lambda work=work, chosen=chosen: work.run(chosen))
            files.append(work.report())
        except QedError as error:
            on_error(path, error)
            errors.append(
                ErrorReport(
                    path=path, code=error.code, exit_code=error.exit_code, message=error.message, hint=error.hint
                )
            )
        except KeyboardInterrupt:
            interrupted = True
        else:
            continue
        if prepared:
            files.append(work.report())
        if interrupted:
            break
    return RunReport(files=tuple(files), errors=tuple(errors), interrupted=interrupted)


def _by_file(targets: "list[Target]") -> "dict[Path, list[Target]]":
    groups: dict[Path, list[Target]] = {}
    for target in targets:
        groups.setdefault(target.path, []).append(target)
    return groups
