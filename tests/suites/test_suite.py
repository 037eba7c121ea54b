"""The suite by its text: what its README says of it holds, and every theorem has its reference proof."""

import re
from collections import Counter

import pytest

from tests.suites.suite import PROOFS, REPOSITORY, SUITES, Grade, SuiteFile, Third, read_files, theorems_of
from tools.environment.guards import screen_tactic
from tools.lean.document import Document, HoleKind

FILES = read_files()
THEOREMS = theorems_of(FILES)
_ROW = re.compile(r"^\| (?P<third>[\w-]+) \| (?P<counts>[\d |]+) \|$", re.MULTILINE)
_SUBJECT = re.compile(r"^\| `(?P<subject>\w+)\.lean` \| [^|]+ \| (?P<counts>[\d |]+) \|$", re.MULTILINE)
_README = (SUITES / "README.md").read_text(encoding="utf-8")


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split("|")]


def _by_grade(third: Third, subject: str | None = None) -> list[int]:
    chosen = [t.grade for t in THEOREMS if t.file.third is third and subject in (None, t.file.subject)]
    return [chosen.count(grade) for grade in Grade]


def test_there_are_at_least_150_and_each_has_a_name_of_its_own() -> None:
    assert len(THEOREMS) >= 150
    assert max(Counter(theorem.name for theorem in THEOREMS).values()) == 1


def test_the_readme_counts_the_thirds_and_their_grades() -> None:
    told = {Third(row["third"]): _numbers(row["counts"]) for row in _ROW.finditer(_README)}
    assert told == {third: [*_by_grade(third), sum(_by_grade(third))] for third in Third}
    assert f"{len(THEOREMS)} theorems" in _README


def test_each_third_has_the_same_subjects_with_the_same_grades() -> None:
    told = {row["subject"]: _numbers(row["counts"]) for row in _SUBJECT.finditer(_README)}
    for third in Third:
        subjects = [file.subject for file in FILES if file.third is third]
        assert {subject: _by_grade(third, subject) for subject in subjects} == told


def test_about_a_third_of_the_theorems_has_each_grade() -> None:
    share = [sum(theorem.grade is grade for theorem in THEOREMS) / len(THEOREMS) for grade in Grade]
    assert all(0.3 <= each <= 0.37 for each in share)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.third}/{file.subject}")
def test_every_statement_is_open_and_nothing_else_is(file: SuiteFile) -> None:
    holes = file.document.holes
    assert [hole.declaration for hole in holes] == [theorem.name for theorem in file.theorems]
    assert all(hole.kind is HoleKind.TACTIC and not hole.in_statement for hole in holes)
    bodies = {file.text[t.body.start : t.body.end] for t in file.theorems if t.body is not None}
    assert bodies == {":= by\n  sorry"}
    assert not file.document.header.imports


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.third}/{file.subject}")
def test_every_reference_proof_is_of_the_same_statement(file: SuiteFile) -> None:
    text = (PROOFS / file.third.folder / f"{file.subject}.lean").read_text(encoding="utf-8")
    proved = SuiteFile(file.third, file.subject, text)
    assert proved.without_proofs() == file.without_proofs()
    for theorem in proved.theorems:
        assert theorem.body is not None
        proof = text[theorem.body.start : theorem.body.end]
        assert proof.startswith(":= by\n")
        assert screen_tactic(proof.removeprefix(":= by\n").strip()) is None, theorem.name


def test_there_is_no_reference_proof_without_a_theorem() -> None:
    assert [(f.third, f.subject) for f in read_files(PROOFS)] == [(f.third, f.subject) for f in FILES]


def _statement(text: str) -> str:
    """A signature without the name of the theorem and without white space."""
    return re.sub(r"\s+", "", re.sub(r"^(?:theorem|lemma|example)\s+\S+", "", text))


def test_no_statement_is_there_twice_or_one_of_the_examples() -> None:
    examples = [
        _statement(document.text[each.signature.start : each.signature.end])
        for path in (REPOSITORY / "lean" / "examples").glob("*.lean")
        for document in [Document.parse(path.read_text(encoding="utf-8"))]
        for each in document.declarations
        if each.holes
    ]
    assert len(examples) >= 40
    ours = [_statement(file.statement_of(theorem)) for file in FILES for theorem in file.theorems]
    assert not set(ours) & set(examples)
    assert max(Counter(ours).values()) == 1


def test_a_theorem_alone_stands_among_the_definitions_only() -> None:
    for theorem in THEOREMS:
        document, hole = theorem.alone()
        assert hole.declaration == theorem.name
        assert [each.name for each in document.declarations if each.kind == "theorem"] == [theorem.name]
        others = [each.name for each in theorem.file.document.declarations if each.kind != "theorem"]
        assert [each.name for each in document.declarations if each.kind != "theorem"] == others


def test_a_theorem_without_a_grade_is_told() -> None:
    file = SuiteFile(Third.FIRST, "Logic", "theorem t : True := by\n  sorry\n")
    with pytest.raises(ValueError, match="no grade above t"):
        file.grade_of(file.theorems[0])
