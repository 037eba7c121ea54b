"""A hole as strategies see it: a place in a text, wherever that text comes from."""

from dataclasses import dataclass
from functools import cached_property

from tools.lean.document import Document, Hole
from tools.search.context import context_of
from tools.search.generator import SearchContext


@dataclass(frozen=True)
class Case:
    """A hole of a text that is to be proved.

    `number` is that of the hole of the file (from 1) for which all this is done, `hint` what the person said about it.
    `depth` counts the sketches around it: 0 for a hole of the file itself, 1 for a step of a sketch in its place.
    """

    document: Document
    hole: Hole
    number: int = 1
    hint: str = ""
    depth: int = 0

    @cached_property
    def context(self) -> SearchContext:
        """What the text around the hole offers."""
        return context_of(self.document, self.hole)

    @property
    def statement(self) -> str:
        """The declaration around the hole, as it is written, up to its body."""
        signature = self.document.declaration_of(self.hole).signature
        return self.document.text[signature.start : signature.end].strip()
