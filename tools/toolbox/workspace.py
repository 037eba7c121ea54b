"""What all tools share: the folder, one Lean server, open documents, and the acceptance check of each file."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from tools.environment.desk import scratch_path
from tools.environment.names import DEFAULT_ENVIRONMENT, EnvironmentName
from tools.environment.protocol import ProofEnvironment
from tools.environment.session import LeanSession
from tools.errors import ExitCode, QedError
from tools.lean.acceptance.axioms import STANDARD_AXIOMS
from tools.lean.acceptance.proof_file import AcceptanceSettings, ProofFile
from tools.lean.artifacts import IsArtifact, artifacts_of
from tools.lean.claim import claim
from tools.lean.document import Document, Hole
from tools.lean.embedded.package import Progress
from tools.lean.lean_document import LeanDocument
from tools.lean.machine import MachineLimits
from tools.lean.messages import Elaboration
from tools.lean.project_files import project_files
from tools.lean.screening import ScreeningPolicy
from tools.lean.toolchain import Toolchain, ToolchainKind, discover, require_imports
from tools.lean.writeback import FileSnapshot, check_writable
from tools.progress.async_scorer import AsyncProgressScorer
from tools.progress.choice import CHOOSE_MODEL
from tools.search.recipe import Searches, SearchRecipe
from tools.toolbox.documents import OpenDocuments
from tools.toolbox.elaborating import ElaborationReport
from tools.toolbox.tool import Report

FILE_SECONDS = 120.0
"""How long Lean may take for one file."""
_READABLE = frozenset({".lean", ".md", ".tex", ".txt", ".toml"})
_MAX_DOCUMENTS = 4

LeanNews = Literal["waiting", "running", "died"]


@dataclass(frozen=True)
class LeanFile:
    """A Lean file of the project as it is on the disk now. `name` is its path relative to the project's root."""

    name: str
    snapshot: FileSnapshot
    document: Document

    @property
    def path(self) -> Path:
        """The absolute path with links followed."""
        return self.snapshot.real_path


class Workspace:
    """A folder with Lean files, and Lean for it. Nothing is started before a tool needs it; `close` ends everything.

    `toolchain_choice` is what `discover` takes, `environment` where tactics are tried, `recipe` how searches are made
    up; LeanProgress, if it names a model, serves the other tools too. Safe for several tool calls at once: each
    document, and each file's acceptance check, serves one at a time. Lean workers: as many as documents are open (half
    of what the limits allow, at most four), and one more for as long as an acceptance check runs.

    With `leased_workers` there are as many documents as that, and whoever made the workspace has leased their workers:
    a run that holds workers must not wait for others.
    """

    def __init__(
        self,
        root: Path,
        toolchain_choice: str = "auto",
        *,
        limits: MachineLimits | None = None,
        allowed_axioms: tuple[str, ...] = STANDARD_AXIOMS,
        max_heartbeats: int = 100_000,
        environment: EnvironmentName = DEFAULT_ENVIRONMENT,
        recipe: SearchRecipe | None = None,
        leased_workers: int | None = None,
    ) -> None:
        self.root = root.resolve()
        self.recipe = recipe or SearchRecipe()
        self.allowed_axioms = allowed_axioms
        self.max_heartbeats = max_heartbeats
        self._choice = toolchain_choice
        self._environment: EnvironmentName = environment
        self.limits = limits or MachineLimits.default()
        self._leased_workers = leased_workers
        self._starting = asyncio.Lock()
        self._documents: OpenDocuments | None = None
        self._session: LeanSession | None = None
        self._scorer: AsyncProgressScorer | None = None
        self._searches: Searches | None = None
        self._proof_files: dict[Path, ProofFile] = {}
        self._writing: dict[Path, asyncio.Lock] = {}
        self._resources = contextlib.AsyncExitStack()
        self.on_lean: Callable[[LeanNews], None] = lambda _: None
        """Told when Lean waits for other runs of qed, has started, or has died (it is started again when needed)."""

    # -- files

    @cached_property
    def toolchain(self) -> Toolchain:
        """The Lean of this folder. Raises `QedError` when the chosen one is not there."""
        return discover(self.root, self._choice)

    def describe(self) -> str:
        """The toolchain in a few words."""
        return self.toolchain.describe()

    @property
    def policy(self) -> ScreeningPolicy:
        """How strictly texts are screened."""
        return ScreeningPolicy.of(self.toolchain)

    @property
    def _is_embedded(self) -> bool:
        return self.toolchain.kind is ToolchainKind.EMBEDDED

    def resolve(self, name: str, *, suffixes: Collection[str] = (".lean",)) -> Path:
        """The path that a name means, with links followed.

        Raises `QedError` (usage) for what lies outside the folder, be it through a link, and for what is no file that
        tools may look at: another suffix, or a hidden file (but for the Lean sources of packages).
        """
        given = Path(name)
        try:
            path = (given if given.is_absolute() else self.root / given).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise QedError(f"{name!r} is not a path: {error}", exit_code=ExitCode.USAGE) from error
        if not path.is_relative_to(self.root):
            raise QedError(
                f"{name} is outside {self.root}, the folder that tools may look at", exit_code=ExitCode.USAGE
            )
        if path.suffix not in suffixes:
            kinds = ", ".join(sorted(suffixes))
            raise QedError(f"{name} is not a file of these kinds: {kinds}", exit_code=ExitCode.USAGE)
        if path.suffix != ".lean" and _is_hidden(path.relative_to(self.root)):
            raise QedError(f"{name} is hidden: tools do not look at it", exit_code=ExitCode.USAGE)
        return path

    def read_text(self, name: str) -> FileSnapshot:
        """A file of text: Lean, Markdown, TeX, TOML, plain. Raises `QedError`."""
        return FileSnapshot.read(self.resolve(name, suffixes=_READABLE))

    def read(self, name: str) -> LeanFile:
        """A Lean file as it is now. Raises `QedError`, also for a file whose imports this Lean does not have."""
        snapshot = FileSnapshot.read(self.resolve(name))
        return LeanFile(self.relative(snapshot.real_path), snapshot, Document.parse(snapshot.text))

    def relative(self, path: Path) -> str:
        """A path as models name it."""
        return path.relative_to(self.root).as_posix()

    def lean_files(self) -> list[Path]:
        """The Lean files of the project, in order; what `project_files` leaves out aside."""
        return list(project_files(self.root).paths)

    # -- Lean

    def install(self, progress: Progress | None = None) -> None:
        """Installs the embedded Lean, where that is the one of this folder and it is not there. Blocks; for a thread.

        `progress` is as for `ensure_installed`. Raises `QedError`.
        """
        if self._is_embedded:
            from tools.lean.embedded.install import ensure_installed

            ensure_installed(progress)

    @property
    def workers(self) -> int:
        """Lean workers that it has from its start to its end; an acceptance check takes one more for a while."""
        return self._leased_workers or max(2, min(_MAX_DOCUMENTS, self.limits.max_workers // 2))

    async def start(self) -> None:
        """Starts Lean, if it is not running, before a tool needs it. Raises `QedError`."""
        await self._lean()

    async def _lean(self) -> OpenDocuments:
        async with self._starting:
            if self._documents is None:
                toolchain = self.toolchain
                await asyncio.to_thread(self.install)
                places = self.workers
                async with contextlib.AsyncExitStack() as starting:
                    opened = LeanSession.opened(
                        toolchain,
                        self.limits,
                        workers=places if self._leased_workers is None else 0,
                        on_wait=lambda: self.on_lean("waiting"),
                    )
                    self._session = await starting.enter_async_context(opened)
                    server = self._session.server
                    server.on_running = lambda running: self.on_lean("running" if running else "died")
                    self.on_lean("running")
                    self._documents = OpenDocuments(server, places)
                    starting.push_async_callback(self._documents.close)
                    self._resources.push_async_exit(starting.pop_all())
            return self._documents

    def is_artifact(self, text: str) -> IsArtifact:
        """Tells errors that only the embedded Lean shows for a file with this text."""
        return artifacts_of(self.toolchain, text)

    async def _require_imports(self, file: LeanFile) -> None:
        modules = [item.name for item in file.document.header.imports]
        if modules:
            await asyncio.to_thread(require_imports, self.toolchain, Path(file.name), modules)

    @contextlib.asynccontextmanager
    async def elaborated(
        self, file: LeanFile, report: Report | None = None
    ) -> AsyncGenerator[tuple[LeanDocument, Elaboration]]:
        """The file open in Lean, alone for this task, and what Lean says about it. Raises `QedError`.

        `report` is told how far Lean is, if that takes long.
        """
        await self._require_imports(file)
        documents = await self._lean()
        text = file.snapshot.text
        async with contextlib.AsyncExitStack() as held:
            with ElaborationReport(report or _told_nobody, file.path, text) as watch:
                opened = documents.elaborated(file.path, text, FILE_SECONDS, watch.at_line)
                entered = await held.enter_async_context(opened)
            yield entered

    @contextlib.asynccontextmanager
    async def snippet(
        self, text: str, beside: Path | None, seconds: float
    ) -> AsyncGenerator[tuple[LeanDocument, Elaboration]]:
        """A text that is no file, elaborated as if it stood beside one (else in the root). Raises `QedError`."""
        folder = beside.parent if beside else self.root
        modules = [item.name for item in Document.parse(text).header.imports]
        if modules:
            await asyncio.to_thread(require_imports, self.toolchain, Path("the snippet"), modules)
        documents = await self._lean()
        async with documents.elaborated(folder / ".qed-snippet.lean", text, seconds) as opened:
            yield opened

    @contextlib.asynccontextmanager
    async def environment(
        self, file: LeanFile, hole: Hole, on_note: Callable[[str], None] | None = None
    ) -> AsyncGenerator[ProofEnvironment]:
        """The environment in which tactics are tried at a hole, of the kind that was chosen; alone for this task.

        `on_note` is told what to bear in mind about it. Raises `QedError` where Lean shows no goal, and where this
        kind cannot be used.
        """
        async with self._environment_of(self._environment, file, hole, on_note or _told_nobody) as environment:
            yield environment

    @contextlib.asynccontextmanager
    async def asking(self, file: LeanFile, hole: Hole) -> AsyncGenerator[ProofEnvironment]:
        """An environment in which the Lean of this folder is asked about a hole of the file as it is, be it any hole.

        Raises `QedError` where Lean shows no goal.
        """
        async with self._environment_of("language-server", file, hole, _told_nobody) as environment:
            yield environment

    @contextlib.asynccontextmanager
    async def _environment_of(
        self, kind: EnvironmentName, file: LeanFile, hole: Hole, on_note: Callable[[str], None]
    ) -> AsyncGenerator[ProofEnvironment]:
        await self._require_imports(file)
        documents = await self._lean()
        assert self._session is not None  # Lean is running
        environments = await self._session.environments(kind, file.path, file.document, self.max_heartbeats, on_note)
        opening = environments.at(file.document, hole)
        async with documents.environment(scratch_path(file.path, kind), opening) as environment:
            yield environment

    # -- searching

    async def searches(self) -> Searches:
        """What makes the settings of searches in this folder."""
        if self._searches is None:
            scorer = self.scorer() if self.recipe.scoring else None
            prepared = self.recipe.searches(self.toolchain, scorer)
            self._searches = await self._resources.enter_async_context(prepared)
        return self._searches

    def scorer(self) -> AsyncProgressScorer:
        """LeanProgress, which all tools share and which loads its model at the first question.

        Raises `QedError` where no model is chosen.
        """
        if self.recipe.scoring is None:
            raise QedError("no LeanProgress model is chosen", hint=CHOOSE_MODEL, exit_code=ExitCode.CONFIG)
        if self._scorer is None:
            self._scorer = self.recipe.scoring.scorer()
            self._resources.push_async_callback(self._scorer.close)
        return self._scorer

    # -- writing

    @contextlib.asynccontextmanager
    async def writing(self, name: str) -> AsyncGenerator[tuple[LeanFile, ProofFile]]:
        """A file that is to be written, claimed for this task, with the one way in which proofs get into it.

        Raises `QedError`: the file may not be written, or another qed works on it.
        """
        path = self.resolve(name)
        if _is_hidden(path.relative_to(self.root)):
            raise QedError(f"{name} belongs to a package: tools do not write it", exit_code=ExitCode.NOT_ALLOWED)
        async with self._writing.setdefault(path, asyncio.Lock()):
            with claim(path):  # other processes
                file = self.read(name)
                check_writable(file.snapshot)
                await self._require_imports(file)
                if path not in self._proof_files:
                    settings = AcceptanceSettings(self.allowed_axioms, self.limits)
                    self._proof_files[path] = ProofFile(file.snapshot, self.toolchain, settings)
                proofs = self._proof_files[path]
                proofs.take(file.snapshot)
                yield file, proofs

    async def close(self) -> None:
        """Ends Lean and everything that belongs to it."""
        files, self._proof_files = list(self._proof_files.values()), {}
        for proofs in files:
            await proofs.close()
        self._documents = self._session = self._scorer = self._searches = None
        await self._resources.aclose()


def _told_nobody(text: str, data: Mapping[str, Any] | None = None, /) -> None:
    """A report that nobody waits for."""


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
