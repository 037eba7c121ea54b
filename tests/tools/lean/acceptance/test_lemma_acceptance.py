"""Proofs with helper lemmas before the acceptance check, on the real Lean: what it accepts, and what it refuses."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.lemmas import CHECK, check_with_lemmas
from tools.lean.acceptance.screening import screen_fill
from tools.lean.acceptance.verdict import CHECKS, Baseline, ProofStatus
from tools.lean.acceptance.writing import FilledHole, JudgedProof
from tools.lean.document import Document, Hole
from tools.lean.helper_lemmas import HelperLemma
from tools.lean.insertion import Insertion
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
ABOVE = """\
def broken : Nat := "text"

namespace N
variable {n : Nat}

def double (n : Nat) : Nat := n + n
example : double 1 = 2 := by sorry

"""
BELOW = """\
-- This is about the theorem.
/-- The theorem. -/
@[simp] private theorem main (h : 3 < n) : 7 < double n := by
  sorry

theorem after (h : 3 < n) : 6 < double n := by
  sorry

example : ∃ m : Nat, 3 < m := by sorry
end N
theorem shown : N.double 1 = 2 := by sorry
"""
FILE = ABOVE + BELOW
EVEN = HelperLemma("main_even", " (n : Nat) : double n = 2 * n", proof="simp only [double]\nomega")
LARGE = HelperLemma("main_large", " (h : 3 < n) : 7 < 2 * n", proof="have := main_even n\nomega")
PROOF = "rw [main_even]\nexact main_large h"


@pytest.fixture(scope="module")
async def gate(toolchain: Toolchain) -> AsyncGenerator[AcceptanceGate]:
    gate = AcceptanceGate(toolchain, Path("/acceptance/Lemmas.lean"), screen=screen_fill, timeout=120)
    yield gate
    await gate.close()


@pytest.fixture(scope="module")
async def baseline(gate: AcceptanceGate) -> Baseline:
    return await gate.freeze(FILE)


def hole(baseline: Baseline, name: str) -> Hole:
    """The hole of a declaration."""
    return next(each for each in baseline.observation.document.holes if each.declaration == name)


async def judge(gate: AcceptanceGate, baseline: Baseline, *lemmas: HelperLemma, proof: str = PROOF) -> JudgedProof:
    """The judgement about the theorem with these lemmas."""
    judgement = await check_with_lemmas(gate, baseline, hole(baseline, "N.main"), proof, lemmas)
    assert (judgement.verdict.status is ProofStatus.PROVED) == (not judgement.verdict.reasons)
    return judgement


async def test_lemmas_and_what_comes_after_them(gate: AcceptanceGate, baseline: Baseline) -> None:
    judgement = await judge(gate, baseline, EVEN, LARGE)
    verdict = judgement.verdict
    assert verdict.status is ProofStatus.PROVED, verdict.reasons
    assert verdict.declarations == ("N.main_even", "N.main_large", "N.main")
    assert verdict.checks == (CHECK, *CHECKS) and verdict.declaration_complete and verdict.baseline is not None
    inserted = (
        "private theorem main_even (n : Nat) : double n = 2 * n := by\n  simp only [double]\n  omega\n\n"
        "private theorem main_large (h : 3 < n) : 7 < 2 * n := by\n  have := main_even n\n  omega\n\n"
    )
    proved = BELOW.replace("sorry", "rw [main_even]\n  exact main_large h", 1)
    assert judgement.filled.text == verdict.baseline.text == ABOVE + inserted + proved
    later = verdict.baseline
    place = next(each for each in later.observation.document.holes if each.declaration == "N.after")
    filled = FilledHole.of(later.observation.document, place, "have := main h\nomega")
    again = await gate.check(later, filled.text, filled.fills)
    assert again.status is ProofStatus.PROVED, again.reasons
    # Of the second lemma only the first is needed: it may stand alone.
    alone = await judge(gate, baseline, EVEN, proof="rw [main_even]\nomega")
    assert alone.verdict.status is ProofStatus.PROVED


@pytest.mark.parametrize(
    ("lemmas", "why"),
    [
        ((EVEN, replace(LARGE, proof="exact h")), "N.main_large: "),
        ((EVEN, replace(LARGE, proof="exact main h")), "N.main_large: "),
        ((EVEN, replace(LARGE, proof="sorry")), "leaves the goal unproved"),
        ((EVEN, replace(LARGE, proof=None)), "main_large has no proof"),
        ((EVEN, replace(LARGE, proof="native_decide")), "compiled code"),
        ((EVEN, replace(LARGE, signature=" (h : sorry) : 7 < 2 * n")), "leaves the goal unproved"),
        ((EVEN, replace(LARGE, signature=" (h : 3 < n) : 7 < 2 * n.nowhere")), "with the lemmas, N.main_large: "),
        ((EVEN, replace(LARGE, signature=' (s : String := s!"{1}") (h : 3 < n) : 7 < 2 * n')), "interpolated"),
        ((EVEN, EVEN), "with the lemmas, N.main_even: "),
        ((replace(EVEN, name="after"), LARGE), "the name after is there already"),
    ],
)
async def test_what_is_refused(
    gate: AcceptanceGate, baseline: Baseline, lemmas: tuple[HelperLemma, ...], why: str
) -> None:
    verdict = (await judge(gate, baseline, *lemmas)).verdict
    assert verdict.status is ProofStatus.NOT_PROVED and verdict.baseline is None
    assert why in "\n".join(verdict.reasons)


async def test_axioms_of_a_lemma_count(gate: AcceptanceGate) -> None:
    mine = await gate.freeze("axiom mine : 1 = 2\n" + FILE)
    verdict = (await judge(gate, mine, EVEN, replace(LARGE, proof="exact absurd mine (by decide)"))).verdict
    assert verdict.status is ProofStatus.NOT_PROVED
    assert any("N.main_large rests on mine" in reason for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('theorem main_a : True := by\n  sorry\nlocal notation "double" => Nat.succ\n\n', "the type of"),
        ("instance (priority := high) : LT Nat := ⟨fun _ _ => True⟩\n", "the type of N.after is not what it was"),
        ("def more := 1\ntheorem main_a : True := by\n  sorry\n", "other declarations"),
        ("theorem main_a : True := by\n  sorry\ntheorem main_b : True := by\n  sorry\n", "other declarations"),
        ("theorem main_a : Tru := by\n  sorry\n", "with the lemmas, N.main_a: "),
    ],
)
async def test_what_changes_the_rest_of_the_file(gate: AcceptanceGate, baseline: Baseline, text: str, why: str) -> None:
    """Texts that the screening would never let through."""
    document = baseline.observation.document
    place = document.declaration_of(hole(baseline, "N.main"))
    insertion = replace(Insertion.above(document, place, [HelperLemma("main_a", " : True")]), text=text)
    after = await gate.freeze(insertion.after.text)
    found = insertion.differences(baseline.observation, after.observation, gate.is_artifact)
    assert any(why in reason for reason in found), found


def test_what_leaves_the_namespace() -> None:
    """Lean says the same about all else; that it is more than a theorem is seen in the text, before Lean is asked."""
    document = Document.parse(FILE)
    place = next(each for each in document.declarations if each.name == "N.main")
    text = "end N\ntheorem main_a : True := by\n  sorry\nnamespace N\n"
    insertion = replace(Insertion.above(document, place, [HelperLemma("main_a", " : True")]), text=text)
    assert insertion.problems() == ["the lemmas declare something else than theorems"]


async def test_the_same_text_has_no_differences(gate: AcceptanceGate, baseline: Baseline) -> None:
    document = baseline.observation.document
    place = document.declaration_of(hole(baseline, "N.main"))
    insertion = Insertion.above(document, place, [EVEN])
    after = await gate.freeze(insertion.after.text)
    assert not insertion.differences(baseline.observation, after.observation, gate.is_artifact)
    other = replace(after.observation, document=Document.parse(insertion.after.text + "\n"))
    assert insertion.differences(baseline.observation, other, gate.is_artifact) == [
        "the text is not the same beside the lemmas"
    ]
