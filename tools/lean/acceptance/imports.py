"""The axioms that imported constants rest on.

The library of the embedded Lean comes without its proofs: its theorems are trusted, and only its axioms are told apart.
A native Lean is asked with `#print axioms`, in a document that imports what the file imports and says nothing else:
neither a proof nor anything that the file declares can answer there.
"""

import asyncio
import contextlib
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, Protocol

from tools.errors import QedError
from tools.lean.acceptance.axioms import read_print_axioms
from tools.lean.acceptance.probe import Asker, NoAnswerError
from tools.lean.document import Document
from tools.lean.lean_document import LeanDocument
from tools.lean.machine import MachineLimits
from tools.lean.olean.names import Name, dotted, split_private
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, ToolchainKind

_SECONDS: Final = 300.0
_WRITABLE: Final = re.compile(r"[^«»\n\r]+")


class ImportedAxioms(Protocol):
    """Knows what imported constants rest on. `how` says for people why they are believed."""

    how: str

    async def axioms(self, document: Document, names: Collection[Name]) -> Mapping[Name, Collection[Name]]:
        """The axioms of constants that a file imports, of those that rest on any.

        Raises `NoAnswerError` where Lean does not say.
        """
        ...

    async def close(self) -> None:
        """Ends what was started."""
        ...


def imported_axioms(toolchain: Toolchain, path: Path, limits: MachineLimits) -> ImportedAxioms:
    """What knows the imports of a file with a toolchain."""
    if toolchain.kind is ToolchainKind.EMBEDDED:
        return EmbeddedLibrary()
    return AskedImports(toolchain, path, limits)


class EmbeddedLibrary:
    """The library of the embedded Lean."""

    how = "the embedded library comes without proofs, and is trusted"

    async def axioms(self, document: Document, names: Collection[Name]) -> Mapping[Name, Collection[Name]]:
        """The library's own axioms among the constants."""
        from tools.lean.embedded.library_axioms import library_axioms

        known = await asyncio.to_thread(library_axioms)
        return {name: (name,) for name in names if name in known}

    async def close(self) -> None:
        """There is nothing to end."""


class AskedImports:
    """The imports of a file of a native Lean, asked in one document that stays open; answers are kept."""

    how = "#print axioms"

    def __init__(self, toolchain: Toolchain, path: Path, limits: MachineLimits) -> None:
        self._toolchain = toolchain
        self._path = path.with_name(f".qed-imports-{path.name}")
        self._limits = limits
        self._header: str | None = None
        self._known: dict[Name, Collection[Name]] = {}
        self._open = contextlib.AsyncExitStack()
        self._asker: Asker | None = None

    async def axioms(self, document: Document, names: Collection[Name]) -> Mapping[Name, Collection[Name]]:
        """Asks about those constants that were not asked about before."""
        header = document.text[: document.header.span.end]
        if header != self._header:
            await self.close()
            self._header = header
        if new := sorted((name for name in names if name not in self._known), key=dotted):
            await self._ask(header, new)
        return {name: self._known[name] for name in names if self._known[name]}

    async def _ask(self, header: str, names: Collection[Name]) -> None:
        for name in names:
            is_private, own = split_private(name)
            if is_private or not all(isinstance(part, str) and _WRITABLE.fullmatch(part) for part in own):
                raise NoAnswerError(f"Lean cannot be asked about the imported constant {dotted(name)}")
        if self._asker is None:
            self._asker = await self._opened(header)
        answers = await self._asker.ask([line for name in names for line in _question(name)])
        for name, messages in zip(names, answers[1::2], strict=True):
            found = read_print_axioms(name, messages)
            if found is None:
                raise NoAnswerError(f"Lean does not say what the imported constant {dotted(name)} rests on")
            self._known[name] = found

    async def _opened(self, header: str) -> Asker:
        try:
            server = await self._open.enter_async_context(LeanServer.running(self._toolchain, self._limits))
            document: LeanDocument = await server.open(self._path, header)
        except QedError as error:
            raise NoAnswerError(error.message) from error
        self._open.push_async_callback(document.close)
        return Asker(document, header, file_end=len(header), timeout=_SECONDS)

    async def close(self) -> None:
        """Ends the server."""
        self._asker, self._header, self._known = None, None, {}
        stack, self._open = self._open, contextlib.AsyncExitStack()
        await stack.aclose()


def _question(name: Name) -> tuple[str, str]:
    # The option stands on a line of its own: a linter may have something to say about it.
    return "set_option pp.fullNames true in", f"#print axioms _root_.{dotted(name)}"
