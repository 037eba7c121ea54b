"""A run of `qed prove`: begun or gone on with, file by file, and brought to its end."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.runner import run

if TYPE_CHECKING:
    from agent.prover.commits import ProofCommits
    from agent.prover.journal import RunJournal
    from agent.prover.options import ProveOptions
    from agent.prover.prove_file import OnEvent
    from agent.prover.report import RunReport
    from agent.prover.request import RunRequest
    from agent.prover.selection import Target
    from agent.prover.setup import RunSetup
    from tools.errors import QedError
    from tools.lean.toolchain import Toolchain


def set_up(request: "RunRequest", resume: str | None) -> "tuple[RunSetup, RunJournal]":
    """The run that was asked for, or the one that is gone on with (`resume`: its name, empty for the last one here).

    The model is looked at before anything is begun. Raises `QedError`.
    """
    from agent.prover.journal import RunJournal
    from agent.prover.lasting_targets import require_same_lines

    if resume is None:
        setup = _looked_at(request, Path.cwd())
        return setup, setup.journal(Path.cwd())
    if request.targets:
        raise _usage("--resume goes on with a run as it was asked for: it takes no targets")
    journal = RunJournal.resume(resume or None, Path.cwd())
    setup = _looked_at(journal.header.request.changed_by(request), journal.header.folder)
    require_same_lines(setup.targets, journal)
    return setup, journal


def _looked_at(request: "RunRequest", folder: Path) -> "RunSetup":
    from agent.cli.search_model import refuse_without_model
    from agent.prover.setup import RunSetup
    from tools.environment.names import DEFAULT_ENVIRONMENT

    if request.git and request.dry_run:
        raise _usage("--git commits what is written, and --dry-run writes nothing")
    if request.model is not None and request.no_model:
        raise _usage("--model and --no-model exclude each other")
    setup = RunSetup.of(request, folder)
    if request.lemmas and setup.environment != DEFAULT_ENVIRONMENT:
        raise _usage(f"--lemmas needs the environment {DEFAULT_ENVIRONMENT}: LeanDojo tries nothing in a changed file")
    if setup.model is None:
        refuse_without_model("prove", request.about_a_model())
    else:
        run(setup.model.check)
    return setup


def _usage(problem: str) -> "QedError":
    from tools.errors import ExitCode, QedError

    return QedError(problem, hint="`qed prove --help` shows the options.", exit_code=ExitCode.USAGE)


def prove_all(
    setup: "RunSetup", journal: "RunJournal", on_event: "OnEvent", on_error: "Callable[[Path, QedError], None]"
) -> "tuple[RunReport, ProofCommits | None]":
    """Works on the files; with --git on a branch of its own. Raises `QedError` where nothing can be begun."""
    from dataclasses import replace

    from agent.prover.commits import ProofCommits
    from agent.prover.events import Noted
    from agent.prover.whole_project import with_files

    request, commits = setup.request, None
    targets = with_files(
        setup.targets, journal, lambda text: on_event(Noted(text)), include_errors=request.include_errors
    )
    if request.git and targets:
        commits = run(lambda: ProofCommits.begin(targets[0].path.absolute().parent, journal.branch))
        journal.on_branch(commits.branch)
    options = replace(setup.options(journal), commits=commits)
    return _files_proved(targets, setup.toolchain, options, on_event, on_error), commits


def _files_proved(
    targets: "Sequence[Target]",
    toolchain: str,
    options: "ProveOptions",
    on_event: "OnEvent",
    on_error: "Callable[[Path, QedError], None]",
) -> "RunReport":
    """Works on the files one after the other; an error in one does not keep the others from being worked on."""
    from agent.prover.prove_files import FilesRun
    from agent.prover.report import RunReport

    def chosen(path: Path) -> "Toolchain":
        from agent.cli.progress import toolchain_for

        return toolchain_for(path, toolchain)

    work = FilesRun(_by_file(targets), chosen, options, on_event, on_error)
    interrupted = False
    try:
        run(work.run)
    except KeyboardInterrupt:
        interrupted = True
    return RunReport(files=tuple(work.files), errors=tuple(work.errors), interrupted=interrupted)


def _by_file(targets: "Sequence[Target]") -> "dict[Path, list[Target]]":
    groups: dict[Path, list[Target]] = {}
    for target in targets:
        groups.setdefault(target.path, []).append(target)
    return groups


def conclude(journal: "RunJournal", report: "RunReport") -> None:
    """Closes the journal. One that was interrupted, failed, or ran out of what it might spend can be gone on with."""
    if report.interrupted or report.errors or report.ran_out:
        journal.stop()
    else:
        journal.end(report.exit_code())
    journal.close()


def notes_of(
    setup: "RunSetup", journal: "RunJournal", report: "RunReport", commits: "ProofCommits | None"
) -> list[str]:
    """What the person should know of at the end."""
    notes = commits.summary().split("\n") if commits is not None else []
    purse = journal.purse
    if journal.model is not None and purse.unpriced and purse.allowance.cost is not None:
        notes.append(f"no price is known for {journal.model.name}: --max-cost did not count all of it")
    if journal.is_kept and (report.interrupted or report.errors):
        notes.append(f"`qed prove --resume {journal.id}` goes on with this run")
    elif journal.is_kept and report.ran_out:
        notes.append(f"`qed prove --resume {journal.id}` with more time, tokens or money goes on with what is open")
    if setup.lemmas_would_be_next(report):
        notes.append("`--lemmas` would let the model put helper lemmas above a theorem that is still open")
    return notes
