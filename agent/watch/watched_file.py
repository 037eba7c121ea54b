"""A file that is watched: what it says now, and proofs for its holes judged against that, not against an older save."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from agent.prover.keeper import Judged
from agent.prover.outcome import Found, Open
from agent.prover.report import HoleReport
from agent.prover.targets import Place
from agent.watch.wanted import identities
from tools.errors import ExitCode, QedError
from tools.lean.acceptance.proof_file import ProofFile
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.acceptance.writing import JudgedProof
from tools.lean.claim import claim_soon
from tools.lean.document import Document, Hole
from tools.lean.writeback import FileSnapshot

_MAX_CANDIDATES = 2
_CLAIM_SECONDS = 10.0


class ObsoleteError(QedError):
    """The hole is not there any more, or asks for something else."""


@dataclass(frozen=True)
class Version:
    """A file as it was saved."""

    snapshot: FileSnapshot
    failing: frozenset[str] = frozenset()
    """Declarations whose proof fails, by name, as far as Lean was asked."""

    @cached_property
    def document(self) -> Document:
        """What it says."""
        return Document.parse(self.snapshot.text)

    @cached_property
    def holes(self) -> Mapping[str, Hole]:
        """Its holes by identity, and the proofs that fail."""
        return identities(self.document, self.failing)


@dataclass
class WatchedFile:
    """The present version of a file, and what Lean says to it where that was asked.

    `wrote` is told the digest of what is written here, so that it is not taken for somebody's save.
    """

    file: ProofFile
    version: Version
    wrote: Callable[[Path, str], None]
    _judged: dict[tuple[str, str], JudgedProof] = field(default_factory=dict[tuple[str, str], JudgedProof])
    _judging: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path

    def saved(self, version: Version) -> None:
        """The file was saved by somebody. What failed before and is as it was fails still."""
        known = {key for key, hole in self.version.holes.items() if hole.declaration in self.version.failing}
        names = {each.name for each in version.document.declarations if not each.holes}
        self._judged.clear()
        candidates = identities(version.document, self.version.failing & names)
        failing = {hole.declaration for key, hole in candidates.items() if key in known}
        self.version = replace(version, failing=frozenset(failing))

    def fails(self, version: Version, names: frozenset[str]) -> Mapping[str, Hole]:
        """What Lean said about a version: these declarations fail. The holes that are new by that.

        There are none where the file was saved again since.
        """
        if self.version is not version:
            return {}
        before = version.holes
        self.version = replace(version, failing=names)
        return {key: hole for key, hole in self.version.holes.items() if key not in before}

    async def prepare(self) -> None:
        """Has Lean look at the present version as it is, which every check begins with, and starts what comes next.

        Raises `QedError` where Lean cannot; the check would say so, too.
        """
        async with self._judging:
            self.file.take(self.version.snapshot)
            await self.file.baseline()
            self.file.prewarm()

    async def judge(self, key: str, proof: str, *, write: bool) -> Judged:
        """What the acceptance check says to a proof in the present version; with `write` it is written if accepted.

        A save that comes meanwhile has the proof judged once more. Raises `ObsoleteError` where the hole went with it,
        `QedError` where the file cannot be written, is not the one on the disk, or stays claimed by somebody else.
        """
        async with self._judging:
            judged = await self._present(key, proof)
            while write and judged.verdict.status is ProofStatus.PROVED:
                async with claim_soon(self.path, _CLAIM_SECONDS):
                    if judged.snapshot is self.version.snapshot:
                        self._write(judged)
                        break
                judged = await self._present(key, proof)  # it was saved while others had the file
            return Judged(judged.filled.fill, judged.verdict)

    async def _present(self, key: str, proof: str) -> JudgedProof:
        while (judged := self._judged.get((key, proof))) is None or judged.snapshot is not self.version.snapshot:
            self.file.take(self.version.snapshot)
            hole = self.version.holes.get(key)
            if hole is None:
                raise ObsoleteError("the hole is not there any more", exit_code=ExitCode.CHANGED_ON_DISK)
            judged = self._judged[key, proof] = await self.file.judge(hole, proof)
        return judged

    def _write(self, judged: JudgedProof) -> None:
        self.file.write([judged])
        self.wrote(self.path, self.file.snapshot.sha256)
        self.version = Version(self.file.snapshot)
        self._judged.clear()


@dataclass
class SuggestionKeeper:
    """Keeps one hole while it is worked on; a `Keeper`. Proofs are judged in the version that the file has by then.

    `write` is asked whether what was accepted is to be written; `has_written` says that it was. `on_found` is told a
    proof before the acceptance check.
    """

    file: WatchedFile
    key: str
    write: Callable[[], bool]
    on_found: Callable[[str], None]
    has_written: bool = False
    _begun_with: Version = field(init=False)

    def __post_init__(self) -> None:
        self._begun_with = self.file.version

    @property
    def document(self) -> Document:
        """The file as it was when work began: what counts for this hole is the same since."""
        return self._begun_with.document

    def hole(self, place: Place) -> Hole | None:
        """The hole."""
        return self._begun_with.holes.get(self.key)

    def obstacle(self, hole: Hole) -> Open | None:
        """Nothing is known before Lean has seen the whole file, and that would take longer than most proofs."""
        return None

    def idle(self, is_idle: bool) -> None:
        """Every proof is judged at once."""

    async def submit(
        self,
        place: Place,
        found: Found,
        on_check: Callable[[str], None],
        on_accept: Callable[[Judged], HoleReport],
    ) -> Judged:
        """Judges proofs, and writes the first that is accepted if that is wished; never lemmas. Raises `QedError`."""
        judged: Judged | None = None
        for proof in found.proofs[:_MAX_CANDIDATES]:
            self.on_found(proof)
            on_check(proof)
            judged = await self.file.judge(self.key, proof, write=False)
            if judged.verdict.status is ProofStatus.PROVED and self.write():
                judged = await self.file.judge(self.key, proof, write=True)
                self.has_written = judged.verdict.status is ProofStatus.PROVED
            if judged.verdict.status is ProofStatus.PROVED:
                on_accept(judged)
                break
        assert judged is not None  # nobody submits nothing
        return judged
