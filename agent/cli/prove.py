"""`qed prove`."""

from typing import Any, get_args

import click

from agent.cli.runner import command_errors
from tools.environment.names import EnvironmentName

_EPILOG = """
\b
Exit codes:
  0   every hole is proved
  1   some hole is not proved, or a checker refused a proof
  2   wrong usage
  3   open holes ran out of time, tokens or money
  10  no such file              20  Lean failed: crashed or could not be asked
  11  a folder, not a file      21  the file has errors where a hole stands
  12  not UTF-8                 22  an import is missing
  13  the file is read-only     30  no such toolchain
  14  the file was changed      31  Node is missing (embedded toolchain)
  15  the file can't be written 32  the embedded toolchain can't be downloaded
  16  another qed has the file  33  the embedded toolchain is damaged
  50  bad settings              60  the model could not be asked
  130 interrupted
"""


_AMOUNT = click.FloatRange(min=0, min_open=True)
_COUNT = click.IntRange(min=1)


@click.command(epilog=_EPILOG)
@click.argument("targets", nargs=-1, metavar="PATH[:LINE|::NAME]...")
@click.option("--dry-run", is_flag=True, help="Write nothing; print a unified diff.")
@click.option("--timeout", type=_AMOUNT, default=None, help="Seconds for each hole [30; 300 with a model].")
@click.option("--errors", "include_errors", is_flag=True, help="Also work on declarations whose proof fails.")
@click.option("--recheck", is_flag=True, help="Have the project's leanchecker or lean4checker replay what was written.")
@click.option("--git", is_flag=True, help="Commit each proof, on a branch of its own (qed/…).")
@click.option("--lemmas", is_flag=True, help="The model may put helper lemmas above a theorem, where the rest failed.")
@click.option("--toolchain", default=None, help="auto, lake, lean, embedded, or the path of a lean or lake.")
@click.option(
    "--environment",
    type=click.Choice(get_args(EnvironmentName)),
    default=None,
    help="Where tactics are tried [language-server]; leandojo needs a repository that LeanDojo has traced.",
)
@click.option("--model", default=None, help="A model as litellm names it, or an alias of yours [that of the settings].")
@click.option("--no-model", is_flag=True, help="Ask no model, whatever the settings say.")
@click.option("--jobs", type=_COUNT, default=None, help="Holes to work on at once [1; 4 with a model].")
@click.option("--max-seconds", type=_AMOUNT, default=None, help="Seconds for the run.")
@click.option("--max-tokens", type=_COUNT, default=None, help="Tokens of the model for the run.")
@click.option("--max-cost", type=_AMOUNT, default=None, help="US dollars for the run [1].")
@click.option("--hole-tokens", type=_COUNT, default=None, help="Tokens of the model for each hole.")
@click.option("--hole-cost", type=_AMOUNT, default=None, help="US dollars for each hole.")
@click.option(
    "--resume",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[ID]",
    help="Go on with a run that was interrupted or killed [the last one of this folder]. No answer is paid for twice.",
)
@click.option("--report", "report_path", default=None, metavar="PATH", help="Write a report: a page (.html), or .json.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
@command_errors
def prove(*, resume: str | None, report_path: str | None, as_json: bool, **given: Any) -> int:
    """Prove the holes (`sorry`) of Lean files and write the proofs that Lean accepts back into them.

    A target is a FILE, a line of it (FILE:LINE), a declaration (FILE::Decl.name), or a folder: all its files, each
    after those that it imports. Each accepted proof is written at once; Ctrl+C keeps what is written, and `qed undo`
    takes the last write back.

    With a model, whatever is quick is tried without it first. The options, and the answers that were paid for, are
    kept: --resume takes up a run where it was, whatever ended it.
    """
    from agent.cli.display import ProveDisplay
    from agent.cli.progress import stderr_console
    from agent.cli.prove_report import report_file_at, write_report
    from agent.cli.prove_run import conclude, notes_of, prove_all, set_up
    from agent.prover.events import Noted
    from agent.prover.request import RunRequest

    request = RunRequest(**given)
    if resume is None and not request.targets:
        raise click.UsageError("Missing argument 'PATH[:LINE|::NAME]...'.", click.get_current_context())
    report_file = report_file_at(report_path)
    setup, journal = set_up(request, resume)
    with ProveDisplay(stderr_console()) as display:
        for note in journal.notes:
            display.show(Noted(note))
        report, commits = prove_all(setup, journal, display.show, display.error)
    conclude(journal, report)
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    elif setup.request.dry_run:
        for file in report.files:
            click.echo(file.diff, nl=False)
    display.summary(report)
    for note in notes_of(setup, journal, report, commits):
        display.show(Noted(note))
    return write_report(report_file, report, display.error) or report.exit_code()
