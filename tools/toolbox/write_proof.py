"""Writes a proof into a hole, once Lean has accepted it and the person has allowed it."""

from typing import Any, ClassVar

from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.lean.acceptance.proof_file import ProofFile
from tools.lean.acceptance.screening import screen_fill
from tools.lean.acceptance.verdict import ProofStatus, Verdict
from tools.lean.acceptance.writing import FilledHole, JudgedProof
from tools.lean.diff import unified_diff
from tools.lean.document import Hole
from tools.search.prove import asks_for_data
from tools.toolbox.holes import HoleArguments, describe_hole, find_hole
from tools.toolbox.suggesting import unresolved
from tools.toolbox.tool import (
    AcceptedProof,
    Permission,
    Proposal,
    Tool,
    ToolContext,
    ToolResult,
    ToolVerdict,
)
from tools.toolbox.trimming import fit
from tools.toolbox.workspace import LeanFile, Workspace

# Whatever they are filled with, they claim no more than their statement says.
_PROPOSITIONS = frozenset({"theorem", "lemma"})


class WriteProofArguments(HoleArguments):
    """A hole and its proof."""

    proof: str = Field(description="The proof: a tactic block, its lines relative to column 0, without the leading by.")


class WriteProofTool(Tool[WriteProofArguments]):
    """The only way in which a proof gets into a file."""

    name: ClassVar[str] = "write_proof"
    description: ClassVar[str] = (
        "Fill one hole with a proof. The proof is written only if Lean accepts it: the whole file is elaborated "
        "afresh, and sorry, new axioms and code that runs are refused. Otherwise Lean's errors are the answer. Say "
        "that something is proved only after this tool said so."
    )
    permission: ClassVar[Permission] = Permission.WRITE_PROOF
    deadline: ClassVar[float] = 600.0
    arguments = WriteProofArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: WriteProofArguments, context: ToolContext) -> ToolResult:
        """Screens, checks, asks, writes, in this order. Raises `QedError`."""
        async with self._workspace.writing(arguments.file) as (file, proofs):
            hole = find_hole(file.document, arguments)
            place = {"path": str(file.path), "declaration": hole.declaration, "hole": hole.index + 1}
            filled = FilledHole.of(file.document, hole, arguments.proof)
            if refused := self._refusals(arguments.proof, filled):
                text = fit([f"{describe_hole(hole)}: this is not shown to Lean:", *refused], [])
                return ToolResult(ToolVerdict.NOT_ALLOWED, text, {**place, "reasons": refused})
            await self._require_proposition(file, hole)
            context.report("checking the proof")
            proofs.prewarm()
            judged = await proofs.judge(hole, arguments.proof)
            verdict = judged.verdict
            if verdict.status is not ProofStatus.PROVED:
                return _rejected(hole, verdict, place)
            decision = await context.approve(_proposal(file, filled))
            if not decision.allowed:
                why = f": {decision.reason}" if decision.reason else ""
                text = f"Lean accepts the proof of {describe_hole(hole)}, but writing it was not allowed{why}"
                return ToolResult(ToolVerdict.NOT_ALLOWED, text, place)
            return self._write(file, proofs, judged, context)

    def _refusals(self, proof: str, filled: FilledHole) -> list[str]:
        refused = list(screen_fill(filled.fill, self._workspace.policy)) if proof.strip() else ["no proof"]
        if "```" in proof:
            refused.append("leave out the fences (```)")
        if searching := unresolved(proof):
            refused.append(searching)
        return refused

    async def _require_proposition(self, file: LeanFile, hole: Hole) -> None:
        """Raises `QedError` for a hole whose filling would define something rather than prove it."""
        if hole.in_statement:
            message = f"{describe_hole(hole)} is part of the statement: filling it would change what is claimed"
            raise QedError(message, hint="Propose the statement with edit_file.", exit_code=ExitCode.NOT_ALLOWED)
        if file.document.declaration_of(hole).kind in _PROPOSITIONS:
            return
        async with self._workspace.asking(file, hole) as environment:
            if await asks_for_data(environment):
                message = f"{describe_hole(hole)} asks for data, not for a proof: any value would do"
                raise QedError(message, hint="Propose the definition with edit_file.", exit_code=ExitCode.NOT_ALLOWED)

    def _write(
        self,
        file: LeanFile,
        proofs: ProofFile,
        judged: JudgedProof,
        context: ToolContext,
    ) -> ToolResult:
        filled, verdict = judged.filled, judged.verdict
        (receipt,) = proofs.write([judged])
        proof = filled.fill.text.strip().replace("\r\n", "\n")
        axioms = verdict.axioms or ()
        context.accepted(AcceptedProof(file.path, filled.hole.declaration, proof, axioms))
        left = "" if verdict.declaration_complete else " Other holes of this declaration are still open."
        rests = f"It rests on {', '.join(axioms)}." if axioms else "It rests on no axioms."
        text = f"Lean accepted the proof of {describe_hole(filled.hole)}, and it is written. {rests}{left}"
        data: dict[str, Any] = {
            "path": str(file.path),
            "declaration": filled.hole.declaration,
            "proof": proof,
            "axioms": list(axioms),
            "complete": verdict.declaration_complete,
            "file_sha256": receipt.file_sha256_after,
        }
        return ToolResult(ToolVerdict.OK, text, data)


def _proposal(file: LeanFile, filled: FilledHole) -> Proposal:
    after = file.snapshot.with_text(filled.text)
    summary = f"Write the proof of {filled.hole.declaration}, which Lean accepts, to {file.name}"
    return Proposal(Permission.WRITE_PROOF, file.path, summary, unified_diff(file.path, file.snapshot.text, after.text))


def _rejected(hole: Hole, verdict: Verdict, place: dict[str, Any]) -> ToolResult:
    data = {**place, "status": verdict.status.value, "reasons": list(verdict.reasons)}
    if verdict.status is ProofStatus.INCONCLUSIVE:
        text = fit(
            [*verdict.reasons, f"So the check of {describe_hole(hole)} is inconclusive; nothing is written."], []
        )
        return ToolResult(ToolVerdict.FAILED, text, data)
    text = fit([*verdict.reasons, f"So this is no proof of {describe_hole(hole)}; nothing is written."], [])
    return ToolResult(ToolVerdict.LEAN_REFUSED, text, data)
