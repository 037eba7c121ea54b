"""Where tactics are tried: a proof environment for each hole of a file, of the kind that was chosen.

What is found there is believed no more for it: acceptance and writing are the same for all kinds.
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tools.environment.guards import screen_tactic
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.protocol import ProofEnvironment
from tools.environment.scratch import Scratch
from tools.lean.artifacts import IsArtifact
from tools.lean.document import Document, Hole
from tools.lean.lean_document import LeanDocument
from tools.lean.server import LeanServer

if TYPE_CHECKING:
    from tools.environment.leandojo.environment import LeanDojoEnvironment
    from tools.environment.leandojo.repository import CommittedFile


@dataclass(frozen=True, slots=True)
class Site:
    """The file at work: its path, Lean's limit of work for one elaboration, and whoever is told notes about it."""

    path: Path
    max_heartbeats: int
    is_artifact: IsArtifact
    on_note: Callable[[str], None]


class HoleEnvironments(Protocol):
    """Opens environments at the holes of one file, one after the other."""

    async def open(self, server: LeanServer, document: Document, hole: Hole) -> ProofEnvironment:
        """The environment at a hole of the file as it is now; `server` is there for the one that wants it.

        Raises `QedError` where this hole cannot be worked on, `UnusableEnvironmentError` where none can.
        """
        ...


class EnvironmentFactory(Protocol):
    """One kind of environment."""

    async def __call__(self, site: Site, document: Document) -> HoleEnvironments:
        """Prepares the work on a file. Raises `QedError` where this kind cannot be used on it."""
        ...


@dataclass
class _OneDocument:
    """Holes of a file, tried in one scratch document beside it."""

    site: Site
    _scratch: LeanDocument | None = None

    async def open(self, server: LeanServer, document: Document, hole: Hole) -> LanguageServerEnvironment:
        scratch = Scratch.for_hole(document, hole, self.site.max_heartbeats)
        if self._scratch is None:
            path = self.site.path.absolute()
            beside = path.with_name(f".{path.stem}.qed-scratch.lean")
            self._scratch = await server.open(beside, scratch.compose(()).text)
        return await LanguageServerEnvironment.on(
            self._scratch, scratch, screen=screen_tactic, is_artifact=self.site.is_artifact
        )


@dataclass(frozen=True, slots=True)
class _OneCommit:
    """Holes of a file as it was committed, each in a LeanDojo of its own."""

    file: "CommittedFile"

    async def open(self, server: LeanServer, document: Document, hole: Hole) -> "LeanDojoEnvironment":
        from tools.environment.leandojo.environment import LeanDojoEnvironment

        return await LeanDojoEnvironment.open(self.file.theorem(document, hole), screen=screen_tactic)


async def through_language_server(site: Site, document: Document) -> HoleEnvironments:
    """Tactics tried through Lean's language server: any file, nothing traced."""
    return _OneDocument(site)


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
    return _OneCommit(committed)


ENVIRONMENTS: Mapping[str, EnvironmentFactory] = {
    "language-server": through_language_server,
    "leandojo": through_leandojo,
}
"""The kinds, by the names that the command line and the settings know."""
