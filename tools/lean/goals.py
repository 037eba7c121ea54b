"""Goals as Lean prints them, taken apart.

The format is that of `Lean.Meta.ppGoal`: an optional `case` line, one line a group of hypotheses (continuation lines
are indented), and the target after `⊢` (`|` in `conv` mode).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_HYPOTHESIS = re.compile(r"^(?P<names>[^\s:⊢|][^:⊢]*?) :\s(?P<rest>.*)$", re.S)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Hypotheses of one type, for example `p q : Prop`; `value` is the body of a `let`."""

    names: tuple[str, ...]
    type: str
    value: str | None = None

    def accessible_names(self) -> tuple[str, ...]:
        """The names that can be written in a tactic: Lean marks the others with a dagger."""
        return tuple(n for n in self.names if "✝" not in n)


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: what is known, and what is to be shown."""

    case: str | None
    hypotheses: tuple[Hypothesis, ...]
    target: str

    @classmethod
    def parse(cls, text: str) -> "Goal":
        """Parses one pretty-printed goal. A text without `⊢` becomes a goal whose target is the whole text."""
        return _parsed(text)


# One goal is looked at by many: generators, scorers, screens.
@lru_cache(maxsize=2048)
def _parsed(text: str) -> Goal:
    case: str | None = None
    hypotheses: list[Hypothesis] = []
    lines = text.split("\n")
    if lines and lines[0].startswith("case "):
        case = lines.pop(0)[5:].strip()
    groups: list[str] = []
    for line in lines:
        if groups and (line.startswith((" ", "\t")) or groups[-1].startswith(("⊢", "| "))):
            groups[-1] += "\n" + line
        else:
            groups.append(line)
    target = text
    for group in groups:
        if group.startswith("⊢"):
            target = group[1:].strip()
        elif group.startswith("| "):
            target = group[2:].strip()
        elif match := _HYPOTHESIS.match(group):
            kind, assign, value = match["rest"].partition(" := ")
            hypotheses.append(
                Hypothesis(tuple(match["names"].split()), kind.strip(), value.strip() if assign else None)
            )
    return Goal(case, tuple(hypotheses), target)
