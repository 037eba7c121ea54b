"""A sketch of a proof: complete, but for steps that it states and leaves to others.

    have h₁ : n ≤ m := by sorry
    obtain ⟨k, hk⟩ : ∃ k, m = n + k := by sorry
    omega

A step is a `have` or an `obtain` with a statement, whose whole proof is `sorry`; a `sorry` anywhere else is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tools.lean.commands import significant
from tools.lean.document import Document, Hole
from tools.lean.layout import ProofLines, replace_hole
from tools.lean.tokens import Token, TokenKind, tokenize

_AROUND = "example : True := by"
_HARMLESS = "rfl"


@dataclass(frozen=True, slots=True)
class SketchStep:
    """What a sketch leaves open. `statement` is as it is written, in one line, with the name if it has one.

    `names` are those that it may add to the hypotheses.
    """

    statement: str
    names: frozenset[str]


@dataclass(frozen=True)
class Sketch:
    """A tactic block, as lines relative to column 0, with its steps in their order."""

    text: str
    steps: tuple[SketchStep, ...]

    @classmethod
    def parse(cls, block: str) -> "Sketch":
        """Reads a tactic block."""
        text = ProofLines.parse(block).text
        return cls(text, tuple(step for _, step in _steps(text)))

    def placed(self, document: Document, hole: Hole) -> tuple[Document, tuple[Hole, ...]]:
        """The document with the sketch in the place of a hole, and the holes of the steps in it."""
        replacement = replace_hole(document, hole, self.text)
        new = Document.parse(replacement.text)
        return new, tuple(each for each in new.holes if replacement.inserted.encloses(each.span))

    @cached_property
    def is_readable(self) -> bool:
        """Whether the steps are all that the sketch leaves open, and each can be found again where it is placed."""
        return len(self._alone.holes) == len(self.steps)

    def filled(self, proofs: Sequence[str]) -> str:
        """The whole proof, with a tactic block for each step."""
        document = self._alone
        # From the last to the first: what stands before a hole stays where it is.
        for index in reversed(range(len(self.steps))):
            filled = replace_hole(document, document.holes[index], proofs[index], as_term=False)
            document = Document.parse(filled.text)
        return ProofLines.parse(document.text[len(_AROUND) :]).text

    @cached_property
    def _alone(self) -> Document:
        return Document.parse(_AROUND + ProofLines.parse(self.text).on_own_lines(2))


def without_steps(text: str) -> str:
    """A text in which something that closes goals honestly stands in the place of what its steps leave open."""
    for token, _ in reversed(list(_steps(text))):
        text = f"{text[: token.start]}{_HARMLESS}{text[token.end :]}"
    return text


def _steps(text: str) -> Iterator[tuple[Token, SketchStep]]:
    """The steps, each with its `sorry`."""
    tokens = significant(tokenize(text))
    for at, token in enumerate(tokens):
        if not token.is_word("sorry"):
            continue
        assign = at - 1 - (at > 0 and tokens[at - 1].is_word("by"))
        if assign > 0 and tokens[assign].is_symbol(":=") and (step := _stated(text, tokens, assign)) is not None:
            yield token, step


def _stated(text: str, tokens: Sequence[Token], assign: int) -> SketchStep | None:
    """The step whose `:=` stands at an index; None where that belongs to something else."""
    depth, colon = 0, -1
    for at in range(assign - 1, -1, -1):
        token = tokens[at]
        if token.kind is TokenKind.SYMBOL:
            depth += (token.text in ")]}⟩") - (token.text[-1] in "([{⟨")
            colon = at if token.text == ":" and depth == 0 else colon
        if depth < 0 or (depth == 0 and (token.is_word("by", "sorry") or token.is_symbol(":="))):
            return None
        if depth == 0 and token.is_word("have", "obtain"):
            if colon < 0:
                return None
            names = {each.text for each in tokens[at + 1 : colon] if each.kind is TokenKind.IDENTIFIER}
            statement = " ".join(text[token.end : tokens[assign].start].split())
            return SketchStep(statement, frozenset(names or {"this"}))
    return None
