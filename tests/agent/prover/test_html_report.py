"""The report of a run as a page."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from agent.prover.html_report import page
from agent.prover.report import ErrorReport, FileReport, HoleReport, OpenReason, RunReport, StrategyReport
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.diff import unified_diff
from tools.lean.recheck import RecheckStatus
from tools.search.watched import NodeRecord, NodeStatus

WHEN = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
EVIL = "</pre><script>alert('x' & \"y\")</script> $totals \x1b[31m 𝕜 ∀ x < 3"
SHOWN = EVIL.replace("\x1b", "\\x1b")
VOID = {"meta"}
TREE = tuple(
    NodeRecord(number, parent, tactic, 1, EVIL, 1.5, number, status, 3.25).plain()
    for number, parent, tactic, status in (
        (0, None, "", NodeStatus.PROVED),
        (1, 0, "intro x", NodeStatus.PROVED),
        (2, 0, EVIL, NodeStatus.DEAD),
    )
)


class Page(HTMLParser):
    """A page taken apart: its elements with their classes, the text in each kind, and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, Mapping[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def all(self, tag: str, css_class: str | None = None) -> list[Mapping[str, str | None]]:
        return [each for name, each in self.elements if name == tag and css_class in (None, each.get("class"))]


def hole(number: int, status: ProofStatus, **more: object) -> HoleReport:
    fields: dict[str, object] = {
        "declaration": f"Some.theorem_{number}",
        "line": number,
        "column": 2,
        "status": status,
        "statement": f"theorem theorem_{number} : p ∧ q",
    }
    return HoleReport.model_validate(fields | more)


def run(*holes: HoleReport, errors: Sequence[ErrorReport] = (), **more: object) -> RunReport:
    path = Path("Some/<b>A & B</b>.lean")
    diff = unified_diff(path, "theorem a : p := by\n  sorry\n", f"theorem a : p := by\n  {EVIL}\n")
    file = FileReport(path=path, toolchain="Lean 4", holes=holes, written=True, diff=diff, seconds=75.0)
    return RunReport(files=(file.model_copy(update=more),), errors=tuple(errors))


SEARCHED = StrategyReport(strategy="search", outcome=EVIL, seconds=12.5, tactics=1234, states=56, tree=TREE)
ASKED = StrategyReport(strategy="whole proof", outcome="proved", seconds=3.0, tactics=2, tokens=4567, cost=0.0123)
ALL = run(
    hole(
        1,
        ProofStatus.PROVED,
        proof=f"by\n  {EVIL}",
        goal=EVIL,
        axioms=("propext",),
        axioms_how="walked with #print",
        seconds=15.5,
        strategy="whole proof",
        tried=(SEARCHED, ASKED),
    ),
    hole(2, ProofStatus.DISPROVED, detail="false for n = 0", reason=OpenReason.DISPROVED, strategy="search"),
    hole(3, ProofStatus.NOT_PROVED, detail=EVIL, reason=OpenReason.BUDGET, tried=(SEARCHED,)),
    hole(4, ProofStatus.INCONCLUSIVE, detail="Lean crashed", reason=OpenReason.REJECTED),
    errors=(ErrorReport(path=Path("B.lean"), code="x", exit_code=10, message=EVIL, hint=EVIL),),
    recheck=RecheckStatus.REFUSED,
    recheck_detail=EVIL,
)


def test_the_page_is_well_formed_and_nothing_in_it_is_executed() -> None:
    text = page(ALL, WHEN)
    taken = Page(text)
    assert not taken.all("script") and len(taken.all("b")) == 1
    # Beside the styles, whatever came from Lean or a model is text, and all of it is.
    assert not re.search(r"<script|onload|[\x00-\x08\x0b-\x1f]", text)
    for tag in ("pre", "p", "td", "title"):
        assert any(SHOWN in each for each in taken.texts[tag]), tag


def test_it_needs_nothing_from_elsewhere() -> None:
    text = page(ALL, WHEN)
    taken = Page(text)
    assert "http:" not in text and "https:" not in text and "url(" not in text and "@import" not in text
    assert not [each for _, each in taken.elements if "src" in each]
    assert all((each["href"] or "").startswith("#") for each in taken.all("a"))
    assert {"charset": "utf-8"} in taken.all("meta") and "prefers-color-scheme: dark" in text and "@media print" in text


def test_all_holes_are_there_in_words_and_colour() -> None:
    taken = Page(page(ALL, WHEN))
    names = ["proved", "disproved", "not_proved", "inconclusive"]
    assert [each.get("class") for each in taken.all("article")] == names
    assert {f"#{each.get('id')}" for each in taken.all("article")} == {each["href"] for each in taken.all("a")}
    words = ("✓ proved Some.theorem_1", "✗ disproved", "○ not proved", "? inconclusive")
    assert all(word in each for word, each in zip(words, taken.texts["h3"], strict=True))
    assert taken.texts["p"][0].split("\n")[0] == "✓ 1 proved ✗ 1 disproved ○ 1 not proved ? 1 inconclusive of 4 holes"
    statements = [text for text in taken.texts["pre"] if text.startswith("theorem theorem_")]
    assert len(statements) == 4


def test_how_a_hole_was_proved_is_told() -> None:
    taken = Page(page(ALL, WHEN))
    assert any("Found by whole proof in 16 s" in text for text in taken.texts["p"])
    assert any("It rests on propext (walked with #print)." in text for text in taken.texts["p"])
    assert f"by\n  {SHOWN}" in taken.texts["pre"]
    rows = [row for row in re.findall("<tr>.*?</tr>", page(ALL, WHEN)) if "whole proof" in row]
    cells = re.findall("<td>(.*?)</td>", rows[-1])
    assert cells == ["whole proof", "proved", "3.0 s", "2", "", "4,567", "$0.0123"]
    (about,) = [text for text in taken.texts["p"] if "exit code" in text]
    assert about == "2026-02-03 04:05 · 1 min 15 s · 1 by whole proof · 4.6k tokens · $0.0123 · exit code 10"


@pytest.mark.parametrize(
    ("axioms", "how", "words"),
    [
        ((), "", "It rests on no axioms."),
        (None, "not asked", "What axioms it rests on is not known (not asked)."),
        (("a", "b"), "", "It rests on a, b."),
    ],
)
def test_axioms(axioms: tuple[str, ...] | None, how: str, words: str) -> None:
    proved = hole(1, ProofStatus.PROVED, proof="by simp", axioms=axioms, axioms_how=how)
    assert words in page(run(proved), WHEN)


def test_the_change_is_coloured_line_by_line() -> None:
    taken = Page(page(ALL, WHEN))
    assert len(taken.all("span", "more")) == 1 and len(taken.all("span", "less")) == 1
    (diff,) = [text for text in taken.texts["pre"] if text.startswith("---")]
    assert f"-  sorry\n+  {SHOWN}" in diff


def test_the_trees_are_pictures() -> None:
    pictures = re.findall(r"<svg.*?</svg>", page(ALL, WHEN), re.DOTALL)
    assert len(pictures) == 2
    for each in pictures:
        assert len(list(ElementTree.fromstring(each).iter("circle"))) == len(TREE)
    # What an older journal holds may be something else: the rest of the page does not need it.
    other = SEARCHED.model_copy(update={"tree": ({"id": "?"},)})
    assert "<svg" not in page(run(hole(1, ProofStatus.NOT_PROVED, tried=(other,))), WHEN)


def test_a_run_that_was_interrupted_and_one_without_holes() -> None:
    taken = Page(page(ALL.model_copy(update={"interrupted": True}), WHEN))
    assert taken.texts["p"][0].startswith("interrupted")
    empty = Page(page(RunReport(files=(), errors=(), interrupted=True), WHEN))
    assert "no holes to prove" in empty.texts["p"][0] and not empty.all("article") and not empty.all("nav")
    assert not Page(page(run(hole(1, ProofStatus.PROVED)), WHEN)).all("nav")
