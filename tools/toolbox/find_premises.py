"""Finds declarations that may help: in the project's files, in Lean's library, and for a goal."""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.lean.command_screening import screen_commands
from tools.lean.goals import Goal
from tools.lean.messages import Message
from tools.lean.text import SourceText
from tools.lean.tokens import TokenKind, tokenize
from tools.premises.index import PremiseIndex
from tools.premises.library import PremiseLibrary, imports_of
from tools.premises.premise import LibraryPremise
from tools.premises.project_index import Premise, ProjectIndex
from tools.premises.ranking import RemoteEmbedder
from tools.premises.sources import RemoteSource
from tools.toolbox.holes import HoleArguments, describe_hole, find_hole
from tools.toolbox.tool import Arguments, Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import cut, fit
from tools.toolbox.workspace import FILE_SECONDS, LeanFile, Workspace

Q = TypeVar("Q")

_MAX_FOUND = 15
_MAX_FOR_GOAL = 12
_MAX_REMOTE = 6
_MAX_NAMES = 12
_ENTRY_SIZE = 600
_DOC_SIZE = 200
_NAME = re.compile(r"[^\W\d][\w'!?]*")
_SUGGESTERS = ("exact?", "apply?", "rw?")
_SUGGESTER_SECONDS = 25.0


class FindPremisesArguments(Arguments):
    """What to look for; any of the three ways, or several."""

    query: str = Field(
        default="", description="A part of a name (add_comm, Nat.le_) or words that name and statement hold."
    )
    names: list[str] = Field(
        default_factory=list[str], description="Full names to look up: their types, and definitions in full."
    )
    file: str = Field(default="", description="A Lean file: its imports decide what the library is.")
    declaration: str = Field(default="", description="With file: find what helps at the hole of this declaration.")
    hole: int = Field(default=0, description="Which hole of the declaration, from 1. The first, if not given.")
    line: int = Field(default=0, description="With file: find what helps at the hole on this line.")


@dataclass
class _Findings:
    """What was found, by where; each entry is a text."""

    project: list[str] = field(default_factory=list[str])
    library: list[str] = field(default_factory=list[str])
    named: list[str] = field(default_factory=list[str])
    goal: list[str] = field(default_factory=list[str])
    premises: list[str] = field(default_factory=list[str])
    remote: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])

    def text(self) -> str:
        sections = [
            ("Looked up:", self.named),
            ("For the goal:", self.goal),
            ("Likely premises of the library, for the goal:", self.premises),
            ("In the project:", self.project),
            ("In the library:", self.library),
            ("On the web (may not exist in this library):", self.remote),
            ("What did not work:", self.notes),
        ]
        lines = [line for title, entries in sections if entries for line in (title, *entries)]
        return fit(lines or ["nothing was found"], [])


class FindPremisesTool(Tool[FindPremisesArguments]):
    """Lemmas and definitions by name, by words, by goal."""

    name: ClassVar[str] = "find_premises"
    description: ClassVar[str] = (
        "Find lemmas and definitions: by a part of the name or words of the statement (query), in the project and in "
        "Lean's library; by exact names, with their types (names); or what Lean itself suggests for a hole (file with "
        "declaration or line: exact?, apply?, rw?)."
    )
    deadline: ClassVar[float] = 300.0
    arguments = FindPremisesArguments

    def __init__(
        self, workspace: Workspace, remote: Sequence[RemoteSource] = (), embedder: RemoteEmbedder | None = None
    ) -> None:
        self._workspace = workspace
        self._index = ProjectIndex()
        self._remote = tuple(remote)
        self._embedder = embedder
        self._opened: PremiseLibrary | None = None

    async def run(self, arguments: FindPremisesArguments, context: ToolContext) -> ToolResult:
        """Looks in every way that was asked for. Raises `QedError`."""
        at_hole = bool(arguments.declaration or arguments.line)
        if not arguments.query.strip() and not arguments.names and not at_hole:
            raise QedError("give a query, names, or a hole (file with declaration or line)", exit_code=ExitCode.USAGE)
        if at_hole and not arguments.file:
            raise QedError("a hole needs its file", exit_code=ExitCode.USAGE)
        file = self._workspace.read(arguments.file) if arguments.file else None
        found = _Findings()
        names = _checked(arguments.names)
        if arguments.query.strip():
            found.project = await asyncio.to_thread(self._project, arguments.query)
            found.library = await self._library(file, arguments.query, context)
            found.remote = await self._asked_elsewhere(arguments.query)
        if names:
            found.named = await self._look_up(file, names)
        if at_hole and file is not None:
            found.goal, goal, declaration = await self._suggested(file, arguments, context)
            found.premises = await self._for_goal(file, goal, context)
            found.project += await asyncio.to_thread(self._project_for_goal, goal, declaration, found.project)
        asked_for_words_or_goal = bool(arguments.query.strip()) or at_hole
        if asked_for_words_or_goal and self._embedder is not None and self._embedder.note:
            found.notes.append(self._embedder.note)
        return ToolResult(ToolVerdict.OK, found.text(), asdict(found))

    def _project(self, query: str) -> list[str]:
        self._index.refresh(self._workspace.lean_files())
        return [self._describe(premise) for premise in self._index.find(query, _MAX_FOUND)]

    def _project_for_goal(self, goal: Goal, declaration: str, known: Sequence[str]) -> list[str]:
        """Declarations of the project that speak of what the goal speaks of, but for the goal's own."""
        variables = {name for hypothesis in goal.hypotheses for name in hypothesis.names}
        words = {word for word in _NAME.findall(goal.target) if len(word) > 1} - variables
        self._index.refresh(self._workspace.lean_files())
        found = self._index.find(" ".join(sorted(words)), _MAX_FOR_GOAL)
        entries = [self._describe(premise) for premise in found if premise.name != declaration]
        return [entry for entry in entries if entry not in known]

    def _describe(self, premise: Premise) -> str:
        where = f"{self._workspace.relative(premise.path)}:{premise.line}"
        note = ", not proved yet" if premise.has_hole else ""
        return f"{premise.name} ({where}{note}): {cut(premise.statement, _ENTRY_SIZE)}"

    async def _premises(self, file: LeanFile | None, context: ToolContext) -> PremiseIndex:
        """The index of what the file imports; it is made if it is not there. Raises `QedError`."""
        if self._opened is None:
            self._opened = PremiseLibrary(self._workspace.toolchain, embedder=self._embedder)
        return await self._opened.index_for(imports_of(file.document.header if file else None), context.report)

    async def _asked(
        self, find: Callable[[Q, int], list[LibraryPremise]], question: Q, limit: int
    ) -> list[LibraryPremise]:
        """What the index answers, in a thread, which ends soon after this is cancelled."""
        try:
            return await asyncio.to_thread(find, question, limit)
        except asyncio.CancelledError:
            if self._embedder is not None:
                self._embedder.interrupt()
            raise

    async def _library(self, file: LeanFile | None, query: str, context: ToolContext) -> list[str]:
        """What the index has for a query; where there is no index, what Lean completes the query to."""
        try:
            index = await self._premises(file, context)
            found = await self._asked(index.for_words, query, 2 * _MAX_FOUND)
        except (QedError, sqlite3.Error):
            context.report("asking Lean for names")
            return await self._completed(file, query)
        own = {premise.name for premise in self._index.find(query, _MAX_FOUND)}
        return [_entry(premise) for premise in found if premise.name not in own][:_MAX_FOUND]

    async def _for_goal(self, file: LeanFile, goal: Goal, context: ToolContext) -> list[str]:
        """What the index has for a goal; nothing where there is no index."""
        try:
            index = await self._premises(file, context)
            found = await self._asked(index.for_goal, goal, _MAX_FOR_GOAL)
        except (QedError, sqlite3.Error):
            return []
        return [_entry(premise) for premise in found]

    async def _asked_elsewhere(self, query: str) -> list[str]:
        answers = await asyncio.gather(*(source.find(query, _MAX_REMOTE) for source in self._remote))
        entries: list[str] = []
        for answer in answers:
            entries += [f"{each.name} ({each.source}): {cut(each.type, _ENTRY_SIZE)}" for each in answer.premises]
            entries += [f"({answer.note})"] if answer.note else []
        return entries

    async def _completed(self, file: LeanFile | None, query: str) -> list[str]:
        """What Lean completes the query to, with the types."""
        above = _imports(file)
        names: list[str] = []
        for stem in _stems(query):
            text = f"{above}#check {stem}"
            async with self._workspace.snippet(text, _path(file), FILE_SECONDS) as (document, _):
                names += await document.completions(len(text))
        own = {premise.name for premise in self._index.find(query, _MAX_FOUND)}
        fresh = [name for name in dict.fromkeys(names) if name not in own and _is_name(name)]
        return await self._checked_types(above, _path(file), _nearest(fresh, query)[:_MAX_FOUND])

    async def _checked_types(self, above: str, path: Path | None, names: Sequence[str]) -> list[str]:
        """The types of names; those that Lean does not know are left out."""
        answers = await self._ask(above, path, [f"#check {name}" for name in names])
        return [cut(" ".join(said[0].text.split()), _ENTRY_SIZE) for said in answers if said and not said[0].is_error]

    async def _look_up(self, file: LeanFile | None, names: Sequence[str]) -> list[str]:
        above = f"{file.document.text}\n" if file else ""
        questions = [question for name in names for question in (f"#check {name}", f"#print {name}")]
        answers = await self._ask(above, _path(file), questions)
        entries: list[str] = []
        for check, printed in zip(answers[::2], answers[1::2], strict=True):
            texts = [message.text for message in check]
            # The proof of a theorem is long and says little.
            texts += [m.text for m in printed if not m.is_error and not m.text.startswith(("theorem", "@[", "private"))]
            entries.append(cut("\n".join(texts) or "Lean says nothing", 2 * _ENTRY_SIZE))
        return entries

    async def _ask(self, above: str, path: Path | None, questions: Sequence[str]) -> list[list[Message]]:
        """What Lean says at each question, which stands on a line of its own."""
        if not questions:
            return []
        text = above + "\n".join(questions) + "\n"
        first = SourceText(above).line_count - 1
        answers: list[list[Message]] = [[] for _ in questions]
        async with self._workspace.snippet(text, path, FILE_SECONDS) as (_, elaboration):
            for message in elaboration.messages:
                if 0 <= message.start.line - first < len(questions):
                    answers[message.start.line - first].append(message)
        return answers

    async def _suggested(
        self, file: LeanFile, arguments: FindPremisesArguments, context: ToolContext
    ) -> tuple[list[str], Goal, str]:
        """What Lean suggests for a hole, the goal there, and the declaration that it belongs to."""
        place = HoleArguments(
            file=arguments.file, declaration=arguments.declaration, hole=arguments.hole, line=arguments.line
        )
        hole = find_hole(file.document, place)
        entries = [f"({describe_hole(hole)})"]
        async with self._workspace.asking(file, hole) as environment:
            goal = environment.initial_state.main_goal
            for tactic in _SUGGESTERS:
                context.report(f"asking {tactic}")
                found = await environment.suggest(environment.initial_state, tactic, timeout=_SUGGESTER_SECONDS)
                entries += [f"{tactic}: {cut(text, _ENTRY_SIZE)}" for text in found[:_MAX_FOUND]]
        if len(entries) == 1:
            entries = [f"{entries[0]} exact?, apply? and rw? suggest nothing"]
        return entries, goal, hole.declaration


def _entry(premise: LibraryPremise) -> str:
    """A premise as `#check` shows it, with the beginning of its docstring."""
    spaced = "" if premise.type.startswith(":") else " "
    doc = " ".join(premise.doc.split())
    notes = [note for note in ("deprecated" if premise.is_deprecated else "", doc) if note]
    return cut(f"{premise.written}{spaced}{premise.type}", _ENTRY_SIZE) + (
        f"  -- {cut('; '.join(notes), _DOC_SIZE)}" if notes else ""
    )


def _path(file: LeanFile | None) -> Path | None:
    return file.path if file else None


def _imports(file: LeanFile | None) -> str:
    header = file.document.header.span.end if file else 0
    return f"{file.document.text[:header]}\n" if file and header else ""


def _is_name(text: str) -> bool:
    """Whether a text is one name, and none of those that may not be shown to Lean."""
    tokens = tokenize(text)
    return len(tokens) == 1 and tokens[0].kind is TokenKind.IDENTIFIER and not screen_commands(f"#check {text}")


def _checked(names: Sequence[str]) -> list[str]:
    wanted = [name.strip().lstrip("@") for name in names[:_MAX_NAMES]]
    for name in wanted:
        if not _is_name(name):
            raise QedError(f"{name!r} is not a name that can be looked up", exit_code=ExitCode.USAGE)
    return wanted


def _stems(query: str) -> list[str]:
    """The query as beginnings of names: its words joined as Lean's library joins them, in both orders."""
    words = [word for word in query.split() if _is_name(word)]
    if len(words) > 3:  # that is no name any more
        words = sorted(words, key=len, reverse=True)[:2]
    joined = ["_".join(words), "_".join(reversed(words))]
    return [stem for stem in dict.fromkeys(joined) if stem]


def _nearest(names: Sequence[str], query: str) -> list[str]:
    """Names that hold all words of the query first, then the shorter ones: Lean matches letters, not words."""
    words = query.lower().replace(".", " ").replace("_", " ").split()

    def distance(name: str) -> tuple[int, int]:
        return (-sum(word in name.lower() for word in words), len(name))

    return sorted(names, key=distance)
