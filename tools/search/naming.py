"""Names for what tactics introduce: readable, and never one that is taken."""

import re
from collections.abc import Iterable

from tools.lean.goals import Goal

_IDENTIFIER = re.compile(r"^(?!_$)[^\W\d][\w'!?]*$")
_PROPOSITION = re.compile(r"[=<>≤≥≠∀∃∧∨¬→↔∈∣]")
DAGGER = "✝"


def taken_names(goal: Goal) -> set[str]:
    """All names of a goal's hypotheses."""
    return {name.rstrip("✝⁰¹²³⁴⁵⁶⁷⁸⁹") for hypothesis in goal.hypotheses for name in hypothesis.names}


def fresh(wish: str, taken: set[str]) -> str:
    """The wished name, or it with the first number that is free; the result is taken from now on."""
    name, number = wish if _IDENTIFIER.match(wish) else "x", 0
    base = name
    while name in taken:
        number += 1
        name = f"{base}{number}"
    taken.add(name)
    return name


def case_names(goal: Goal, known: Iterable[str], *, skipped: int = 0, variable: str = "") -> tuple[str, ...]:
    """Names for the inaccessible hypotheses of a case, in their order.

    The first `skipped` of them were there before. What is printed like a proposition becomes `ih…` when it stands
    for an induction hypothesis and `h` otherwise; the rest of a list `xs` is again `xs`, as the successor's
    predecessor is `n`: `variable` is the name of what was taken apart, which is free again.
    """
    taken = set(known)
    new = [(name, h.type) for h in goal.hypotheses for name in h.names if DAGGER in name][skipped:]
    hypotheses = sum(name.split(DAGGER)[0].endswith("_ih") for name, _ in new)
    names: list[str] = []
    for name, kind in new:
        base = name.split(DAGGER)[0]
        if base.endswith("_ih"):
            wish = "ih" if hypotheses == 1 else f"ih_{base[:-3]}"
        elif re.fullmatch(r"ih\d*", base):
            wish = base
        elif _PROPOSITION.search(kind) and len(base) <= 2:
            wish = "ih" if base == "a" else "h"
        elif base == "tail" and variable:
            wish = variable
        elif base == "head" and variable.endswith("s") and len(variable) > 1:
            wish = variable[:-1]
        else:
            wish = base
        names.append(fresh(wish, taken))
    return tuple(names)
