"""Targets of a run that is gone on with."""

from pathlib import Path

import pytest

from agent.prover.journal import RunJournal
from agent.prover.lasting_targets import lasting, require_same_lines
from agent.prover.report import HoleReport
from agent.prover.request import RunRequest
from agent.prover.selection import Target
from tools.errors import QedError
from tools.lean.acceptance.verdict import ProofStatus

TEXT = """namespace A
theorem one : 1 = 1 := by
  sorry

theorem two : 1 = 1 ∧ 2 = 2 := by
  constructor
  · sorry
  · sorry

example : 3 = 3 := by
  sorry
end A
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with holes."""
    path = tmp_path / "A.lean"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (":3", "::A.one"),
        (":2", "::A.one"),
        (":3:2", "::A.one"),
        (":5", "::A.two"),
        (":7", ":7"),  # one of two holes
        (":11", ":11"),  # it has no name
        (":4", ":4"),  # nothing there
        ("::one", "::one"),
        ("", ""),
    ],
)
def test_a_line_becomes_its_declaration(file: Path, written: str, meant: str) -> None:
    assert str(lasting(Target.parse(f"{file}{written}"))) == f"{file}{meant}"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    target = Target(tmp_path / "B.lean", 3)
    assert lasting(target) == target


def test_a_line_of_a_file_that_has_changed(file: Path) -> None:
    journal = RunJournal.begin(RunRequest(), file.parent)
    journal.proof_accepted(
        f"{file.resolve()}::A.two 0", HoleReport(declaration="A.two", line=7, column=4, status=ProofStatus.PROVED)
    )
    journal.close()
    again = RunJournal.resume(None, file.parent)
    require_same_lines([Target(file), Target(file, declaration="A.one"), Target(file.with_name("B.lean"), 3)], again)
    with pytest.raises(QedError, match="what was line 7 may be another line"):
        require_same_lines([Target(file, 7)], again)
    again.close()
