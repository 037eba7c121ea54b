"""The tactics of a declaration as a tree: blocks, the tactics of each, and the blocks within a tactic.

The tree is read off tokens and layout, as `tactic_blocks` does it, without asking Lean.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.lean.commands import significant
from tools.lean.document import Declaration, Document
from tools.lean.tactic_blocks import find_tactics
from tools.lean.tactic_spans import TacticSpan
from tools.lean.text import Span
from tools.lean.tokens import Token, tokenize


@dataclass(frozen=True, slots=True)
class TacticBlock:
    """A sequence of tactics. `opener` is the text of the token before it: `by`, `=>`, `·`, `(`, `then`, …"""

    opener: str
    tactics: tuple["Tactic", ...]

    @property
    def span(self) -> Span:
        """From the first tactic to the end of the last."""
        return Span(self.tactics[0].span.start, self.tactics[-1].span.end)


@dataclass(frozen=True, slots=True)
class Tactic:
    """One tactic: its span in the file, its first token, and the blocks of tactics that stand within it."""

    span: Span
    head: str
    blocks: tuple[TacticBlock, ...]


def tactic_trees(document: Document) -> Iterator[tuple[Declaration, tuple[TacticBlock, ...]]]:
    """The declarations of a file that have tactic proofs, with their outermost blocks, in order."""
    tokens = significant(tokenize(document.text))
    starts = [token.start for token in tokens]
    for declaration in document.declarations:
        if declaration.body is None:
            continue
        places = (declaration.signature.start, declaration.body.start, declaration.span.end)
        first, body, last = (bisect_left(starts, offset) for offset in places)
        spans = find_tactics(document.source, tokens, first, last, body)
        inside: dict[int | None, list[int]] = {}
        for index, span in enumerate(spans):
            inside.setdefault(span.parent, []).append(index)
        if blocks := _blocks(tokens, spans, inside, None):
            yield declaration, blocks


def _blocks(
    tokens: Sequence[Token], spans: Sequence[TacticSpan], inside: Mapping[int | None, Sequence[int]], parent: int | None
) -> tuple[TacticBlock, ...]:
    """The blocks within a tactic (None: the outermost ones); `inside` lists the tactics of each."""
    members: dict[int, list[Tactic]] = {}
    openers: dict[int, str] = {}
    for index in inside.get(parent, ()):
        span = spans[index]
        place = Span(tokens[span.first].start, tokens[max(span.last - 1, span.first)].end)
        openers.setdefault(span.block, tokens[span.first - 1].text)
        tactic = Tactic(place, tokens[span.first].text, _blocks(tokens, spans, inside, index))
        members.setdefault(span.block, []).append(tactic)
    return tuple(TacticBlock(openers[block], tuple(tactics)) for block, tactics in members.items())
