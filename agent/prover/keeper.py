"""Who keeps a file while several work on it: what it says now, what Lean accepts in it, and what is written.

The first proof is checked at once. While a check runs, the search goes on; what is found meanwhile waits, and the next
check takes all of it. Each proof is put where its hole stands by then, so that those who look for others need not know
of it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agent.prover.commit_message import proof_message
from agent.prover.commits import ProofCommits
from agent.prover.outcome import Found, Open
from agent.prover.report import HoleReport, LemmaReport, OpenReason
from agent.prover.targets import Place, Work
from tools.errors import QedError
from tools.lean.acceptance.comparison import Fill
from tools.lean.acceptance.proof_file import ProofFile
from tools.lean.acceptance.receipt import Receipt
from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict
from tools.lean.acceptance.writing import FilledHole, JudgedProof
from tools.lean.artifacts import IsArtifact
from tools.lean.document import Document, Hole
from tools.lean.helper_lemmas import HelperLemma

_MAX_CANDIDATES = 3
_PATIENCE = 3.0
"""So many times as long as the last check took, proofs wait for others: checks take a quarter of the time at most."""
_PATIENCE_SECONDS = 3.0
"""At least so long, after the first check: nobody is kept waiting by that, and short checks need not be many."""
_NOT_ALLOWED = "helper lemmas are put above a declaration only with --lemmas"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the acceptance check said about a proof, and the proof as it stands in the file, with its lemmas."""

    fill: Fill
    verdict: Verdict
    lemmas: tuple[LemmaReport, ...] = ()


class Keeper(Protocol):
    """Who keeps a file while its holes are worked on."""

    @property
    def document(self) -> Document:
        """The file as it is now."""
        ...

    def hole(self, place: Place) -> Hole | None:
        """Where a place is now; None where it is not there any more."""
        ...

    def obstacle(self, hole: Hole) -> Open | None:
        """Why no proof of a hole can be accepted, whatever it is; None where nothing is known against it."""
        ...

    async def submit(
        self,
        place: Place,
        found: Found,
        on_check: Callable[[str], None],
        on_accept: Callable[[Judged], HoleReport],
    ) -> Judged:
        """Takes proofs to the acceptance check, the nicest first, and keeps the first that is accepted.

        Others may be checked along with it, and it may have to wait for them.

        The lemmas that they need are judged with them, and kept where a person has allowed it.
        `on_check` is told each before it is checked, `on_accept` the one that is accepted before it is written, and
        gives the report of the hole. The answer is about that one, or about the last. Raises `QedError` where the file
        cannot be written.
        """
        ...

    def idle(self, is_idle: bool) -> None:
        """Told whether everybody waits for verdicts: then there is no reason to wait for more proofs."""
        ...


@dataclass
class _Waiting:
    """A proof that waits for its check, and who waits for the verdict."""

    place: Place
    proof: str
    on_accept: Callable[[Judged], HoleReport]
    since: float
    verdict: "asyncio.Future[Judged]"


@dataclass
class FileKeeper:
    """A file under work; nothing is written with `dry_run`.

    With `commits` each proof is checked by itself, and committed as soon as it is written; `on_note` is told where it
    could not be. With `lemmas` proofs may bring lemmas that stand above their declaration.
    """

    file: ProofFile
    work: Work
    dry_run: bool
    recheck: str
    commits: ProofCommits | None = None
    on_note: Callable[[str], None] = lambda _: None
    lemmas: bool = False
    _waiting: list[_Waiting] = field(default_factory=list[_Waiting])
    _checking: "asyncio.Task[None] | None" = None
    _is_idle: asyncio.Event = field(default_factory=asyncio.Event)
    _last_seconds: float = 0.0
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def document(self) -> Document:
        """The file as it is now."""
        return self.file.document

    def hole(self, place: Place) -> Hole | None:
        """Where a place is now; None where it is not there any more."""
        return self.work.hole(place, self.document)

    def obstacle(self, hole: Hole) -> Open | None:
        """Why no proof of a hole can be accepted, as Lean sees the file."""
        baseline = self.file.frozen
        obstacle = baseline.obstacle(hole.span) if baseline is not None else ""
        if baseline is None or not obstacle:
            return None
        error = _error_around(baseline, hole, self.file.is_artifact)
        return Open(OpenReason.STATEMENT if hole.in_statement and not error else OpenReason.LEAN, error or obstacle)

    def idle(self, is_idle: bool) -> None:
        """Told whether everybody waits for verdicts."""
        if is_idle:
            self._is_idle.set()
        else:
            self._is_idle.clear()

    async def close(self) -> None:
        """Gives up what waits."""
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.gather(self._checking, return_exceptions=True)

    async def submit(
        self,
        place: Place,
        found: Found,
        on_check: Callable[[str], None],
        on_accept: Callable[[Judged], HoleReport],
    ) -> Judged:
        """Takes proofs to the acceptance check, and writes the first that is accepted (see `Keeper`)."""
        judged: Judged | None = None
        for proof in found.proofs[:_MAX_CANDIDATES]:
            on_check(proof)
            if found.lemmas:
                judged = await self._with_lemmas(place, proof, found.lemmas, on_accept)
            else:
                judged = await self._among_others(place, proof, on_accept)
            if judged.verdict.status is ProofStatus.PROVED:
                break
        assert judged is not None  # nobody submits nothing
        return judged

    # -- checking

    async def _among_others(self, place: Place, proof: str, on_accept: Callable[[Judged], HoleReport]) -> Judged:
        """Waits for a check that takes this proof along."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(place, proof, on_accept, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self.file.prewarm()
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check_waiting())
        return await waiting.verdict

    async def _check_waiting(self) -> None:
        """Checks what waits, until nothing does."""
        while self._waiting:
            await self._until_it_pays()
            most = 1 if self.commits is not None else len(self._waiting)
            batch, self._waiting = self._waiting[:most], self._waiting[most:]
            batch = [each for each in batch if not each.verdict.done()]  # whoever waited was cancelled
            if not batch:
                continue
            try:
                async with self._writing:
                    await self._check(batch)
            except BaseException as error:
                for each in batch:
                    if not each.verdict.done():
                        each.verdict.set_exception(error) if isinstance(error, Exception) else each.verdict.cancel()
                if not isinstance(error, QedError):
                    raise

    async def _until_it_pays(self) -> None:
        """Waits until a check is worth its price: the first is, and one for which nobody works on."""
        patience = max(_PATIENCE_SECONDS, _PATIENCE * self._last_seconds) if self._last_seconds else 0.0
        left = self._waiting[0].since + patience - asyncio.get_running_loop().time()
        if left > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._is_idle.wait()

    async def _check(self, batch: Sequence[_Waiting]) -> None:
        began = asyncio.get_running_loop().time()
        holes = [(self._hole_of(each), each.proof) for each in batch]
        judged = await self.file.judge_together(holes)
        self._last_seconds = asyncio.get_running_loop().time() - began
        pairs = [(each, one) for each, one in zip(batch, judged, strict=True)]
        accepted = [(each, one) for each, one in pairs if one.verdict.status is ProofStatus.PROVED]
        if accepted:
            reports = [each.on_accept(_judged(one)) for each, one in accepted]
            await self._write([one for _, one in accepted], [each.place for each, _ in accepted], reports)
        for each, one in pairs:
            if not each.verdict.done():
                each.verdict.set_result(_judged(one))

    def _hole_of(self, waiting: _Waiting) -> Hole:
        hole = self.hole(waiting.place)
        assert hole is not None  # a place is worked on by one job only
        return hole

    async def _with_lemmas(
        self,
        place: Place,
        proof: str,
        lemmas: Sequence[HelperLemma],
        on_accept: Callable[[Judged], HoleReport],
    ) -> Judged:
        """Checks a proof with its lemmas by itself, when what is being checked is written."""
        async with self._writing:  # what is judged must be written before the file is judged again
            hole = self.hole(place)
            assert hole is not None  # a place is worked on by one job only
            if not self.lemmas:
                filled = FilledHole.of(self.document, hole, proof)
                return Judged(filled.fill, Verdict(ProofStatus.NOT_PROVED, (_NOT_ALLOWED,)))
            one = await self.file.judge(hole, proof, lemmas)
            judged = _judged(one)
            if one.verdict.status is ProofStatus.PROVED:
                await self._write([one], [place], [on_accept(judged)])
            return judged

    # -- writing

    async def _write(
        self, accepted: Sequence[JudgedProof], places: Sequence[Place], reports: Sequence[HoleReport]
    ) -> None:
        receipts = self.file.write(accepted, recheck=self.recheck, dry_run=self.dry_run)
        for place in places:
            self.work.filled(place)
        if self.commits is not None:
            for report, receipt in zip(reports, receipts, strict=bool(receipts)):
                await self._commit(self.commits, report, receipt)

    async def _commit(self, commits: ProofCommits, report: HoleReport, receipt: Receipt) -> None:
        file = receipt.file
        name = file.relative_to(commits.top) if file.is_relative_to(commits.top) else file
        message = proof_message(
            report.declaration,
            name,
            report.strategy,
            report.proof or "",
            self.file.toolchain.describe(),
            report.axioms,
            {lemma.name: lemma.text for lemma in report.lemmas},
        )
        result = await commits.commit(file, message.subject, message.body, receipt)
        if result.commit is None:
            self.on_note(f"the proof of {report.declaration} is written, not committed: {result.refused}")


def _judged(one: JudgedProof) -> Judged:
    return Judged(one.filled.fill, one.verdict, _reported(one))


def _error_around(baseline: Baseline, hole: Hole, is_artifact: IsArtifact) -> str:
    """The error that keeps Lean from seeing a hole, where there is one in its declaration."""
    index = baseline.declaration_of(hole.span)
    for where, text in baseline.observation.errors(is_artifact):
        if where == index:
            return f"its declaration has an error: {text}"
    return ""


def _reported(judged: JudgedProof) -> tuple[LemmaReport, ...]:
    """The lemmas as they stand in the file."""
    if not judged.filled.lemmas:
        return ()
    after = Document.parse(judged.filled.text)
    indices = (judged.baseline.declaration_of(each.hole.span) for each in judged.filled.lemmas)
    found = (after.declarations[index] for index in indices)
    return tuple(LemmaReport(name=each.name, text=after.text[each.span.start : each.span.end]) for each in found)
