"""The theorems of `lean/suites/`: which there are, and each by itself, ready for a search."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from tools.lean.document import Declaration, Document, Hole

REPOSITORY = Path(__file__).parents[2]
SUITES = REPOSITORY / "lean" / "suites"
PROOFS = Path(__file__).parent / "proofs"
"""The same files with reference proofs."""

_GRADE = re.compile(r"^-- grade: (\w+)\n(?=theorem )", re.MULTILINE)


class Grade(StrEnum):
    """How hard a theorem is, as `lean/suites/README.md` explains."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Third(StrEnum):
    """The parts of the suite. Nothing is tuned on the last one."""

    FIRST = "first"
    SECOND = "second"
    HELD_OUT = "held-out"

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return self.value.replace("-", "_")


@dataclass(frozen=True)
class SuiteFile:
    """A file of the suite (or of its reference proofs): the theorems of one subject in one third."""

    third: Third
    subject: str
    text: str

    @cached_property
    def document(self) -> Document:
        """The file as qed reads it."""
        return Document.parse(self.text)

    @cached_property
    def theorems(self) -> tuple[Declaration, ...]:
        """Its theorems, in their order."""
        return tuple(each for each in self.document.declarations if each.kind == "theorem")

    def grade_of(self, theorem: Declaration) -> Grade:
        """The grade in the line above a theorem. Raises `ValueError` where none stands."""
        lines = self.text[: theorem.signature.start].splitlines(keepends=True)
        found = _GRADE.match("".join((*lines[-1:], "theorem ")))
        if found is None:
            raise ValueError(f"{self.third}/{self.subject}.lean: no grade above {theorem.name}")
        return Grade(found[1])

    def statement_of(self, theorem: Declaration) -> str:
        """A theorem from its keyword up to its proof."""
        return self.text[theorem.signature.start : theorem.signature.end]

    def without_proofs(self) -> str:
        """The text with `…` in the place of every proof."""
        return self._replaced(self.theorems, "…")

    def alone(self, name: str) -> tuple[Document, Hole]:
        """The file without the other theorems, and the hole of this one.

        The others are open: a search that finds one of them by `exact?` would be led astray by it.
        """
        others = [each for each in self.theorems if each.name != name]
        text = self.text
        for each in reversed(others):
            text = text[: each.span.start] + text[each.span.end :]
        document = Document.parse(text)
        return document, document.holes[0]

    def _replaced(self, theorems: Sequence[Declaration], proof: str) -> str:
        text = self.text
        for each in reversed(theorems):
            if each.body is not None:
                text = text[: each.body.start] + proof + text[each.body.end :]
        return text


@dataclass(frozen=True)
class SuiteTheorem:
    """A theorem of the suite; `name` is its full name, unique in the suite."""

    name: str
    grade: Grade
    file: SuiteFile

    def alone(self) -> tuple[Document, Hole]:
        """Its file without the other theorems, and its hole."""
        return self.file.alone(self.name)


def read_files(root: Path = SUITES, thirds: Iterable[Third] = Third) -> tuple[SuiteFile, ...]:
    """The files of the suite below `root`, third by third and by subject."""
    return tuple(
        SuiteFile(third, path.stem, path.read_text(encoding="utf-8"))
        for third in thirds
        for path in sorted((root / third.folder).glob("*.lean"))
    )


def theorems_of(files: Iterable[SuiteFile]) -> tuple[SuiteTheorem, ...]:
    """The theorems of some files, in their order."""
    return tuple(SuiteTheorem(each.name, file.grade_of(each), file) for file in files for each in file.theorems)
