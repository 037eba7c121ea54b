"""Reasoning that a model writes into its answer, between `<think>` and `</think>`, told apart while it streams."""

import re
from dataclasses import dataclass

_OPEN = ("<think>", "<thinking>")
_CLOSE = ("</think>", "</thinking>")
_TAG = re.compile(r"</?think(?:ing)?>")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that is either answer or reasoning. `turns_all` makes reasoning of all the answer before it."""

    text: str
    reasoning: bool
    turns_all: bool = False


@dataclass
class ThinkSplitter:
    """Takes text as it comes, tags cut anywhere, and gives it back as answer and reasoning without the tags.

    Some chat templates put the opening tag into the prompt. Then a closing one comes alone, and what came before it
    was reasoning, though it had to be given out as answer: a piece with `turns_all` says so.
    """

    _held: str = ""
    _inside: bool = False

    def feed(self, text: str) -> list[Piece]:
        """What is certain by now; what may be the beginning of a tag is held back."""
        text = self._held + text
        pieces: list[Piece] = []
        start = 0
        for tag in _TAG.finditer(text):
            self._add(pieces, text[start : tag.start()])
            closes = tag.group().startswith("</")
            if closes and not self._inside:
                pieces.append(Piece("", reasoning=False, turns_all=True))
            self._inside = not closes
            start = tag.end()
        keep = _possible_tag(text, start)
        self._held = text[keep:]
        self._add(pieces, text[start:keep])
        return pieces

    def end(self) -> list[Piece]:
        """What was held back."""
        pieces: list[Piece] = []
        self._add(pieces, self._held)
        self._held = ""
        return pieces

    def _add(self, pieces: list[Piece], text: str) -> None:
        if text:
            pieces.append(Piece(text, self._inside))


def _possible_tag(text: str, start: int) -> int:
    """Where a beginning of a tag stands at the very end of `text`; its length if there is none."""
    at = text.rfind("<", start)
    if at != -1 and any(tag.startswith(text[at:]) for tag in _OPEN + _CLOSE):
        return at
    return len(text)
