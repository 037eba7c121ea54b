"""Names for what tactics introduce: readable, and never one that is taken."""

import re
from collections.abc import Iterable

from tools.lean.goals import Goal

_IDENTIFIER = re.compile(r"^[^\W\d][\w'!?]*$")


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


def case_names(goal: Goal, known: Iterable[str]) -> tuple[str, ...]:
    """Names for the inaccessible hypotheses of a case, in their order: induction hypotheses become `ih…`."""
    taken = set(known)
    names: list[str] = []
    for hypothesis in goal.hypotheses:
        for name in hypothesis.names:
            if "✝" not in name:
                continue
            base = name.split("✝")[0]
            if base.endswith("_ih"):
                wish = "ih_" + base[:-3]
            elif base.startswith("a") and len(base) <= 2 and not _is_data(hypothesis.type):
                wish = "ih"
            else:
                wish = base
            names.append(fresh(wish, taken))
    return tuple(names)


def _is_data(kind: str) -> bool:
    """Whether a printed type looks like that of data rather than a proposition."""
    return not re.search(r"[=<>≤≥∀∃∧∨¬→↔∈]", kind)
