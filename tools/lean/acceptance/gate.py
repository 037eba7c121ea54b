"""The acceptance check: what counts as proved.

A proof is accepted when its text passes the screening and then, in a fresh elaboration of the whole file as it would
be written, in a process of its own, Lean shows no error that was not there before and no `sorry` in what was filled,
sees the same declarations with the same types, and names no axiom that is not allowed. Proofs of several holes can be
judged together: that is one elaboration. What Lean does not answer is inconclusive, never a yes.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools.errors import ExitCode, QedError
from tools.lean.acceptance.axioms import STANDARD_AXIOMS
from tools.lean.acceptance.comparison import Fill, OutlineComparison, apply_fills, declaration_difference
from tools.lean.acceptance.elaboration import Elaborator
from tools.lean.acceptance.judgement import Judgement
from tools.lean.acceptance.observation import Observation, count_sorries, open_declarations
from tools.lean.acceptance.probe import NoAnswerError
from tools.lean.acceptance.screening import Screener
from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict
from tools.lean.artifacts import IsArtifact
from tools.lean.document import Document
from tools.lean.machine import MachineLimits
from tools.lean.messages import Message
from tools.lean.olean.format import OleanError
from tools.lean.screening import ScreeningPolicy
from tools.lean.toolchain import Toolchain

DEFAULT_SECONDS = 300.0


class AcceptanceGate:
    """Judges proofs for the holes of one file. Every elaboration has a Lean process of its own."""

    def __init__(
        self,
        toolchain: Toolchain,
        path: Path,
        *,
        screen: Screener,
        is_artifact: IsArtifact | None = None,
        allowed_axioms: Sequence[str] = STANDARD_AXIOMS,
        timeout: float = DEFAULT_SECONDS,
        limits: MachineLimits | None = None,
    ) -> None:
        """`timeout` is in seconds for one elaboration of the file; `is_artifact` tells errors of the toolchain only."""
        self.policy = ScreeningPolicy.of(toolchain)
        """How strictly proofs are screened."""
        self._path = path
        self._screen = screen
        self._is_artifact = is_artifact or _never
        self._allowed = tuple(allowed_axioms)
        self._elaborator = Elaborator(toolchain, path, self._is_artifact, limits or MachineLimits.default(), timeout)

    @property
    def is_artifact(self) -> IsArtifact:
        """Which errors are those of the toolchain only."""
        return self._is_artifact

    # -- processes

    def prewarm(self) -> None:
        """Starts the process for the next check in the background; nothing is elaborated in it."""
        self._elaborator.prewarm()

    async def close(self) -> None:
        """Ends what was started in advance."""
        await self._elaborator.close()

    # -- before

    async def freeze(self, text: str, also: frozenset[int] = frozenset()) -> Baseline:
        """Elaborates the file as it is, and finds the axioms of what is open in it.

        `also` are further declarations (by their index) whose axioms are wanted. Raises `QedError` when Lean cannot
        be run or does not finish.
        """

        def wanted(document: Document, messages: Collection[Message]) -> frozenset[int]:
            seen = Observation(document, tuple(messages), (), frozenset(), {}, {})
            uses = frozenset(index for index in seen.sorry_warnings() if index >= 0)
            return open_declarations(document, seen.errors(self._is_artifact)) | uses | also

        try:
            return Baseline(await self._elaborator.first(text, wanted))
        except NoAnswerError as error:
            raise QedError(
                f"{self._path} as it is: {error}",
                hint="`qed check` shows what Lean says about the file.",
                exit_code=ExitCode.LEAN_FAILED,
            ) from error

    # -- after

    async def check(self, baseline: Baseline, new_text: str, fills: Sequence[Fill]) -> Verdict:
        """Judges proofs for one or several holes of `baseline`; `new_text` is the file as it would be written.

        Raises `QedError` only when Lean cannot be run at all.
        """
        started = time.monotonic()
        verdict = self._refuse(baseline, fills, new_text)
        if verdict is None:
            (verdict,) = await self._elaborate(baseline, [fills])
        return replace(verdict, seconds=time.monotonic() - started)

    async def check_together(self, baseline: Baseline, proofs: Sequence[Sequence[Fill]]) -> list[Verdict]:
        """Judges proofs of several holes at once; each is a sequence of fills that stand or fall together.

        A batch that is not accepted is taken apart until it is known which proofs are to blame: the verdicts are in
        the order of the proofs, and those that are *proved* are so in one file, the `baseline` of each such verdict.
        Raises `QedError` only when Lean cannot be run at all.
        """
        batch = _Batch(baseline, proofs)
        judgeable: list[int] = []
        # Reading the file once for each proof would cost the more the more there are.
        all_in_one = Document.parse(apply_fills(baseline.text, [fill for fills in proofs for fill in fills])[0])
        declares_the_same = not declaration_difference(baseline.observation.document, all_in_one)
        for index, fills in enumerate(proofs):
            text = None if declares_the_same else apply_fills(baseline.text, fills)[0]
            refused = self._refuse(baseline, fills, text)
            if refused is None:
                judgeable.append(index)
            else:
                batch.verdicts[index] = refused
        if judgeable:
            await self._settle(batch, judgeable)
        return batch.in_order()

    async def _settle(
        self, batch: "_Batch", group: Sequence[int], refused: Mapping[int, Verdict] | None = None
    ) -> None:
        """Finds out about the proofs of a group, beside those that are accepted already.

        `refused` are their verdicts where just that text was elaborated before.
        """
        if refused is None:
            started = time.monotonic()
            judged = await self._elaborate(batch.baseline, [batch.proofs[index] for index in (*batch.accepted, *group)])
            verdicts = [replace(verdict, seconds=time.monotonic() - started) for verdict in judged]
            if all(verdict.status is ProofStatus.PROVED for verdict in verdicts):
                batch.accept(group, verdicts)
                return
            refused = dict(zip(group, verdicts[len(batch.accepted) :], strict=True))
        if len(group) == 1:
            batch.verdicts[group[0]] = refused[group[0]]
            return
        first, second = _split(group, [index for index in group if refused[index].is_to_blame])
        await self._settle(batch, first)
        rest = {index: refused[index] for index in second}
        # With all of the first part accepted, the second makes the same text again; only what died is asked once more.
        is_known = set(first) <= set(batch.accepted) and all(
            each.status is ProofStatus.NOT_PROVED for each in rest.values()
        )
        await self._settle(batch, second, rest if is_known else None)

    def _refuse(self, baseline: Baseline, fills: Sequence[Fill], new_text: str | None) -> Verdict | None:
        """What can be judged without Lean: nothing that is refused here reaches it.

        `new_text` is None where it is known to be the file with the fills, and to declare what the file declares.
        """
        found = [reason for fill in fills for reason in self._screen(fill, self.policy)]
        found += ["the proof says `sorry`" for fill in fills if count_sorries(fill.text)]
        if new_text is not None:
            if not fills or apply_fills(baseline.text, fills)[0] != new_text:
                found.append("the text outside the hole is not the same")
            if difference := declaration_difference(baseline.observation.document, Document.parse(new_text)):
                found.append(difference)
        if found:
            return Verdict(ProofStatus.NOT_PROVED, tuple(found))
        obstacles = [obstacle for fill in fills if (obstacle := baseline.obstacle(fill.hole))]
        return Verdict(ProofStatus.INCONCLUSIVE, tuple(obstacles)) if obstacles else None

    async def _elaborate(self, baseline: Baseline, proofs: Sequence[Sequence[Fill]]) -> list[Verdict]:
        """One elaboration of the file with all these proofs in it; a verdict for each of them."""
        fills = [fill for each in proofs for fill in each]
        text, spans = apply_fills(baseline.text, fills)
        groups = [frozenset(baseline.declaration_of(fill.hole) for fill in each) for each in proofs]
        filled = frozenset[int]().union(*groups)
        document = baseline.observation.document
        targets = filled.union(*(document.together_with(index) for index in filled if index >= 0))
        try:
            before, after = await self._observed(baseline, text, targets, fills, alone=len(proofs) == 1)
        except NoAnswerError as error:
            return [Verdict(ProofStatus.INCONCLUSIVE, (str(error),)) for _ in proofs]
        outline = OutlineComparison(baseline.text, text, fills, spans)
        judgement = Judgement(before, after, outline, targets, self._is_artifact, self._allowed)
        try:
            return judgement.verdicts(groups)
        except OleanError as error:
            reason = f"what Lean compiled is damaged: {error}"
            return [Verdict(ProofStatus.INCONCLUSIVE, (reason,)) for _ in proofs]

    async def _observed(
        self, baseline: Baseline, text: str, targets: frozenset[int], fills: Sequence[Fill], *, alone: bool
    ) -> tuple[Observation, Observation]:
        """The file before and after, observed alike."""
        before = baseline.observation
        after = await self._elaborator.again(before, text, targets, fills, alone=alone)
        if before.compiled is not None and after.compiled is None and after.axioms:
            # Lean had to be asked this time: what it printed is compared with what it prints of the file before.
            before = await self._elaborator.asked(before.text, targets)
        return before, after


@dataclass
class _Batch:
    """Proofs on their way through the check; `accepted` are those that are *proved* in one file so far."""

    baseline: Baseline
    proofs: Sequence[Sequence[Fill]]
    verdicts: dict[int, Verdict] = field(default_factory=dict[int, Verdict])
    accepted: list[int] = field(default_factory=list[int])

    def accept(self, group: Sequence[int], verdicts: Sequence[Verdict]) -> None:
        """These are proved along with those before, of which there is news as well: the file has changed."""
        self.accepted += group
        self.verdicts.update(zip(self.accepted, verdicts, strict=True))

    def in_order(self) -> list[Verdict]:
        """The verdicts in the order of the proofs."""
        return [self.verdicts[index] for index in range(len(self.proofs))]


def _split(group: Sequence[int], blamed: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Those that nothing is said against, and the others; halves where that does not tell them apart."""
    if 0 < len(blamed) < len(group):
        return [index for index in group if index not in blamed], blamed
    half = len(group) // 2
    return group[:half], group[half:]


def _never(message: Message) -> bool:
    return False
