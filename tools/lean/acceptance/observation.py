"""What Lean says about a whole file: its messages, its outline, the types of its declarations, and their axioms.

The text is elaborated exactly as it is first. Only then are questions appended to it (see `probe`), and only in that
second version do an `example` and an instance without a name get names, by which Lean can be asked about them.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.lean.acceptance.axioms import AxiomReport, LibraryKinds, ask_axioms
from tools.lean.acceptance.checked_text import CheckedText
from tools.lean.acceptance.probe import UNFINISHED, Asker, NoAnswerError, printed_in_full
from tools.lean.artifacts import IsArtifact
from tools.lean.document import Document
from tools.lean.lean_document import LeanDocument, Symbol
from tools.lean.messages import Message, Severity
from tools.lean.server import LeanServer
from tools.lean.text import SourceText, Span
from tools.lean.tokens import tokenize

if TYPE_CHECKING:
    from tools.lean.acceptance.compiled import CompiledFile

# Numbers that Lean gives to metavariables count up with all that was elaborated before, and places move with the lines.
_PLACE = r"\b[0-9]+:[0-9]+(?:-[0-9]+(?::[0-9]+)?)?\b"
_COUNTED = re.compile(rf"(?<=\?[mu]\.)[0-9]+|{_PLACE}")
_NUMERAL = re.compile(r"(?<=nat_lit )[0-9]+")
_SIGNS = ("sorry", "admit", "sorryAx")


@dataclass(frozen=True)
class Observation:
    """One elaboration of a text. Declarations are known by their index in `document.declarations`.

    `named` are those without a name of their own that were given one so that Lean could be asked. `types` are digests
    of their structure, or as Lean prints them in full, None where it has none; `axioms` were asked for some
    declarations only. `compiled` is what Lean compiled, None where it was asked questions instead: two observations can
    be compared where they were made alike.
    """

    document: Document
    messages: tuple[Message, ...]
    outline: tuple[Symbol, ...]
    named: frozenset[int]
    types: Mapping[int, str | None]
    axioms: Mapping[int, AxiomReport]
    compiled: "CompiledFile | None" = None

    @property
    def text(self) -> str:
        """The text that was elaborated."""
        return self.document.text

    def errors(self, is_artifact: IsArtifact) -> Counter[tuple[int, str]]:
        """The errors, counted by declaration (-1: outside all) and text; positions do not count."""
        return Counter(
            (self.declaration_at(message), _COUNTED.sub("", message.text))
            for message in self.messages
            if message.is_error and not message.is_sorry_warning and not is_artifact(message)
        )

    def sorry_warnings(self) -> Counter[int]:
        """How often Lean warns that a declaration uses `sorry`, by declaration."""
        return Counter(self.declaration_at(message) for message in self.messages if message.is_sorry_warning)

    def declaration_at(self, message: Message) -> int:
        """The declaration that a message is about; -1 where there is none."""
        return enclosing(self.document, self.document.source.offset(message.start))


@dataclass(frozen=True, slots=True)
class Question:
    """What to observe. `axioms` and `named` are indices of declarations; `file_end`: see `Asker`; `timeout` seconds."""

    text: str
    axioms: frozenset[int]
    named: frozenset[int]
    file_end: int
    timeout: float


def enclosing(document: Document, offset: int) -> int:
    """The index of the declaration that holds an offset (or ends there); -1 where there is none."""
    for index, declaration in enumerate(document.declarations):
        if declaration.span.start <= offset <= declaration.span.end:
            return index
    return -1


def count_sorries(text: str) -> int:
    """How often a text says `sorry` (or `admit`, `sorryAx`), comments and strings aside."""
    return sum(token.is_word(*_SIGNS) for token in tokenize(text))


def sorry_places(text: str, span: Span) -> list[int]:
    """The offsets of the words in a span that leave something open, comments and strings aside."""
    found = tokenize(text[span.start : span.end])
    return [span.start + token.start for token in found if token.is_word(*_SIGNS, "stop")]


def tells_places(message: Message) -> bool:
    """Whether the text of a message holds lines and columns: it is another one wherever lines have moved."""
    return re.search(_PLACE, message.text) is not None


def open_declarations(document: Document, errors: Iterable[tuple[int, str]]) -> frozenset[int]:
    """The declarations that say `sorry` or have errors: those whose holes may be filled."""
    saying = {
        index
        for index, declaration in enumerate(document.declarations)
        if count_sorries(document.text[declaration.span.start : declaration.span.end])
    }
    return frozenset(saying | {index for index, _ in errors if index >= 0})


class Observer:
    """Observes versions of one file, each in a server of its own."""

    def __init__(self, path: Path, is_artifact: IsArtifact) -> None:
        self.path = path
        self.is_artifact = is_artifact
        self._library = LibraryKinds()

    async def observe(
        self, server: LeanServer, text: str, timeout: float, question: Callable[["Observation"], Question] | Question
    ) -> Observation:
        """Elaborates a text and asks about it; a question may depend on what the elaboration said.

        Raises `NoAnswerError` when Lean does not finish, and `QedError` when it cannot be run.
        """
        opened = await server.open(self.path, text)
        try:
            first = await self._elaborate(opened, Document.parse(text), timeout)
            asked = question if isinstance(question, Question) else question(first)
            return await self._ask(server, opened, first, asked)
        finally:
            await opened.close()

    async def _elaborate(self, opened: LeanDocument, document: Document, timeout: float) -> Observation:
        result = await opened.elaborate(timeout=timeout)
        if not result.complete:
            raise NoAnswerError.after(result)
        if result.stale_imports:
            raise NoAnswerError("the imports are out of date: build the project first (`lake build`)")
        return Observation(document, result.messages, await opened.symbols(timeout=timeout), frozenset(), {}, {})

    async def _ask(
        self, server: LeanServer, opened: LeanDocument, seen: Observation, question: Question
    ) -> Observation:
        text, names = _with_names(seen.document, question.named)
        moved = question.file_end + len(text) - len(seen.text) if question.named else question.file_end
        asker = Asker(opened, text, file_end=min(max(moved, 0), len(text)), timeout=question.timeout)
        indices = sorted(names)
        answers = await asker.ask([printed_in_full(f"#check @_root_.{names[index]}") for index in indices])
        types = {index: _printed(messages) for index, messages in zip(indices, answers, strict=True)}
        self._compare(seen, asker.above, text)
        wanted = sorted(question.axioms & names.keys())
        reports = await ask_axioms(
            asker,
            server.toolchain.kind,
            [names[index] for index in wanted],
            declared=names.values(),
            library=self._library,
        )
        axioms = {index: reports[names[index]] for index in wanted}
        return Observation(seen.document, seen.messages, seen.outline, question.named, types, axioms)

    def _compare(self, seen: Observation, above: tuple[Message, ...], text: str) -> None:
        """The text must mean under the questions what it means alone."""
        source = SourceText(text)
        document = Document(source, seen.document.header, seen.document.commands, ())
        again = Observation(document, above, (), frozenset(), {}, {})
        before = Counter(text for _, text in seen.errors(self.is_artifact).elements())
        after = Counter(text for _, text in again.errors(self.is_artifact).elements())
        fresh = [error for error in after - before if not error.startswith(UNFINISHED)]
        if fresh:
            raise NoAnswerError(f"under qed's questions the file shows another error: {fresh[0]}")


def _printed(messages: tuple[Message, ...]) -> str | None:
    if len(messages) != 1 or messages[0].severity is not Severity.INFORMATION:
        return None
    text = messages[0].text
    # A `sorry` in a statement carries its own line and column, which move.
    return _NUMERAL.sub("", text) if "sorryAx" in text else text


def _with_names(document: Document, named: Collection[int]) -> tuple[str, dict[int, str]]:
    """The text in which the given declarations without names have some, and the full names of all that have one."""
    known = {index: each.name for index, each in enumerate(document.declarations) if not each.is_anonymous}
    checked = CheckedText(document).with_names(frozenset(named) - known.keys())
    return checked.text, known | dict(checked.named)
