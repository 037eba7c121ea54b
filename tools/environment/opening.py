"""Opens environments at the holes of a file, of the kind that was chosen. There is no other way to one in qed.

What is found there is believed no more for it: acceptance and writing are the same for all kinds.
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tools.environment.desk import Desk
from tools.environment.guards import screen_sketch, screen_tactic
from tools.environment.language_server import LanguageServerEnvironment, Screen
from tools.environment.names import EnvironmentName
from tools.environment.pool import SharingEnvironment
from tools.environment.scratch import Scratch
from tools.errors import ExitCode, QedError
from tools.lean.artifacts import IsArtifact
from tools.lean.document import Document, Hole

if TYPE_CHECKING:
    from tools.environment.leandojo.environment import LeanDojoEnvironment
    from tools.environment.leandojo.repository import CommittedFile, TheoremAt


@dataclass(frozen=True, slots=True)
class Site:
    """The file at work: its path, Lean's limit of work for one elaboration, and whoever is told notes about it."""

    path: Path
    max_heartbeats: int
    is_artifact: IsArtifact
    on_note: Callable[[str], None]


class Opening(Protocol):
    """Environments for one hole. Equal openings open the same, so that one that is open serves for another."""

    async def open(self, desk: Desk) -> SharingEnvironment:
        """Opens one; until it is closed it has the desk alone.

        Raises `QedError` where this hole cannot be worked on, `UnusableEnvironmentError` where none can.
        """
        ...


class HoleEnvironments(Protocol):
    """Environments for the holes of one file."""

    def at(self, document: Document, hole: Hole) -> Opening:
        """Those for a hole of the file as it is now. Raises `QedError` where this hole cannot be worked on."""
        ...

    def for_sketches(self, document: Document, hole: Hole) -> Opening:
        """The same, but that tactics may be sketches, which leave steps open.

        The steps are holes of another text, which need not be the file's. Raises `QedError` where this kind of
        environment has no such.
        """
        ...

    def for_lemmas(self, document: Document, hole: Hole) -> Opening:
        """The same, for the proof of a lemma that was made up: it cannot be opened where its statement has errors.

        Raises `QedError` where this kind of environment has no such.
        """
        ...


class EnvironmentFactory(Protocol):
    """One kind of environment."""

    async def __call__(self, site: Site, document: Document) -> HoleEnvironments:
        """Prepares the work on a file. Raises `QedError` where this kind cannot be used on it."""
        ...


@dataclass(frozen=True, slots=True)
class _InScratch:
    """A hole tried in a scratch document."""

    scratch: Scratch
    is_artifact: IsArtifact = field(compare=False)
    screen: Screen = screen_tactic
    flawless: bool = False

    async def open(self, desk: Desk) -> LanguageServerEnvironment:
        document = await desk.opened(self.scratch.compose(()).text)
        environment = await LanguageServerEnvironment.on(
            document, self.scratch, screen=self.screen, is_artifact=self.is_artifact
        )
        if self.flawless and environment.faults:
            raise QedError("; ".join(environment.faults), exit_code=ExitCode.FILE_HAS_ERRORS)
        return environment


@dataclass(frozen=True, slots=True)
class _AnyHole:
    """All holes of a file."""

    site: Site

    def at(self, document: Document, hole: Hole) -> Opening:
        return _InScratch(Scratch.for_hole(document, hole, self.site.max_heartbeats), self.site.is_artifact)

    def for_sketches(self, document: Document, hole: Hole) -> Opening:
        scratch = Scratch.for_hole(document, hole, self.site.max_heartbeats)
        return _InScratch(scratch, self.site.is_artifact, screen_sketch)

    def for_lemmas(self, document: Document, hole: Hole) -> Opening:
        scratch = Scratch.for_hole(document, hole, self.site.max_heartbeats)
        return _InScratch(scratch, self.site.is_artifact, flawless=True)


@dataclass(frozen=True, slots=True)
class _Dojo:
    """A theorem in a LeanDojo."""

    theorem: "TheoremAt"

    async def open(self, desk: Desk) -> "LeanDojoEnvironment":
        from tools.environment.leandojo.environment import LeanDojoEnvironment

        return await LeanDojoEnvironment.open(self.theorem, screen=screen_tactic)


@dataclass(frozen=True, slots=True)
class _CommittedTheorems:
    """Holes that are whole proofs of theorems of a file as it was committed."""

    file: "CommittedFile"

    def at(self, document: Document, hole: Hole) -> Opening:
        return _Dojo(self.file.theorem(document, hole))

    def for_sketches(self, document: Document, hole: Hole) -> Opening:
        raise QedError("LeanDojo knows the file as it was committed only, not with a sketch in it")

    def for_lemmas(self, document: Document, hole: Hole) -> Opening:
        raise QedError("LeanDojo knows the file as it was committed only, not with lemmas in it")


async def through_language_server(site: Site, document: Document) -> HoleEnvironments:
    """Tactics tried through Lean's language server: any file, nothing traced."""
    return _AnyHole(site)


async def through_leandojo(site: Site, document: Document) -> HoleEnvironments:
    """Tactics tried through LeanDojo: whole proofs of theorems, as they stand in a commit that it has traced.

    Raises `QedError` where git or lake is missing, and where the file is not in git's last commit. Edits since then
    that LeanDojo does not see are noted.
    """
    from tools.environment.leandojo.repository import CommittedFile, missing

    if shutil.which("lake") is None:
        raise missing("lake")
    committed = await asyncio.to_thread(CommittedFile.of, site.path)
    if committed.edited(document):
        site.on_note(
            f"{committed.path} has edits since commit {committed.commit[:12]}; LeanDojo tries tactics without them"
        )
    return _CommittedTheorems(committed)


ENVIRONMENTS: Mapping[EnvironmentName, EnvironmentFactory] = {
    "language-server": through_language_server,
    "leandojo": through_leandojo,
}
"""The kinds by their names."""
