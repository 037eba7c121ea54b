"""A document as Lean's server sees it: a text with versions, and questions that are answered for a version."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import ExitCode, QedError
from tools.lean.client import CONTENT_MODIFIED, WORKER_CRASHED, RequestFailedError, ServerExitedError
from tools.lean.messages import (
    Elaboration,
    ElaborationStatus,
    Message,
    position_from_lsp,
    position_to_lsp,
)
from tools.lean.text import SourceText, Span

if TYPE_CHECKING:
    from tools.lean.server import LeanServer

QUERY_SECONDS = 30.0
_STALE_IMPORTS = "Imports are out of date"
# A change smaller than this is sent whole: looking for the difference would not pay.
_SMALL_TEXT = 2000
_FATAL_PROGRESS = 2


@dataclass(frozen=True, slots=True)
class Symbol:
    """An entry of the outline of a document."""

    name: str
    kind: int
    span: Span
    children: tuple["Symbol", ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An edit that Lean offers ("Try this"): the text, and the span that it would replace."""

    title: str
    text: str
    span: Span


class LeanDocument:
    """An open document. Made by `LeanServer.open`; not for use by several tasks at once (calls wait in line)."""

    def __init__(self, server: "LeanServer", path: Path, text: str) -> None:
        self.path = path
        self.uri = path.as_uri()
        self.source = SourceText(text)
        self.version = 1
        self._server = server
        self._generation = 0
        self._lock = asyncio.Lock()
        self._published: tuple[int, list[Mapping[str, Any]]] = (0, [])
        self._crashed = asyncio.Event()
        self.processing: list[Mapping[str, Any]] = []
        self.on_line: Callable[[int], None] | None = None
        """Told the line that Lean works on, from 1, whenever Lean tells it."""

    # -- what the server tells

    def on_notification(self, method: str, params: Mapping[str, Any]) -> None:
        """Takes a notification about this document."""
        if method == "textDocument/publishDiagnostics":
            self._published = (params.get("version") or self.version, params["diagnostics"])
            return
        self.processing = params["processing"]
        if any(part.get("kind") == _FATAL_PROGRESS for part in self.processing):
            self._crashed.set()
        elif self.processing and self.on_line is not None:
            self.on_line(self.processing[0]["range"]["start"]["line"] + 1)

    def on_server_exit(self) -> None:
        """Told when the server process has ended."""
        self._crashed.set()

    # -- text

    async def ensure_open(self) -> None:
        """Opens the document in the running process, which is started if need be."""
        await self._server.ensure_running()
        if self._generation != self._server.generation:
            self._open()

    def _open(self) -> None:
        self._generation = self._server.generation
        self._crashed.clear()
        item = {"uri": self.uri, "languageId": "lean4", "version": self.version, "text": self.source.text}
        self._server.client.send("textDocument/didOpen", {"textDocument": item, "dependencyBuildMode": "never"})

    def _change(self, text: str) -> None:
        self.version += 1
        change = _difference(self.source, text)
        self.source = SourceText(text)
        self._crashed.clear()
        self._server.client.send(
            "textDocument/didChange",
            {"textDocument": {"uri": self.uri, "version": self.version}, "contentChanges": [change]},
        )

    # -- elaboration

    async def elaborate(self, text: str | None = None, *, timeout: float, goals_at: Sequence[int] = ()) -> Elaboration:
        """Gives Lean a new text (None: the present one) and waits until it has finished with it.

        `timeout` is in seconds; `goals_at` are offsets in the new text whose goals are wanted. The result belongs to
        this very version. A timeout or a crash is a status of the result, not an exception; raises `QedError` when
        the server cannot be kept running.
        """
        async with self._lock:
            fresh = self._generation
            await self.ensure_open()
            if text is not None:
                self._change(text)
            elif self._crashed.is_set() and fresh == self._generation:
                self._change(self.source.text)
            try:
                async with asyncio.timeout(timeout):
                    goals = await self._settled(goals_at)
            except TimeoutError:
                return self._result(ElaborationStatus.TIMED_OUT, ())
            except ServerExitedError:
                return self._result(ElaborationStatus.CRASHED, ())
            self._server.note_success()
            return self._result(ElaborationStatus.COMPLETE, goals)

    async def settle(self, timeout: float) -> Elaboration:
        """Elaborates the present text; a crash is tried once more, then a crash or timeout is raised as an error."""
        result = await self.elaborate(timeout=timeout)
        if result.status is ElaborationStatus.CRASHED:
            result = await self.elaborate(timeout=timeout)
        if result.complete:
            return result
        what = "crashed on" if result.status is ElaborationStatus.CRASHED else f"took over {timeout:g} s for"
        raise QedError(
            f"Lean {what} {self.path}",
            hint="Try a longer --timeout, or `qed check` on a smaller file.",
            exit_code=ExitCode.LEAN_FAILED,
        )

    async def restart(self) -> None:
        """Gives the document a new worker: for one that no longer answers."""
        async with self._lock:
            if self._generation == self._server.generation and self._server.pid is not None:
                self._server.client.send("textDocument/didClose", {"textDocument": {"uri": self.uri}})
                self.version += 1
                self._open()
            else:
                await self.ensure_open()

    async def _settled(self, goals_at: Sequence[int]) -> tuple[tuple[str, ...] | None, ...]:
        barrier = self._ask("textDocument/waitForDiagnostics", {"uri": self.uri, "version": self.version})
        _, *goals = await asyncio.gather(barrier, *(self._goals(offset) for offset in goals_at))
        return tuple(goals)

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """A request about this document; a worker that dies meanwhile counts as a server that has exited."""
        while True:
            try:
                return await self._server.client.request(method, params)
            except RequestFailedError as error:
                if error.code == WORKER_CRASHED:
                    self._crashed.set()
                    raise ServerExitedError from error
                if error.code != CONTENT_MODIFIED or self._crashed.is_set():
                    raise QedError(f"Lean refused {method}: {error}") from error

    async def _goals(self, offset: int) -> tuple[str, ...] | None:
        answer = await self._ask("$/lean/plainGoal", self._at(offset))
        return None if answer is None else tuple(answer["goals"])

    def _result(self, status: ElaborationStatus, goals: tuple[tuple[str, ...] | None, ...]) -> Elaboration:
        version, published = self._published
        messages = tuple(Message.from_lsp(d) for d in published) if version == self.version else ()
        stale = any(m.text.startswith(_STALE_IMPORTS) for m in messages)
        return Elaboration(status, self.version, messages, goals, stale)

    # -- questions about the present version

    async def _query(self, method: str, params: Mapping[str, Any], timeout: float) -> Any:
        async with self._lock:
            await self.ensure_open()
            try:
                async with asyncio.timeout(timeout):
                    return await self._ask(method, params)
            except TimeoutError as error:
                raise QedError(f"Lean did not answer {method} within {timeout:g} s") from error
            except ServerExitedError as error:
                raise QedError(f"Lean crashed while answering {method}") from error

    def _at(self, offset: int) -> dict[str, Any]:
        return {
            "textDocument": {"uri": self.uri},
            "position": position_to_lsp(self.source.position(offset)),
        }

    async def goals(self, offset: int, *, timeout: float = QUERY_SECONDS) -> tuple[str, ...] | None:
        """The goals before the tactic at the offset; empty: none left; None: no tactic state there."""
        answer = await self._query("$/lean/plainGoal", self._at(offset), timeout)
        return None if answer is None else tuple(answer["goals"])

    async def term_goal(self, offset: int, *, timeout: float = QUERY_SECONDS) -> str | None:
        """The expected type of the term at the offset, with its hypotheses, as a goal; None where there is none."""
        answer = await self._query("$/lean/plainTermGoal", self._at(offset), timeout)
        return None if answer is None else answer["goal"]

    async def completions(self, offset: int, *, timeout: float = QUERY_SECONDS) -> tuple[str, ...]:
        """Full names of what Lean would complete the name before the offset to; Lean matches loosely."""
        answer = await self._query("textDocument/completion", self._at(offset), timeout)
        items: Sequence[Mapping[str, Any]] = answer["items"] if answer else ()
        return tuple(dict.fromkeys(_completed_name(item) for item in items))

    async def symbols(self, *, timeout: float = QUERY_SECONDS) -> tuple[Symbol, ...]:
        """The outline of the document: namespaces, sections and declarations."""
        answer = await self._query("textDocument/documentSymbol", {"textDocument": {"uri": self.uri}}, timeout)
        return tuple(self._symbol(entry) for entry in answer or ())

    async def suggestions(self, span: Span, *, timeout: float = QUERY_SECONDS) -> tuple[Suggestion, ...]:
        """What Lean offers for a span ("Try this"), as edits; those that touch other documents are left out."""
        answer = await self._query(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": self.uri},
                "range": self._range_to_lsp(span),
                "context": {"diagnostics": []},
            },
            timeout,
        )
        return tuple(
            Suggestion(action["title"], edit["newText"], self._span_from_lsp(edit["range"]))
            for action in answer or ()
            if (edit := _single_edit(action)) is not None
        )

    def _symbol(self, entry: Mapping[str, Any]) -> Symbol:
        children = tuple(self._symbol(child) for child in entry.get("children") or ())
        return Symbol(
            entry["name"],
            entry["kind"],
            self._span_from_lsp(entry["range"]),
            children,
        )

    def _span_from_lsp(self, value: Mapping[str, Any]) -> Span:
        start, end = (self.source.offset(position_from_lsp(value[key])) for key in ("start", "end"))
        return Span(start, end)

    def _range_to_lsp(self, span: Span) -> dict[str, Any]:
        return {
            "start": position_to_lsp(self.source.position(span.start)),
            "end": position_to_lsp(self.source.position(span.end)),
        }

    def span_of(self, message: Message) -> Span:
        """The span that a message speaks about, in offsets of the present text."""
        return Span(self.source.offset(message.start), self.source.offset(message.end))

    async def close(self) -> None:
        """Closes the document; its worker ends."""
        self._server.forget(self)
        if self._generation == self._server.generation and self._server.pid is not None:
            self._server.client.send("textDocument/didClose", {"textDocument": {"uri": self.uri}})


def _completed_name(item: Mapping[str, Any]) -> str:
    """The full name of a completion. Lean keeps it, marked `c` for a constant, among the data for itself."""
    match item.get("data"):
        case [*_, str(mark)] if mark.startswith("c"):
            return mark[1:]
        case _:
            return item["label"]


def _single_edit(action: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The text edit of a code action that consists of one edit."""
    changes: Sequence[Mapping[str, Any]] = action.get("edit", {}).get("documentChanges", ())
    edits: list[Mapping[str, Any]] = [edit for change in changes for edit in change.get("edits", ())]
    return edits[0] if len(edits) == 1 else None


def _difference(old: SourceText, new: str) -> dict[str, Any]:
    """The content change that turns `old` into `new`: the smallest range, or the whole of a small text."""
    if len(new) < _SMALL_TEXT:
        return {"text": new}
    start = _common_prefix(old.text, new)
    end = _common_prefix(old.text[start:][::-1], new[start:][::-1])
    stop = len(old.text) - end
    return {
        "range": {
            "start": position_to_lsp(old.position(start)),
            "end": position_to_lsp(old.position(stop)),
        },
        "text": new[start : len(new) - end],
    }


def _common_prefix(a: str, b: str) -> int:
    """The length of the common prefix, by bisection over slices: comparing slices is one fast call each."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
