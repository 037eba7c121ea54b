"""The report of a run as a page that needs nothing else: no script, no font, no address."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from string import Template

from agent.figures import counted, seconds_word, tokens_word
from agent.prover.html_holes import css_class, hole_section, overview_row, status_words
from agent.prover.html_text import dollars, escaped
from agent.prover.report import ErrorReport, FileReport, RunReport
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.recheck import RecheckStatus


def page(report: RunReport, when: datetime) -> str:
    """The page, as HTML; `when` is the end of the run."""
    return _template().substitute(
        title=escaped(_title(report)),
        totals=_totals(report),
        about=escaped(_about(report, when)),
        errors="".join(_error(error) for error in report.errors),
        overview=_overview(report.files) if len(report.holes) > 1 else "",
        files="".join(_file(file, number) for number, file in enumerate(report.files, 1)),
    )


@cache
def _template() -> Template:
    return Template(resources.files("agent.prover").joinpath("report.html").read_text(encoding="utf-8"))


def _title(report: RunReport) -> str:
    names = [file.path.name for file in report.files]
    return "qed prove: " + (", ".join(names) if len(names) < 4 else counted(len(names), "file"))


def _totals(report: RunReport) -> str:
    counts = Counter(hole.status for hole in report.holes)
    parts = ['<span class="inconclusive">interrupted</span>'] if report.interrupted else []
    parts += [
        f'<span class="{css_class(status)}">{escaped(status_words(status, counts[status]))}</span>'
        for status in ProofStatus
        if counts[status]
    ]
    return " ".join([*parts, f"of {counted(len(report.holes), 'hole')}" if report.holes else "no holes to prove"])


def _about(report: RunReport, when: datetime) -> str:
    """What it took, in a line."""
    parts = [
        f"{when:%Y-%m-%d %H:%M}",
        seconds_word(sum(file.seconds for file in report.files)),
        ", ".join(f"{count} by {strategy}" for strategy, count in report.by_strategy.most_common()),
        tokens_word(report.tokens) if report.tokens else "",
        dollars(report.cost),
        f"exit code {int(report.exit_code())}",
    ]
    return " · ".join(part for part in parts if part)


def _error(error: ErrorReport) -> str:
    hint = f"<p>{escaped(error.hint)}</p>" if error.hint else ""
    path = escaped(str(error.path))
    return f'<section class="error"><h2>{path}</h2><p><b>error:</b> {escaped(error.message)}</p>{hint}</section>'


def _overview(files: Sequence[FileReport]) -> str:
    rows = (
        overview_row(hole, f"hole-{at}-{number}")
        for at, file in enumerate(files, 1)
        for number, hole in enumerate(file.holes, 1)
    )
    heads = "<th>hole</th><th>status</th><th>found by</th><th>time</th><th>tokens</th><th>cost</th>"
    return f'<nav class="scrolls"><table><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></nav>'


def _file(file: FileReport, at: int) -> str:
    written = "written" if file.written else "not written"
    parts = [file.toolchain, seconds_word(file.seconds), written if file.diff or file.written else ""]
    about = " · ".join(part for part in parts if part)
    holes = "".join(hole_section(hole, f"hole-{at}-{number}") for number, hole in enumerate(file.holes, 1))
    head = f"<h2>{escaped(str(file.path))}</h2><p>{escaped(about)}</p>"
    return f'<section class="file">{head}{_checker(file)}{_diff(file.diff)}{holes}</section>'


def _checker(file: FileReport) -> str:
    if file.recheck is None:
        return ""
    style = ' class="disproved"' if file.recheck is RecheckStatus.REFUSED else ""
    detail = f": {file.recheck_detail}" if file.recheck_detail else ""
    answer = f"the checker's answer: {file.recheck.value}{detail}"
    return f"<p{style}>{escaped(answer)}</p>"


def _diff(diff: str) -> str:
    if not diff:
        return ""
    lines = "\n".join(_diff_line(line) for line in diff.splitlines())
    return f'<details open><summary>what has changed</summary><pre class="diff">{lines}</pre></details>'


def _diff_line(line: str) -> str:
    kinds = {"+++": "head", "---": "head", "@@": "head", "+": "more", "-": "less"}
    kind = next((kind for start, kind in kinds.items() if line.startswith(start)), "")
    return f'<span class="{kind}">{escaped(line)}</span>' if kind else escaped(line)
