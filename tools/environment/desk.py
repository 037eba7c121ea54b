"""Where environments over the language server work: a scratch document beside the file that is worked on."""

import contextlib
from pathlib import Path

from tools.errors import QedError
from tools.lean.lean_document import LeanDocument
from tools.lean.server import LeanServer


class Desk:
    """A place for one environment after the other. `path` is absolute; nothing is written there.

    The document stays open from one environment to the next: what their holes have above them in common is not
    elaborated again. An environment that has no use for a document leaves the desk empty.
    """

    def __init__(self, server: LeanServer, path: Path) -> None:
        self._server = server
        self._path = path
        self._document: LeanDocument | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no document is open here."""
        return self._document is None

    async def opened(self, text: str) -> LeanDocument:
        """The document. It is opened with this text where it is not open, and else keeps the text that it has."""
        if self._document is None:
            self._document = await self._server.open(self._path, text)
        return self._document

    async def close(self) -> None:
        """Closes the document, if there is one."""
        document, self._document = self._document, None
        if document is not None:
            with contextlib.suppress(QedError):
                await document.close()


def scratch_path(file: Path, name: str) -> Path:
    """The path for a scratch document beside a file: hidden, and another for each name."""
    path = file.absolute()
    return path.with_name(f".{path.stem}.qed-{name}.lean")
