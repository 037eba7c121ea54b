"""What became of a hole, as a part of the report's page."""

from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from agent.figures import seconds_word
from agent.prover.html_text import dollars, escaped
from agent.prover.report import HoleReport, OpenReason, StrategyReport
from agent.prover.tree_picture import in_words, picture
from tools.lean.acceptance.verdict import ProofStatus
from tools.search.watched import NodeRecord

_SIGNS = {
    ProofStatus.PROVED: "✓",
    ProofStatus.DISPROVED: "✗",
    ProofStatus.NOT_PROVED: "○",
    ProofStatus.INCONCLUSIVE: "?",
}
_REASONS = {
    OpenReason.EXHAUSTED: "nothing was left to try",
    OpenReason.BUDGET: "what could be spent was spent",
    OpenReason.STATEMENT: "there is nothing to prove there",
    OpenReason.REJECTED: "something was found that was not accepted",
    OpenReason.LEAN: "Lean could not show or elaborate this place",
    OpenReason.MODEL: "the model could not be asked, or had no more ideas",
    OpenReason.SKIPPED: "it was to be skipped",
    OpenReason.INTERRUPTED: "the run was interrupted",
}
_RECORDS = TypeAdapter(tuple[NodeRecord, ...])


def status_words(status: ProofStatus, count: int | None = None) -> str:
    """A status with its sign, so that nobody needs the colour; `count` says how many holes have it."""
    return f"{_SIGNS[status]} {status.value}" if count is None else f"{_SIGNS[status]} {count} {status.value}"


def css_class(status: ProofStatus) -> str:
    """The class of what is shown in the colour of a status."""
    return status.name.lower()


def overview_row(hole: HoleReport, anchor: str) -> str:
    """A hole as a row of the overview."""
    name = f'<a href="#{anchor}">{escaped(f"{hole.declaration}:{hole.line}")}</a>'
    figures = (hole.strategy, seconds_word(hole.seconds), _number(hole.tokens), dollars(hole.cost))
    cells = "".join(f"<td>{escaped(text)}</td>" for text in figures)
    return f"<tr><td>{name}</td><td>{_status(hole)}</td>{cells}</tr>"


def hole_section(hole: HoleReport, anchor: str) -> str:
    """All that is known of a hole."""
    place = f"line {hole.line}, column {hole.column}"
    head = f"<h3>{_status(hole)} {escaped(hole.declaration)} <small>{place}</small></h3>"
    parts = [
        _code(hole.statement, "statement"),
        _lemmas(hole),
        f"<h4>proof</h4>{_code(hole.proof, 'proof')}" if hole.proof is not None else "",
        _how(hole),
        _goal(hole.goal),
        _tried(hole.tried),
    ]
    return f'<article id="{anchor}" class="{css_class(hole.status)}">{head}{"".join(parts)}</article>'


def _status(hole: HoleReport) -> str:
    return f'<span class="{css_class(hole.status)}">{escaped(status_words(hole.status))}</span>'


def _lemmas(hole: HoleReport) -> str:
    """The helper lemmas that were put above it."""
    if not hole.lemmas:
        return ""
    return "<h4>helper lemmas above it</h4>" + "".join(_code(lemma.text, "proof") for lemma in hole.lemmas)


def _how(hole: HoleReport) -> str:
    """How it was found, or why it is open, and what the proof rests on."""
    if hole.status is ProofStatus.PROVED:
        how = f"Found by {hole.strategy or 'qed'} in {seconds_word(hole.seconds)}."
        return f"<p>{escaped(f'{how} {_axioms(hole)}')}</p>"
    detail = f'<p class="detail">{escaped(hole.detail)}</p>' if hole.detail else ""
    reason = _REASONS.get(hole.reason) if hole.reason else None
    return f"<p>{escaped(f'It is open: {reason}.')}</p>{detail}" if reason else detail


def _axioms(hole: HoleReport) -> str:
    how = f" ({hole.axioms_how})" if hole.axioms_how else ""
    if hole.axioms is None:
        return f"What axioms it rests on is not known{how}."
    return f"It rests on {', '.join(hole.axioms)}{how}." if hole.axioms else f"It rests on no axioms{how}."


def _goal(goal: str) -> str:
    return f"<details><summary>goal</summary>{_code(goal, 'goal')}</details>" if goal else ""


def _code(text: str, kind: str) -> str:
    return f'<pre class="{kind}">{escaped(text)}</pre>' if text else ""


def _tried(tried: Sequence[StrategyReport]) -> str:
    if not tried:
        return ""
    names = ("strategy", "what came of it", "time", "tactics", "states", "tokens", "cost")
    heads = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join(_tried_row(each) for each in tried)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    trees = "".join(_tree(each) for each in tried if each.tree)
    return f'<h4>what was tried</h4><div class="scrolls">{table}</div>{trees}'


def _tried_row(each: StrategyReport) -> str:
    figures = (_number(each.tactics), _number(each.states), _number(each.tokens), dollars(each.cost))
    texts = (each.strategy, each.outcome, seconds_word(each.seconds), *figures)
    return f"<tr>{''.join(f'<td>{escaped(text)}</td>' for text in texts)}</tr>"


def _tree(each: StrategyReport) -> str:
    try:
        records = _RECORDS.validate_python(each.tree)
    except ValidationError:  # of another version of qed, from the journal of a run
        return ""
    about = escaped(f"the tree of {each.strategy}: {in_words(records)}")
    return f'<details><summary>{about}</summary><div class="scrolls">{picture(records)}</div></details>'


def _number(number: int) -> str:
    return f"{number:,}" if number else ""
