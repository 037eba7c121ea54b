"""Files that the acceptance check has been wrong about (`cases/`): each says at its top what is right. Real Lean.

Several of them stand in one text, each in a namespace of its own, so that one elaboration does for all. Proofs are laid
out, screened and judged as the prover does it.
"""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.lean.acceptance.axioms import AxiomsHow
from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.screening import screen_fill
from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict
from tools.lean.acceptance.writing import FilledHole
from tools.lean.artifacts import artifacts_of
from tools.lean.batch.process import BatchLean, BatchResult
from tools.lean.document import Hole
from tools.lean.machine import GIB, MachineLimits
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
CASES = Path(__file__).with_name("cases")
SECONDS = 300.0  # far more than it takes
LIMITS = MachineLimits(2, 2 * GIB)  # of which an elaboration takes half

CLEAN: Mapping[str, Sequence[str]] = {
    "anonymous_instance_with_priority": ["decide", "omega"],
    "anonymous_instance_used_by_its_name": ["decide", "rfl", "simp"],
    "helper_that_nobody_uses": ["rfl", "omega", "exact Nat.le_refl _"],
    "omega_with_a_huge_proof": ["omega", "exact ⟨hp, hq⟩"],
}
WITH_ERRORS: Mapping[str, Sequence[str]] = {
    "broken_example_beside_a_hole": ["simp"],
    "old_error_that_tells_its_lines": [
        "induction t with\n| leaf => rfl\n| node l r hl hr => simp only [mirror, hl, hr]",
    ],
}
"""The proofs of the holes of a case, in their order."""


@dataclass(frozen=True)
class Opened:
    """Cases in one text, frozen."""

    gate: AcceptanceGate
    baseline: Baseline

    def holes(self, case: str) -> list[Hole]:
        """The holes of a case."""
        document = self.baseline.observation.document
        start, end = (document.text.index(f"{word} {case}\n") for word in ("namespace", "end"))
        return [hole for hole in document.holes if start < hole.span.start < end]

    def filled(self, hole: Hole, proof: str) -> FilledHole:
        """A proof for a hole that nothing stands against."""
        assert self.baseline.obstacle(hole.span) == ""
        return FilledHole.of(self.baseline.observation.document, hole, proof)

    async def judge(self, proofs: Sequence[FilledHole]) -> list[Verdict]:
        """What the check says to proofs that are judged together."""
        return await self.gate.check_together(self.baseline, [each.fills for each in proofs])


@contextlib.asynccontextmanager
async def opened(toolchain: Toolchain, *cases: str) -> AsyncGenerator[Opened]:
    """Cases as one text."""
    texts = {case: (CASES / f"{case}.lean").read_text(encoding="utf-8") for case in cases}
    text = "\n".join(f"namespace {case}\n{text}\nend {case}\n" for case, text in texts.items())
    is_artifact = artifacts_of(toolchain, text)
    gate = AcceptanceGate(
        toolchain,
        Path("/acceptance/Cases.lean"),
        screen=screen_fill,
        is_artifact=is_artifact,
        timeout=SECONDS,
        limits=LIMITS,
    )
    try:
        yield Opened(gate, await gate.freeze(text))
    finally:
        await gate.close()


@pytest.mark.parametrize(
    ("proofs", "elaborations"), [(CLEAN, 2), (WITH_ERRORS, 4)], ids=["clean", "with errors that tell their lines"]
)
async def test_proofs_that_are_right(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch, proofs: Mapping[str, Sequence[str]], elaborations: int
) -> None:
    """All holes are filled by one check, after one look at the file; errors cost one more each."""
    texts: list[str] = []
    run = BatchLean.run

    async def counted(lean: BatchLean, text: str, *, timeout: float) -> BatchResult:
        texts.append(text)
        return await run(lean, text, timeout=timeout)

    monkeypatch.setattr(BatchLean, "run", counted)
    async with opened(toolchain, *proofs) as file:
        filled = [
            file.filled(hole, proof)
            for case, texts in proofs.items()
            for hole, proof in zip(file.holes(case), texts, strict=True)
        ]
        verdicts = await file.judge(filled)
    assert [each.reasons for each in verdicts] == [()] * len(filled)
    assert all(each.status is ProofStatus.PROVED and each.declaration_complete for each in verdicts)
    assert {each.axioms_how for each in verdicts} == {AxiomsHow.COMPILED}
    assert len(texts) == elaborations


async def test_one_after_the_other_where_warnings_are_errors(toolchain: Toolchain) -> None:
    case = "warnings_are_errors"
    async with opened(toolchain, case) as file:
        (verdict,) = await file.judge([file.filled(file.holes(case)[1], "assumption")])
        assert verdict.status is ProofStatus.PROVED and not verdict.declaration_complete, verdict.reasons
        assert verdict.baseline is not None
        later = Opened(file.gate, verdict.baseline)
        (verdict,) = await later.judge([later.filled(later.holes(case)[0], "assumption")])
    assert verdict.status is ProofStatus.PROVED and verdict.declaration_complete, verdict.reasons
    assert verdict.axioms == ()


REFUSED = [
    ("axiom_with_a_letterlike_name", 0, "exact quiet k", "target rests on axiom_with_a_letterlike_name.propext℘"),
    ("open_lemma_behind_a_letterlike_name", 1, "exact relay k", "target rests on sorryAx"),
    ("forged_print_axioms", 0, "exact oracle.elim", "target rests on forged_print_axioms.oracle"),
    (
        "one_hole_of_two_rests_on_an_open_lemma",
        1,
        "exact absurd (nonsense 0) (by decide)",
        "target rests on sorryAx",
    ),
    (
        "one_hole_of_two_rests_on_an_open_lemma",
        4,
        "exact absurd (nonsense 0) (by decide)",
        "target2 rests on sorryAx",
    ),
]


async def test_proofs_that_are_none(toolchain: Toolchain) -> None:
    """All at once, for the sake of time: the reasons name the declaration, so each is refused for itself."""
    async with opened(toolchain, *dict.fromkeys(case for case, *_ in REFUSED)) as file:
        filled = [file.filled(file.holes(case)[number], proof) for case, number, proof, _ in REFUSED]
        fills = [fill for each in filled for fill in each.fills]
        (verdict,) = await file.gate.check_together(file.baseline, [fills])
    assert verdict.status is ProofStatus.NOT_PROVED and verdict.baseline is None
    for case, _, _, reason in REFUSED:
        assert any(each.startswith(f"{case}.{reason}") for each in verdict.reasons), verdict.reasons
