"""Induction and case analysis: on what, and with which arms.

The arms are Lean's own answer: a plain `induction x` yields one goal for each constructor, tagged with its name, and
what the constructor brings stands among the hypotheses under inaccessible names, in the order in which the arm of
`induction x with` wants them.
"""

import re
from collections.abc import Sequence

from tools.environment.protocol import ProofEnvironment, TacticState
from tools.lean.goals import Goal, Hypothesis
from tools.search.formula import mentions, shape
from tools.search.generator import SearchContext
from tools.search.naming import DAGGER, case_names, taken_names

# Inductive types of the library whose constructors are worth a case of their own.
_LIBRARY_TYPES = ("Nat", "List", "Option", "Bool", "Int", "Fin", "Prod", "Sum", "Unit", "Array", "Vector", "Char")
_MAX_VARIABLES = 4
_MAX_CALLS = 2
_SECONDS = 2.0
HOLE = "?_"


def data_type(hypothesis: Hypothesis, context: SearchContext) -> str:
    """The inductive type that a hypothesis is a value of, as far as it is known; else the empty string."""
    if hypothesis.value is not None or shape(hypothesis.type):
        return ""
    if "×" in hypothesis.type.split():
        return "Prod"
    head = hypothesis.type.split()[0].strip("()").rpartition(".")[2] if hypothesis.type else ""
    own = {name.rpartition(".")[2] for name in context.types}
    return head if head in _LIBRARY_TYPES or head in own else ""


def variables(context: SearchContext, goal: Goal) -> tuple[str, ...]:
    """The accessible variables of inductive type that the goal speaks about, those of the target first."""
    found = [
        name
        for hypothesis in reversed(goal.hypotheses)
        if data_type(hypothesis, context) not in ("", "Unit")
        for name in reversed(hypothesis.accessible_names())
    ]
    in_target = [name for name in found if mentions(goal.target, name)]
    elsewhere = [n for n in found if n not in in_target and any(mentions(h.type, n) for h in goal.hypotheses)]
    return tuple((in_target + elsewhere)[:_MAX_VARIABLES])


def calls_of(name: str, target: str) -> list[str]:
    """Calls of a function in a target whose arguments are variables: `f x y`, also where Lean prints `x.f y`."""
    space, _, last = name.rpartition(".")
    word = r"[^\W\d][\w'!?]*"
    call = re.compile(rf"(?<![\w.'!?])((?:{word}\.)*?){re.escape(last)}(?![\w'!?])((?: {word})*)")
    found: list[str] = []
    for match in call.finditer(target):
        before, arguments = match[1].removesuffix("."), match[2]
        if not before or f".{space}".endswith(f".{before}"):
            found += [f"{name}{arguments}"] if arguments else []
        elif "." not in before:
            found.append(f"{name} {before}{arguments}")
    return list(dict.fromkeys(found))[:_MAX_CALLS]


def heads(context: SearchContext, goal: Goal) -> list[str]:
    """`induction x`, `fun_induction f x`, `induction x generalizing y z` for a goal, without arms."""
    chosen = variables(context, goal)
    found = [f"induction {variable}" for variable in chosen]
    for name in context.definitions_in(goal.target):
        found += [f"fun_induction {call}" for call in calls_of(name, goal.target)]
    for variable in chosen:
        others = [
            name
            for hypothesis in goal.hypotheses
            if not hypothesis.type.startswith(("Type", "Sort", "Prop"))
            for name in hypothesis.accessible_names()
            if name != variable and mentions(goal.target, name) and not mentions(hypothesis.type, variable)
        ]
        if others:
            found.append(f"induction {variable} generalizing {' '.join(others)}")
    return found


def subject(head: str) -> str:
    """The variable that a head takes apart; the empty string for `fun_induction`."""
    word, _, rest = head.partition(" ")
    return rest.split(" ")[0].partition(":")[0] if word in ("induction", "cases") else ""


async def with_arms(environment: ProofEnvironment, state: TacticState, head: str) -> str | None:
    """The head with an arm `| name x y => ?_` for every case, or as it is where it leaves at most one goal.

    None when Lean refuses it, or where it leads back to the same goals.
    """
    outcome = await environment.run_tac(state, head, timeout=_SECONDS)
    if not isinstance(outcome, TacticState) or outcome.goals == state.goals:
        return None
    new = outcome.goals[: outcome.num_goals - state.num_goals + 1]
    if not new:
        return head
    arms = named_arms(state.main_goal, new, subject(head))
    return head + " with\n" + "\n".join(arms) if arms else None


def named_arms(before: Goal, goals: Sequence[str], variable: str) -> list[str]:
    """The arms for the goals that a case analysis of a goal has left; empty when Lean did not tag them."""
    known = taken_names(before) - {variable}
    skipped = sum(DAGGER in name for hypothesis in before.hypotheses for name in hypothesis.names)
    arms: list[str] = []
    for text in goals:
        goal = Goal.parse(text)
        if goal.case is None or DAGGER in goal.case:
            return []
        names = case_names(goal, known, skipped=skipped, variable=variable)
        arms.append(f"| {' '.join((goal.case.rpartition('.')[2], *names))} => {HOLE}")
    return arms
