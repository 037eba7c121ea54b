"""What Lean makes of a whole file: by one batch run whose `.olean` is read, else by questions to a language server.

A file without errors takes one run. Where errors were there before, Lean compiles nothing: then the commands that have
them are guarded (`CheckedText`), with the errors that are expected, so that one run does for such a file as well. What
comes out otherwise than expected is looked at once more, as it is.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tools.lean.acceptance.checked_text import GUARD_MISMATCH, CheckedText
from tools.lean.acceptance.comparison import Fill, apply_fills, moved
from tools.lean.acceptance.compiled import CompiledFile
from tools.lean.acceptance.imports import ImportedAxioms, imported_axioms
from tools.lean.acceptance.observation import Observation, Observer, Question, tells_places
from tools.lean.acceptance.probe import NoAnswerError
from tools.lean.artifacts import IsArtifact
from tools.lean.batch.native import BatchUnavailableError
from tools.lean.batch.process import BatchLean, BatchResult, BatchStatus
from tools.lean.document import Document
from tools.lean.machine import MachineLimits
from tools.lean.messages import Message
from tools.lean.olean.format import OleanError
from tools.lean.olean.names import Name
from tools.lean.server import LeanServer
from tools.lean.text import Position
from tools.lean.toolchain import Toolchain

_STALE = "the imports are out of date: build the project first (`lake build`)"

# How long proofs that are checked together may take: seconds, and times as long as the file as it was.
_GROUP_SECONDS = 60.0
_GROUP_FACTOR = 10.0

Wanted = Callable[[Document, Collection[Message]], frozenset[int]]
"""Says, from the messages, of which declarations (by index) the axioms are wanted."""


class Elaborator:
    """Elaborates versions of one file afresh, each in a process that has tried nothing.

    `is_artifact` tells errors that only this toolchain shows. Use `close` at the end.
    """

    def __init__(
        self, toolchain: Toolchain, path: Path, is_artifact: IsArtifact, limits: MachineLimits, timeout: float
    ) -> None:
        """`timeout` is in seconds, for one elaboration."""
        self._toolchain = toolchain
        self._limits = limits
        self._timeout = self._limit = timeout
        self._first_seconds = 0.0
        self._batch = BatchLean(toolchain, path, limits)
        self._observer = Observer(path, is_artifact)
        self._imports: ImportedAxioms = imported_axioms(toolchain, path, limits)

    def prewarm(self) -> None:
        """Starts the process for the next run in the background."""
        self._batch.prewarm()

    async def close(self) -> None:
        """Ends what was started in advance."""
        await self._batch.close()
        await self._imports.close()

    # -- before

    async def first(self, text: str, wanted: Wanted) -> Observation:
        """The file as it is. Raises `NoAnswerError` when Lean does not finish, `QedError` when it cannot be run."""
        document = Document.parse(text)
        try:
            return await self._first(document, wanted)
        except (BatchUnavailableError, _NotCompiledError) as error:
            if isinstance(error, BatchUnavailableError) and error.stale_imports:
                raise NoAnswerError(_STALE) from error
            return await self._questions(text, wanted)

    async def _first(self, document: Document, wanted: Wanted) -> Observation:
        plain = CheckedText(document)
        self._limit = self._timeout
        began = time.monotonic()
        result = await self._run(plain)
        self._first_seconds = time.monotonic() - began
        messages = result.messages
        asked = wanted(document, messages)
        named = frozenset(index for index in asked if document.declarations[index].kind == "example")
        checked = plain.with_names(named) if named else plain
        if named or result.module is None:
            errors = [(document.source.offset(each.start), each) for each in messages if each.is_error]
            checked, result = await self._compiled(checked, errors, result.problem)
        return await self._observation(checked, result, messages, asked)

    async def asked(self, text: str, wanted: frozenset[int]) -> Observation:
        """The file as Lean says it is when it is asked questions, for a comparison with another such answer."""
        return await self._questions(text, lambda _document, _messages: wanted)

    # -- after

    async def again(
        self, before: Observation, text: str, targets: frozenset[int], fills: Sequence[Fill], *, alone: bool
    ) -> Observation:
        """The file with holes filled; `targets` are the declarations that hold them.

        Unless it is `alone`, it is one proof of several, and Lean has less time: whoever keeps it busy is looked for.
        Where Lean shows an error that is new, nothing else is looked at. Raises as `first`.
        """
        impatient = _GROUP_SECONDS + _GROUP_FACTOR * self._first_seconds
        self._limit = self._timeout if alone else min(self._timeout, impatient)
        if before.compiled is not None:
            try:
                return await self._again(before, Document.parse(text), targets, fills)
            except (BatchUnavailableError, _NotCompiledError):
                pass
        _, spans = apply_fills(before.text, fills)
        return await self._questions(text, lambda _document, _messages: targets, before.named, spans[-1].end)

    async def _again(
        self, before: Observation, document: Document, targets: frozenset[int], fills: Sequence[Fill]
    ) -> Observation:
        plain = CheckedText(document)
        named = before.named & targets
        hidden = () if named else _expected(before, document, targets, fills)
        if any(tells_places(message) for _, message in hidden):
            hidden = ()  # it would not be the same below the guard
        guarded = plain.with_guards(hidden, compared=True) or plain
        result = await self._run(guarded)
        if any(GUARD_MISMATCH in each.text for each in result.messages):
            messages = (await self._run(plain)).messages
        else:  # what the guards hide is what it was
            messages = (*_mapped(guarded, result.messages), *(each for _, each in hidden if guarded is not plain))
        if result.module is not None and not named:
            return await self._observation(guarded, result, messages, targets)
        seen = Observation(document, messages, (), named, {}, {})
        is_artifact = self._observer.is_artifact
        if seen.errors(is_artifact) - before.errors(is_artifact):
            return seen
        errors = [(document.source.offset(each.start), each) for each in messages if each.is_error]
        checked, result = await self._compiled(plain.with_names(named), errors, result.problem)
        return await self._observation(checked, result, messages, targets)

    # -- runs

    async def _run(self, checked: CheckedText) -> BatchResult:
        """One run; when it dies, once more in another process."""
        result = await self._one_run(checked)
        if result.status is BatchStatus.CRASHED:
            result = await self._one_run(checked)
        if result.status is not BatchStatus.COMPLETE:
            why = f": {result.problem}" if result.problem else ""
            raise NoAnswerError(f"Lean {result.status.value}{why}", crashed=result.status is BatchStatus.CRASHED)
        return result

    async def _one_run(self, checked: CheckedText) -> BatchResult:
        try:
            return await self._batch.run(checked.text, timeout=self._limit)
        except OSError as error:
            raise BatchUnavailableError(str(error)) from error

    async def _compiled(
        self, checked: CheckedText, errors: Collection[tuple[int, Message]], problem: str
    ) -> tuple[CheckedText, BatchResult]:
        """The text with its errors hidden, so that Lean compiles it. Raises `_NotCompiledError` where it does not."""
        guarded = checked.with_guards(errors, compared=False)
        if guarded is None:
            raise _NotCompiledError("an error stands outside the commands of the file")
        result = await self._run(guarded)
        if result.module is None:
            raise _NotCompiledError(result.problem or problem or "Lean compiles nothing for this file")
        return guarded, result

    async def _observation(
        self, checked: CheckedText, result: BatchResult, messages: Collection[Message], asked: frozenset[int]
    ) -> Observation:
        assert result.module is not None
        compiled = CompiledFile(checked, result.module)
        try:
            types = compiled.types
            imported = compiled.imported(asked)
            outline = compiled.outline
            axioms = await self._axioms_of_imports(checked.document, imported)
            how = self._imports.how if imported else ""
            reports = {index: compiled.report(index, axioms, how) for index in asked}
        except OleanError as error:
            raise _NotCompiledError(f"what Lean compiled is damaged: {error}") from error
        named = frozenset(index for index, _ in checked.named)
        shown = {
            index: types.get(index)
            for index, each in enumerate(checked.document.declarations)
            if each.kind != "example" or index in named
        }
        return Observation(checked.document, tuple(messages), outline, named, shown, reports, compiled)

    async def _axioms_of_imports(self, document: Document, names: Collection[Name]) -> Mapping[Name, Collection[Name]]:
        if not names:
            return {}
        try:
            return await self._imports.axioms(document, names)
        except NoAnswerError as error:
            raise _NotCompiledError(str(error)) from error

    # -- questions

    async def _questions(
        self, text: str, wanted: Wanted, named: frozenset[int] | None = None, file_end: int = 0
    ) -> Observation:
        """The same asked of a language server, in a process of its own."""

        def question(seen: Observation) -> Question:
            asked = wanted(seen.document, seen.messages)
            nameless = frozenset(i for i in asked if seen.document.declarations[i].is_anonymous)
            return Question(text, asked, nameless if named is None else named, file_end, self._timeout)

        async def observed() -> Observation:
            async with LeanServer.running(self._toolchain, self._limits) as server:
                return await self._observer.observe(server, text, self._timeout, question)

        try:
            return await observed()
        except NoAnswerError as error:
            if not error.crashed:
                raise
        return await observed()


class _NotCompiledError(Exception):
    """Lean compiled nothing that could be read."""


def _expected(
    before: Observation, document: Document, targets: frozenset[int], fills: Sequence[Fill]
) -> Sequence[tuple[int, Message]]:
    """The errors that were there before, where they are now, but for those in the commands of what is filled."""
    filled = [document.declarations[index].span.start for index in targets]
    groups = {each.group for each in document.commands if any(at in each.group for at in filled)}
    found: list[tuple[int, Message]] = []
    for message in before.messages:
        offset = moved(fills, before.document.source.offset(message.start))
        if message.is_error and not any(group.start <= offset <= group.end for group in groups):
            position = document.source.position(offset)
            found.append((offset, replace(message, start=position, end=position)))
    return found


def _mapped(checked: CheckedText, messages: Iterable[Message]) -> tuple[Message, ...]:
    """Messages about a checked text, as they are about the file's own."""
    if not checked.replacements:
        return tuple(messages)
    source = checked.document.source

    def place(position: Position) -> Position:
        return source.position(checked.origin(checked.source.offset(position)))

    return tuple(replace(each, start=place(each.start), end=place(each.end)) for each in messages)
