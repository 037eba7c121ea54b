"""The steps of a tactic proof that stands in a file, from its tree of tactics and the goals before each of them.

What counts as a step, and what it looks like:

- a tactic is one step, with all that it contains (`constructor <;> simp`, `first | a | b`, `calc …`, `exact fun …`);
- what only arranges tactics is none: bullets, `case … =>`, `next … =>`, `focus`, parentheses. Their tactics are steps;
- `induction`, `cases`, `match`, `if` with arms of tactics are a step without their arms (`induction n`), and the
  tactics of the arms are steps after it;
- `have … : … := by` over several tactics is a step without its proof, whose tactics are steps after it.

Lean shows within a bullet or an arm only the goals of that part. The state of a step is the whole one: what is open
elsewhere stands after them, so that state and steps remaining speak about the same thing, as they do in a search.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from tools.lean.tactic_tree import Tactic, TacticBlock
from tools.progress.trajectory import state_text

Goals = tuple[str, ...]
Step = tuple[str, str]
"""The state before, and the tactic."""
_BULLETS = frozenset({"·", "."})
_NAMING = frozenset({"case", "case'", "next"})
_FOCUSING = _BULLETS | _NAMING | {"focus"}
_PARENTHESES = {"(": ")", "{": "}"}
_CASES = frozenset({"cases", "induction", "fun_cases", "fun_induction"})
_OPENERS = {"match": ("=>",), "if": ("then", "else"), **dict.fromkeys(_CASES, ("=>",))}
# What goes from the text before the first block, so that the step stands for itself.
_LEFT_OUT = {
    "match": re.compile(r"(?<=\swith)\s.*$", re.DOTALL),
    "if": re.compile(r"\sthen\s*$"),
    "have": re.compile(r"\s*:=\s*by\s*$"),
    **dict.fromkeys(_CASES, re.compile(r"\swith(\s.*)?$", re.DOTALL)),
}


class UntraceableError(Exception):
    """A proof whose states Lean does not show, or whose layout cannot be followed."""


def offsets(block: TacticBlock) -> Iterator[int]:
    """Where the goals are needed: before each tactic, and behind the one before a `case`.

    At the very beginning of a `case` (or `next`) Lean shows the goal that it picks, and not the others.
    """
    for tactic, following in zip_longest(block.tactics, block.tactics[1:]):
        yield tactic.span.start
        if following is not None and following.head in _NAMING:
            yield tactic.span.end
        for inner in tactic.blocks:
            yield from offsets(inner)


def proof_steps(text: str, block: TacticBlock, goals: Mapping[int, Goals | None]) -> list[Step]:
    """The steps of an outermost block of `text`; `goals` holds the goals before each of `offsets`.

    Raises `UntraceableError`.
    """
    return list(_Walk(text, goals).block(block, ()))


def steps_before(text: str, block: TacticBlock, at: int) -> list[str]:
    """The steps of an outermost block of `text` that stand whole before an offset, as rows write them."""
    return [step for end, step in _Walk(text, {}).texts(block) if end <= at]


class _Walk:
    def __init__(self, text: str, goals: Mapping[int, Goals | None]) -> None:
        self._text, self._goals = text, goals

    def block(self, block: TacticBlock, elsewhere: Goals) -> Iterator[Step]:
        """The steps of a block; the goals `elsewhere` stay open as long as it runs."""
        after: Goals | None = None
        for tactic, following in zip_longest(block.tactics, block.tactics[1:]):
            here = after if after and tactic.head in _NAMING else self._before(tactic)
            after = self._goals.get(tactic.span.end)
            if not here:
                continue  # `done`, or `all_goals` with nothing left: no step of a proof
            if self._arranges(tactic):
                inner = tactic.blocks[0]
                others = self._others(tactic, here, self._start(inner))
                after = after if tactic.head in _PARENTHESES else others
                yield from self.block(inner, others + elsewhere)
            elif self._has_arms(tactic):
                yield state_text(here + elsewhere), self._opening(tactic)
                yield from self._arms(tactic.blocks, here[1:] + elsewhere)
            elif following is not None and self._is_lemma(tactic):
                yield state_text(here + elsewhere), self._opening(tactic)
                yield from self.block(tactic.blocks[0], self._before(following) + elsewhere)
            else:
                yield state_text(here + elsewhere), self._dedented(tactic.span.start, tactic.span.end)

    def texts(self, block: TacticBlock) -> Iterator[tuple[int, str]]:
        """The texts of the steps of a block, each with the offset where it ends; no goals are needed."""
        for tactic, following in zip_longest(block.tactics, block.tactics[1:]):
            if self._arranges(tactic):
                yield from self.texts(tactic.blocks[0])
            elif self._has_arms(tactic) or (following is not None and self._is_lemma(tactic)):
                yield tactic.blocks[0].span.start, self._opening(tactic)
                for inner in tactic.blocks:
                    yield from self.texts(inner)
            else:
                yield tactic.span.end, self._dedented(tactic.span.start, tactic.span.end)

    def _arms(self, arms: Sequence[TacticBlock], elsewhere: Goals) -> Iterator[Step]:
        for index, arm in enumerate(arms):
            later = tuple(goal for other in arms[index + 1 :] for goal in self._start(other))
            yield from self.block(arm, later + elsewhere)

    def _before(self, tactic: Tactic) -> Goals:
        goals = self._goals.get(tactic.span.start)
        if goals is None:
            raise UntraceableError("Lean shows no state there")
        return goals

    def _start(self, block: TacticBlock) -> Goals:
        return self._before(block.tactics[0])

    def _arranges(self, tactic: Tactic) -> bool:
        """Whether a tactic does nothing but hold a block."""
        if len(tactic.blocks) != 1:
            return False
        behind = self._text[tactic.blocks[0].span.end : tactic.span.end].strip()
        if tactic.head in _PARENTHESES:
            return behind == _PARENTHESES[tactic.head]
        opener = tactic.blocks[0].opener
        fits = opener == tactic.head if tactic.head in _BULLETS | {"focus"} else opener == "=>"
        return tactic.head in _FOCUSING and fits and not behind and "|" not in self._opening(tactic)

    def _others(self, tactic: Tactic, here: Goals, inside: Goals) -> Goals:
        """The goals that wait while a tactic works on some: by name for `case`, else all but the first."""
        if tactic.head in _PARENTHESES:
            return ()
        at = 0
        if tactic.head.startswith("case"):
            tag = self._opening(tactic).split()[1].rstrip("=>")
            at = next((index for index, goal in enumerate(here) if _is_tagged(goal, tag)), -1)
            if at < 0:
                bare = _without_case(inside[0]) if inside else ""
                at = next((index for index, goal in enumerate(here) if _without_case(goal) == bare), 0)
        return here[:at] + here[at + 1 :]

    def _has_arms(self, tactic: Tactic) -> bool:
        """Whether all blocks of a tactic are arms, and the last of them ends it."""
        openers = _OPENERS.get(tactic.head, ())
        arms = tactic.blocks
        return bool(arms) and all(arm.opener in openers for arm in arms) and arms[-1].span.end == tactic.span.end

    def _is_lemma(self, tactic: Tactic) -> bool:
        """Whether this is `have … := by` over several tactics."""
        if tactic.head != "have" or len(tactic.blocks) != 1:
            return False
        proof = tactic.blocks[0]
        opening = self._text[tactic.span.start : proof.span.start]
        several = len(proof.tactics) > 1 and proof.span.end == tactic.span.end
        return several and _LEFT_OUT["have"].search(opening) is not None

    def _opening(self, tactic: Tactic) -> str:
        """A tactic's text without its blocks and what leads to them."""
        text = self._dedented(tactic.span.start, tactic.blocks[0].span.start)
        left_out = _LEFT_OUT.get(tactic.head)
        return (left_out.sub("", text, count=1) if left_out else text).strip()

    def _dedented(self, start: int, end: int) -> str:
        """A piece of the text whose lines begin at the column of its start."""
        column = start - (self._text.rfind("\n", 0, start) + 1)
        lines = self._text[start:end].replace("\r\n", "\n").split("\n")
        return "\n".join([lines[0], *(line[min(column, len(line) - len(line.lstrip())) :] for line in lines[1:])])


def _is_tagged(goal: str, tag: str) -> bool:
    """Whether `case TAG` may mean a goal: its tag, or the end of it."""
    name = goal.partition("\n")[0]
    return name == f"case {tag}" or (name.startswith("case ") and name.endswith(f".{tag}"))


def _without_case(goal: str) -> str:
    return goal.partition("\n")[2] if goal.startswith("case ") else goal
