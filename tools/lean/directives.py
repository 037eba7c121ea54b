"""Comments that say how qed is to treat a declaration: `-- qed: skip`, `-- qed: hint …`, `-- qed: timeout 60`.

They stand above the declaration, each on a line of its own, anywhere between the command before it and its keyword.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from tools.lean.document import Declaration, Document
from tools.lean.tokens import Token, TokenKind, tokenize

_MARK = "qed:"
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Directives:
    """What the comments above a declaration ask for.

    `skip`: it is to be left alone. `hint`: for whoever proves it, one line for each comment. `timeout`: seconds for
    it, None where nothing is said; the last one counts. `problems` say what cannot be understood, and on which line.
    """

    skip: bool = False
    hint: str = ""
    timeout: float | None = None
    problems: tuple[str, ...] = ()


def directives_of(document: Document, declaration: Declaration) -> Directives:
    """Reads the comments above a declaration of this document."""
    skip, timeout = False, None
    hints, problems = list[str](), list[str]()
    for line, text in _asked(document, declaration):
        word, _, rest = text.partition(" ")
        rest = rest.strip()
        match word:
            case "skip":
                skip = True
                if rest:
                    problems.append(f"line {line}: nothing may follow `skip`: `{rest}`")
            case "hint" if rest:
                hints.append(rest)
            case "timeout" if (seconds := _seconds(rest)) is not None:
                timeout = seconds
            case _:
                problems.append(f"line {line}: {_complaint(word, rest)}")
    return Directives(skip, "\n".join(hints), timeout, tuple(problems))


def _complaint(word: str, rest: str) -> str:
    if not word:
        return "one of `skip`, `hint`, `timeout` has to follow `qed:`"
    if word == "hint":
        return "`hint` needs a text"
    if word == "timeout":
        return f"`timeout` needs a positive number of seconds, not `{rest}`"
    return f"`{word}` is none of `skip`, `hint`, `timeout`"


def _seconds(text: str) -> float | None:
    seconds = float(text) if _NUMBER.fullmatch(text) else 0.0
    return seconds if 0 < seconds < math.inf else None


def _asked(document: Document, declaration: Declaration) -> Iterator[tuple[int, str]]:
    """What stands behind `qed:` in the comments above a declaration, and the line (from 1)."""
    start = _end_of_what_is_before(document, declaration)
    for token in tokenize(document.text[start : declaration.signature.start]):
        content = _content(token)
        if content.startswith(_MARK) and _has_its_line(document, start + token.start, start + token.end):
            line = document.source.line_of(start + token.start) + 1
            yield line, " ".join(content.removeprefix(_MARK).split(maxsplit=1))


def _end_of_what_is_before(document: Document, declaration: Declaration) -> int:
    before = bisect_left(document.commands, declaration.span.start, key=lambda command: command.span.start)
    return document.commands[before - 1].span.end if before else document.header.span.end


def _content(token: Token) -> str:
    """What a plain comment of one line says; empty for everything else."""
    if token.kind is TokenKind.LINE_COMMENT:
        return token.text.removeprefix("--").strip()
    if token.kind is TokenKind.BLOCK_COMMENT and "\n" not in token.text:
        return token.text.removeprefix("/-").removesuffix("-/").strip()
    return ""


def _has_its_line(document: Document, start: int, end: int) -> bool:
    line = document.source.line_span(document.source.line_of(start))
    return not document.text[line.start : start].strip() and not document.text[end : line.end].strip()
