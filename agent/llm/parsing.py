"""Reading tactics and proofs out of what a model has answered, strictly: what is not clearly one is nothing.

Reasoning is dropped before anything is read. Code in a fence counts before all else; without a fence, lines that are
tactics count where the answer begins or ends with them, or announces them by a colon. What gives up or cheats (see
`screen_tactic`) is dropped here already, so that no trial is spent on it.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.llm.tactic_text import continues, is_prose, is_tactic, steps, without_comments, without_repetition
from tools.environment.guards import screen_tactic
from tools.lean.document import Document, HoleKind
from tools.lean.layout import ProofLines
from tools.lean.screening import screen

_MAX_CHARACTERS = 50_000
"""More of an answer is not read, reasoning not counted."""
_TAG = r"(?:think|thinking|thought|reasoning|analysis)"
_OPEN, _CLOSE = re.compile(rf"<{_TAG}>", re.IGNORECASE), re.compile(rf"</{_TAG}>", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(`{3,8}|~{3,8})[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_LEAN = frozenset({"", "lean", "lean4", "tactic", "tactics"})
_ITEM = re.compile(r"^(?:\(?\d+[.)]|[-*•+‣–>])\s+(?=\S)")
_LABEL = re.compile(
    r"^(?:the\s+)?(?:next\s+|suggested\s+|final\s+)?(?:tactic|answer|lean ?4?(?: code)?|output|solution|step|proof)"
    r"(?:\s+(?:step|is|\d+))*\s*:\s*(?=\S)",
    re.IGNORECASE,
)
_INLINE = re.compile(r"^(`{1,3})([^`\n]+)\1(?:\s*$|\s*[-–—:(].*$)")
_PAIRS = {'"': '"', "'": "'", "“": "”", "‘": "’"}
_LEADING_BY = re.compile(r"^(?::=\s*)?by\s+")
_RECOMMENDED = re.compile(
    r"\b(?:use|using|try|apply|suggest|tactic|answer|is|with|would be)\b[^`\n]*`([^`\n]+)`", re.IGNORECASE
)
_DOUBTS = re.compile(r"\b(?:wait|fails?|but|not|can't|cannot|doesn't|won't|however|unless|if|maybe)\b", re.IGNORECASE)
_SHORT_ANSWER = 3
"""Lines up to which a sentence anywhere in an answer may name the tactic."""
_SHORT_PROSE = 6
"""Lines of prose up to which an answer is an answer with words around it, and no reasoning."""
_HEADER = re.compile(r"^(?:import|open|namespace|universe|variable|section)\b")
_OPENS_PROOF = re.compile(r"^(?:theorem|lemma|example|(?::=\s*)?by)\b")


def parse_tactics(reply: str) -> tuple[str, ...]:
    """The tactics that a reply proposes, the first choice first, each once; empty where it proposes none.

    A block of several tactics counts as a whole and by its first step: the one may finish the goal, the other is what
    was asked for.
    """
    text = without_reasoning(reply)[:_MAX_CHARACTERS]
    blocks = _fenced(text)
    found = [tactic for block in blocks for tactic in _of_code(block)] if blocks else list(_of_prose(text))
    return tuple(tactic for tactic in dict.fromkeys(found) if screen_tactic(tactic) is None)


@dataclass(frozen=True, slots=True)
class ProofRead:
    """A whole proof as it was read, from `by` on or a term, and why it must not be shown to Lean, if there is a why."""

    text: str
    refused: tuple[str, ...] = ()


def read_proof(reply: str) -> ProofRead | None:
    """The whole proof that a reply gives; None where there is none.

    The last block that can be one counts: what comes before it is drafts.
    """
    text = without_reasoning(reply)[:_MAX_CHARACTERS]
    blocks = _fenced(text) or _unfenced_proofs(text)
    proof = next((proof for proof in map(_as_proof, blocks) if proof is not None), None)
    if proof is None:
        return None
    return ProofRead(proof, tuple(violation.message for violation in screen(proof, HoleKind.TERM)))


def parse_proof(reply: str) -> str | None:
    """The whole proof that a reply gives, from `by` on or a term; None where there is none, or it would cheat."""
    read = read_proof(reply)
    return None if read is None or read.refused else read.text


def last_block(reply: str) -> str | None:
    """The last fenced block of Lean in a reply; None where there is none."""
    return next(iter(_fenced(without_reasoning(reply)[:_MAX_CHARACTERS])), None)


def without_reasoning(text: str) -> str:
    """The answer alone: what is within `<think>` and the like is dropped, also where one of the tags is missing."""
    *_, last = _CLOSE.split(text)
    return _OPEN.split(last)[0].strip()


def _fenced(text: str) -> list[str]:
    """The fenced blocks of Lean, the last first: models end with what they mean."""
    return [match[3] for match in _FENCE.finditer(text) if match[2].lower() in _LEAN][::-1]


def _of_code(block: str) -> Iterator[str]:
    lines = without_comments(block).split("\n")
    if all(_ITEM.match(line) for line in lines):
        yield from (tactic for line in lines if is_tactic(tactic := _undecorated(line), marked=True))
        return
    body = _body(block)
    if body is None:
        return
    found = without_repetition(steps(ProofLines.parse(body).without_by().text))
    sound = list(itertools.takewhile(lambda step: is_tactic(step, marked=True), found))
    yield from _whole_and_first(sound) if sound else _of_prose(body)


def _whole_and_first(found: Sequence[str]) -> Iterator[str]:
    yield "\n".join(found)
    yield found[0]


def _body(block: str) -> str | None:
    """What is proof in a block: of a declaration that repeats the statement, what comes after `:=`."""
    text = "\n".join(line for line in without_comments(block).split("\n") if not _HEADER.match(line))
    declared = Document.parse(text).declarations
    if not declared:
        return re.sub(r"^\s*:=", "", text) if text.strip() else None
    last = declared[-1]
    if last.body is None or not text.startswith(":=", last.body.start):
        return None
    return text[last.body.start + len(":=") : last.span.end]


def _of_prose(text: str) -> Iterator[str]:
    """Tactics of an answer without fences."""
    lines = [line.rstrip() for line in without_comments(_LEADING_BY.sub("", text)).split("\n")]
    lines = list(ProofLines.parse("\n".join(lines)).lines)
    run = _answer(lines)
    if not run:
        yield from _recommended(lines)
    elif _ITEM.match(run[0]):
        yield from (_undecorated(line) for line in run)
    else:
        yield from _whole_and_first(without_repetition(run))


@dataclass
class _Run:
    """Tactics on lines that follow one another; `announced`: the line before ends with a colon."""

    first: int
    announced: bool
    last: int
    tactics: list[str]


def _answer(lines: Sequence[str]) -> list[str]:
    """The tactics that stand where an answer stands: at the beginning, else at the end, else after a colon.

    Long prose is reasoning, in which tactics are weighed: of it only a single tactic at the very end counts.
    """
    runs = _runs(lines)
    if not runs:
        return []
    if runs[0].first == 0:
        return runs[0].tactics
    *_, last = runs
    ends = last.last == len(lines) - 1
    if len(lines) - sum(run.last - run.first + 1 for run in runs) > _SHORT_PROSE:
        return last.tactics if ends and len(last.tactics) == 1 else []
    return last.tactics if ends else next((run.tactics for run in reversed(runs) if run.announced), list[str]())


def _runs(lines: Sequence[str]) -> list[_Run]:
    runs: list[_Run] = []
    for index, line in enumerate(lines):
        goes_on = bool(runs) and runs[-1].last == index - 1
        if goes_on and continues(line):
            runs[-1].tactics[-1] += "\n" + line
            runs[-1].last = index
        elif is_tactic(plain := _undecorated(line), marked=False):
            if not goes_on:
                runs.append(_Run(index, index > 0 and lines[index - 1].endswith(":"), index, []))
            runs[-1].tactics.append(line if _ITEM.match(line) else plain)
            runs[-1].last = index
    return runs


def _undecorated(line: str) -> str:
    """A line without numbering, bullet, label, bold type, quotes, backticks, and what is said after them."""
    text = _LABEL.sub("", _ITEM.sub("", line.strip()).replace("**", ""))
    if inline := _INLINE.match(text):
        text = inline[2]
    elif len(text) > 1 and _PAIRS.get(text[0]) == text[-1]:
        text = text[1:-1]
    return _LEADING_BY.sub("", text.strip())


def _recommended(lines: Sequence[str]) -> Iterator[str]:
    """The tactic in backticks of a sentence that says to use it; of a long answer the last line alone counts."""
    for line in lines if len(lines) <= _SHORT_ANSWER else lines[-1:]:
        match = _RECOMMENDED.search(line)
        if match and not _DOUBTS.search(line) and is_tactic(match[1], marked=False):
            yield match[1].strip()
            return


def _unfenced_proofs(text: str) -> list[str]:
    """The text from each line that opens a proof up to the sentence after it, the last first."""
    found: list[str] = []
    inside = False
    for line in text.split("\n"):
        if _OPENS_PROOF.match(line) and not is_prose(line):
            found.append(line)
            inside = True
        elif inside and (not line.strip() or continues(line)):
            found[-1] += "\n" + line
        else:
            inside = False
    return found[::-1]


def _as_proof(block: str) -> str | None:
    body = _body(block)
    if body is None or not (lines := ProofLines.parse(body)).tokens:
        return None
    found = without_repetition(steps(lines.without_by().text))
    if is_tactic(found[0], marked=True):
        return "by" + ProofLines.parse("\n".join(found)).on_own_lines(2)
    return None if is_prose(lines.text) or lines.tokens[0].is_word("by") else lines.text
