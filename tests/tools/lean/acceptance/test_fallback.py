"""Where nothing is compiled, Lean is asked questions instead, and the receipt says so. Real Lean."""

from pathlib import Path
from typing import NoReturn

import pytest

from tools.errors import QedError
from tools.lean.acceptance.axioms import AxiomsHow
from tools.lean.acceptance.proof_file import AcceptanceSettings, ProofFile
from tools.lean.acceptance.receipt import ReceiptBook
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.acceptance.writing import JudgedProof
from tools.lean.batch.native import BatchUnavailableError
from tools.lean.batch.process import BatchLean
from tools.lean.toolchain import Toolchain
from tools.lean.writeback import FileSnapshot

pytestmark = pytest.mark.lean
SETTINGS = AcceptanceSettings(seconds=300.0)  # far more than it takes
FILE = """\
axiom mine : 1 = 2
theorem single (n : Nat) : n = n := by
  sorry
theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · sorry
  · sorry
theorem wrong : 2 = 3 := by
  sorry
"""


async def judged(file: Path, text: str, toolchain: Toolchain, *proofs: tuple[int, str]) -> list[JudgedProof]:
    """Has proofs of holes (from 0) judged together, and writes those that are accepted."""
    file.write_text(text, encoding="utf-8")
    proof_file = ProofFile(FileSnapshot.read(file), toolchain, SETTINGS)
    try:
        holes = proof_file.document.holes
        found = await proof_file.judge_together([(holes[number], proof) for number, proof in proofs])
        if accepted := [each for each in found if each.verdict.status is ProofStatus.PROVED]:
            proof_file.write(accepted)
        return found
    finally:
        await proof_file.close()


async def test_where_no_batch_run_can_be_made(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What rests on an axiom is refused; what nobody can tell from its declaration's other holes is undecided."""

    async def unavailable(_: BatchLean, text: str, *, timeout: float) -> NoReturn:
        raise BatchUnavailableError("not with this toolchain")

    monkeypatch.setattr(BatchLean, "run", unavailable)
    file = tmp_path / "A.lean"
    proofs = [(0, "rfl"), (1, "exact hp"), (3, "exact absurd mine (by decide)")]
    single, pair, wrong = (each.verdict for each in await judged(file, FILE, toolchain, *proofs))
    assert (single.status, single.axioms, single.reasons) == (ProofStatus.PROVED, (), ())
    assert single.axioms_how is AxiomsHow.WALKED
    assert pair.status is ProofStatus.INCONCLUSIVE
    assert any("while other holes of its declaration are open" in reason for reason in pair.reasons), pair.reasons
    assert wrong.status is ProofStatus.NOT_PROVED
    assert any("wrong rests on mine" in reason for reason in wrong.reasons), wrong.reasons
    assert file.read_text(encoding="utf-8") == FILE.replace("n := by\n  sorry", "n := by\n  rfl")
    (receipt,) = ReceiptBook()
    assert (receipt.declaration, receipt.axioms_how, receipt.axioms) == ("single", "walked with #print", ())


async def test_a_file_that_ends_in_the_middle(toolchain: Toolchain, tmp_path: Path) -> None:
    """Its last command has an error that stands behind all commands, so nothing can be compiled."""
    text = "theorem whole : 1 = 1 := by\n  sorry\n\nnamespace A\ntheorem half : 2 = 2 :="
    file = tmp_path / "A.lean"
    (one,) = await judged(file, text, toolchain, (0, "rfl"))
    assert (one.verdict.status, one.verdict.reasons) == (ProofStatus.PROVED, ())
    assert one.verdict.axioms_how is AxiomsHow.WALKED
    assert file.read_text(encoding="utf-8") == text.replace("sorry", "rfl")
    (receipt,) = ReceiptBook()
    assert receipt.axioms_how == "walked with #print"


async def test_imports_that_are_out_of_date_are_no_reason_to_ask(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stale(_: BatchLean, text: str, *, timeout: float) -> NoReturn:
        raise BatchUnavailableError("imports are out of date", stale_imports=True)

    monkeypatch.setattr(BatchLean, "run", stale)
    with pytest.raises(QedError, match="lake build"):
        await judged(tmp_path / "A.lean", FILE, toolchain, (0, "rfl"))
    assert (tmp_path / "A.lean").read_text(encoding="utf-8") == FILE and not list(ReceiptBook())
