"""The keeper of a file and helper lemmas: permission, places that move, what is written and taken back; real Lean."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from agent.prover.keeper import FileKeeper, Judged
from agent.prover.outcome import Found
from agent.prover.report import HoleReport
from agent.prover.selection import Target
from agent.prover.targets import Place, failing_proofs, selected
from tools.lean.acceptance.proof_file import AcceptanceSettings, ProofFile
from tools.lean.acceptance.receipt import ReceiptBook
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.helper_lemmas import HelperLemma
from tools.lean.journal import Journal
from tools.lean.toolchain import Toolchain
from tools.lean.writeback import FileSnapshot

pytestmark = pytest.mark.lean
TEXT = """\
theorem before : 1 + 1 = 2 := by sorry

theorem fails (n : Nat) (h : 3 < n) : 7 < n + n := by
  exact h

theorem after (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry
"""
LARGE = HelperLemma("fails_large", " {n : Nat} (h : 3 < n) : 7 < n + n", proof="omega")
FOUND = Found(("exact fails_large h",), (LARGE,))


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """The file."""
    path = tmp_path / "A.lean"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
async def proofs(toolchain: Toolchain, file: Path) -> AsyncGenerator[ProofFile]:
    """The file as proofs are written into it."""
    proofs = ProofFile(FileSnapshot.read(file), toolchain, AcceptanceSettings(seconds=120))
    yield proofs
    await proofs.close()


async def keeper_of(proofs: ProofFile, *, lemmas: bool) -> FileKeeper:
    """A keeper that works on all holes and failing proofs."""
    targets = [Target(proofs.path)]
    work = selected(proofs.document, targets)
    work.failing += failing_proofs(proofs.document, await proofs.baseline(), lambda _: False, targets)
    return FileKeeper(proofs, work, dry_run=False, recheck="not asked", lemmas=lemmas)


async def submit(keeper: FileKeeper, place: Place, found: Found) -> Judged:
    """What becomes of a proof."""

    def report(judged: Judged) -> HoleReport:
        return HoleReport(declaration="", line=1, column=0, status=judged.verdict.status)

    return await keeper.submit(place, found, lambda _: None, report)


async def test_lemmas_of_a_proof_that_failed_and_what_stands_around_it(proofs: ProofFile, file: Path) -> None:
    keeper = await keeper_of(proofs, lemmas=True)
    before, after, fails = keeper.work.places
    judged = await submit(keeper, fails, FOUND)
    assert judged.verdict.status is ProofStatus.PROVED, judged.verdict.reasons
    written = "private theorem fails_large {n : Nat} (h : 3 < n) : 7 < n + n := by\n  omega"
    assert [(each.name, each.text) for each in judged.lemmas] == [("fails_large", written)]
    text = TEXT.replace("theorem fails", f"{written}\n\ntheorem fails").replace("by\n  exact h", "fails_large h")
    assert file.read_text(encoding="utf-8") == text
    (receipt,) = keeper.file.receipts
    assert receipt in list(ReceiptBook()) and [each.declaration for each in receipt.lemmas] == ["fails_large"]
    assert (await submit(keeper, after, Found(("exact ⟨hp, hq⟩",)))).verdict.status is ProofStatus.PROVED
    assert (await submit(keeper, before, Found(("rfl",)))).verdict.status is ProofStatus.PROVED
    text = text.replace("by\n  sorry", "by\n  exact ⟨hp, hq⟩").replace("by sorry", "by rfl")
    assert file.read_text(encoding="utf-8") == text
    for _ in range(3):
        Journal().undo_last(file.resolve())
    assert file.read_text(encoding="utf-8") == TEXT


async def test_nothing_above_without_permission(proofs: ProofFile, file: Path) -> None:
    keeper = await keeper_of(proofs, lemmas=False)
    judged = await submit(keeper, keeper.work.places[2], FOUND)
    assert judged.verdict.status is ProofStatus.NOT_PROVED
    assert judged.verdict.reasons == ("helper lemmas are put above a declaration only with --lemmas",)
    assert file.read_text(encoding="utf-8") == TEXT and not keeper.file.receipts and not judged.lemmas
