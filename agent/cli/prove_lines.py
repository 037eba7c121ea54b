"""The lines of `qed prove` that stay: one a hole, and those at the end."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from agent.figures import counted, tokens_word
from agent.one_line import one_line
from agent.prover.html_text import dollars
from agent.prover.report import FileReport, HoleReport, RunReport
from agent.visible import shown
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.recheck import RecheckStatus

_MARKS = {
    ProofStatus.PROVED: ("✓", "bold green"),
    ProofStatus.DISPROVED: ("✗", "bold red"),
    ProofStatus.NOT_PROVED: ("○", "yellow"),
    ProofStatus.INCONCLUSIVE: ("?", "magenta"),
}
_NAME_WIDTH = 34
_PROOF_WIDTH = 60
_DETAIL_WIDTH = 200


def hole_line(report: HoleReport) -> Text:
    """What became of a hole."""
    name = shown(f"{report.declaration}:{report.line}")
    if report.status is ProofStatus.PROVED and report.proof:
        text, style = one_line(report.proof, _PROOF_WIDTH) + _lemmas_word(report), ""
    else:
        text, style = one_line(report.detail, _DETAIL_WIDTH), "dim"
    return Text.assemble(
        "  ",
        _MARKS[report.status],
        f" {name:<{_NAME_WIDTH}} ",
        (text, style),
        "  ",
        (f"{report.seconds:.1f} s", "dim"),
    )


def _lemmas_word(report: HoleReport) -> str:
    return f"  (with {counted(len(report.lemmas), 'helper lemma')})" if report.lemmas else ""


def summary_lines(report: RunReport) -> Sequence[Text]:
    """What is proved and how, what is open, what it has cost, and what was written."""
    holes = report.holes
    lines: list[Text] = []
    if report.interrupted:
        lines.append(Text.assemble(("interrupted", "bold yellow"), ": what was accepted before is kept"))
    if not holes:
        return [*lines, Text("no holes to prove")] if report.files else lines
    counts = Counter(hole.status for hole in holes)
    parts = ", ".join(f"{counts[status]} {status.value}" for status in ProofStatus if counts[status])
    seconds = sum(file.seconds for file in report.files)
    lines.append(Text.assemble((parts, "bold"), f" of {counted(len(holes), 'hole')} in {seconds:.0f} s"))
    if means := means_line(report):
        lines.append(Text(means, "dim"))
    lines += [_checker_line(file) for file in report.files if file.recheck is not None]
    written = ", ".join(str(file.path) for file in report.files if file.written)
    if written:
        lines.append(Text(f"wrote {shown(written)}; `qed undo` takes the last write back", "dim"))
    return lines


def means_line(report: RunReport) -> str:
    """How many which strategy has proved, and what models have cost; empty where one alone was at work, for nothing."""
    if not report.tokens and len({each.strategy for hole in report.holes for each in hole.tried}) < 2:
        return ""
    proved = ", ".join(f"{count} by {strategy}" for strategy, count in report.by_strategy.most_common())
    parts = [f"proved: {proved}"] if proved else []
    parts += [tokens_word(report.tokens)] if report.tokens else []
    return "; ".join([*parts, dollars(report.cost)] if report.cost is not None else parts)


def _checker_line(file: FileReport) -> Text:
    assert file.recheck is not None
    text = shown(f"{file.path}: the checker's answer: {file.recheck.value}: {file.recheck_detail}")
    return Text(text, "bold red" if file.recheck is RecheckStatus.REFUSED else "")
