"""The acceptance check for a proof that needs helper lemmas above its theorem.

It is the same check, after one more: in a fresh elaboration the file with the statements of the lemmas says of all that
was there before what it said without them. From then on that file is the one that is filled.
"""

from collections.abc import Sequence
from dataclasses import replace

from tools.errors import QedError
from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict
from tools.lean.acceptance.writing import FilledHole, JudgedProof
from tools.lean.document import Hole
from tools.lean.helper_lemmas import HelperLemma
from tools.lean.insertion import Insertion, no_place

CHECK = "of the rest of the file Lean says the same with the helper lemmas as without"


async def check_with_lemmas(
    gate: AcceptanceGate, baseline: Baseline, hole: Hole, proof: str, lemmas: Sequence[HelperLemma]
) -> JudgedProof:
    """Judges the proof of a hole of `baseline` together with lemmas, each with its proof, above its declaration.

    Raises `QedError` only when Lean cannot be run at all.
    """
    document = baseline.observation.document
    refusals = [no_place(document, hole), *(why for lemma in lemmas for why in _refusals(lemma, gate.policy.is_strict))]
    insertion = Insertion.above(document, document.declaration_of(hole), lemmas)
    if found := [*filter(None, refusals), *insertion.problems()]:
        return JudgedProof(FilledHole.of(document, hole, proof), _refused(found), baseline)
    filled = _filled(insertion, hole, proof)
    named = frozenset(insertion.moved_index(index) for index in baseline.observation.named)
    try:
        with_lemmas = await gate.freeze(insertion.after.text, named)
    except QedError as error:
        return JudgedProof(filled, Verdict(ProofStatus.INCONCLUSIVE, (error.message,)), baseline)
    found = insertion.differences(baseline.observation, with_lemmas.observation, gate.is_artifact)
    verdict = _refused(found) if found else await gate.check(with_lemmas, filled.text, filled.fills)
    if verdict.status is ProofStatus.PROVED:
        verdict = replace(verdict, checks=(CHECK, *verdict.checks))
    return JudgedProof(filled, verdict, with_lemmas)


def _refusals(lemma: HelperLemma, strict: bool) -> list[str]:
    unproved = [f"{lemma.name} has no proof"] if lemma.proof is None else []
    return [*unproved, *lemma.refusals(strict=strict)]


def _refused(reasons: Sequence[str]) -> Verdict:
    return Verdict(ProofStatus.NOT_PROVED, tuple(reasons))


def _filled(insertion: Insertion, hole: Hole, proof: str) -> FilledHole:
    after = insertion.after
    pairs = zip(insertion.holes, insertion.lemmas, strict=True)
    lemmas = [FilledHole.of(after, each, lemma.proof) for each, lemma in pairs if lemma.proof is not None]
    return FilledHole.of(after, insertion.moved(hole), proof).along_with(after, lemmas)
