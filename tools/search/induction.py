"""Induction and case analysis: on what, and with which arms.

The arms are Lean's own answer: a plain `induction x` yields one goal for each constructor, tagged with its name, and
what the constructor brings stands among the hypotheses under inaccessible names, in the order in which the arm of
`induction x with` wants them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.lean.goals import Goal, Hypothesis
from tools.search.formula import first_word, mentions, shape
from tools.search.generator import SearchContext
from tools.search.naming import DAGGER, case_names, taken_names

# Inductive types of the library whose constructors are worth a case of their own.
_LIBRARY_TYPES = ("Nat", "List", "Option", "Bool", "Int", "Fin", "Prod", "Sum", "Unit", "Array", "Vector", "Char")
# Of these, types whose values are seldom proved about by induction.
_FLAT_TYPES = frozenset({"Int", "Fin", "Char"})
_MAX_VARIABLES = 4
_MAX_FACTS = 2
_MAX_CALLS = 2
_SECONDS = 2.0
HOLE = "?_"


def data_type(hypothesis: Hypothesis, context: SearchContext) -> str:
    """The inductive type that a hypothesis is a value of, as far as it is known; else the empty string."""
    if hypothesis.value is not None or shape(hypothesis.type):
        return ""
    if "×" in hypothesis.type.split():
        return "Prod"
    kind = first_word(hypothesis.type).strip("()").rpartition(".")[2]
    own = {name.rpartition(".")[2] for name in context.types}
    return kind if kind in _LIBRARY_TYPES or kind in own else ""


def is_predicate(context: SearchContext, kind: str) -> bool:
    """Whether a type of the file is applied to values: `Even n` is a fact, `Tree α` may be either."""
    head, _, arguments = kind.partition(" ")
    return bool(context.types_in(head)) and re.search(r"\b[a-z0-9]", arguments) is not None


def own_facts(context: SearchContext, goal: Goal) -> list[str]:
    """The hypotheses that a predicate of the file makes, the last first."""
    return [
        name
        for hypothesis in reversed(goal.hypotheses)
        if hypothesis.value is None and not shape(hypothesis.type) and is_predicate(context, hypothesis.type)
        for name in hypothesis.accessible_names()
    ][:_MAX_FACTS]


def variables(context: SearchContext, goal: Goal, *, besides: Collection[str] = ()) -> tuple[str, ...]:
    """The accessible variables of inductive type that the goal speaks about, those of the target first.

    Types in `besides` do not count.
    """
    found = [
        name
        for hypothesis in reversed(goal.hypotheses)
        if data_type(hypothesis, context) not in ("", "Unit", *besides)
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
    """`induction x`, `fun_induction f x`, `induction x generalizing y z` for a goal, without arms.

    What the file's own predicates say of the goal's variables comes first: a proof follows how that came about.
    """
    chosen = variables(context, goal, besides=_FLAT_TYPES)
    facts = own_facts(context, goal)
    found = [f"induction {name}" for name in facts]
    general = ((name, _others(context, goal, name)) for name in facts)
    found += [f"induction {name} generalizing {' '.join(others)}" for name, others in general if others]
    found += [f"induction {variable}" for variable in chosen]
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


def _others(context: SearchContext, goal: Goal, fact: str) -> list[str]:
    """The values of which a fact says nothing, but the target or another fact does: an induction may be for all."""
    kind = next(h.type for h in goal.hypotheses if fact in h.names)
    elsewhere = [goal.target, *(h.type for h in goal.hypotheses if is_predicate(context, h.type) and h.type != kind)]
    return [
        name
        for hypothesis in goal.hypotheses
        if data_type(hypothesis, context) and not is_predicate(context, hypothesis.type)
        for name in hypothesis.accessible_names()
        if not mentions(kind, name) and any(mentions(text, name) for text in elsewhere)
    ]


@dataclass(frozen=True, slots=True)
class Opened:
    """A case analysis as it is written, and the state that it leads to."""

    tactic: str
    state: TacticState


async def with_arms(
    environment: ProofEnvironment, context: SearchContext, state: TacticState, head: str
) -> Opened | None:
    """The head with an arm `| name x y => ?_` for every case, or as it is where Lean takes no arms.

    Arguments of constructors that are implicit have names in `@name x y` only; that is tried first where a predicate
    of the file is taken apart, whose constructors have them more often than not. None when Lean refuses the head, or
    where it leads back to the same goals.
    """
    outcome = await environment.run_tac(state, head, timeout=_SECONDS)
    if isinstance(outcome, ProofFinished):
        return Opened(head, TacticState(outcome.tactic_state_id, ()))
    if not isinstance(outcome, TacticState) or outcome.goals == state.goals:
        return None
    new = outcome.goals[: outcome.num_goals - state.num_goals + 1]
    arms = named_arms(state.main_goal, new, subject(head)) if new else []
    explicit = [re.sub(r"^\| (\S+)(?= .+ =>)", r"| @\1", arm) for arm in arms]
    is_fact = subject(head) in own_facts(context, state.main_goal)
    for written in (explicit, arms) if is_fact else (arms, explicit):
        if not arms:
            break
        tactic = "\n".join((f"{head} with", *written))
        named = await environment.run_tac(state, tactic, timeout=_SECONDS)
        if isinstance(named, TacticState):
            return Opened(tactic, named)
    return Opened(head, outcome)


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
