"""Structural tactics: the steps that the shape of the goal and of its hypotheses asks for."""

import itertools
import re
from collections.abc import Iterator

from tools.environment.protocol import TacticState
from tools.lean.goals import Goal, Hypothesis
from tools.search.formula import bare, binders, first_word, mentions, parts, shape
from tools.search.generator import Candidate, SearchContext
from tools.search.induction import data_type, is_predicate
from tools.search.naming import fresh, taken_names

_MAX_INSTANCES = 4
_MAX_WITNESSES = 12
_ADDED = 3  # of so many numbers each two are added
_MAX_LEMMAS = 6
_MAX_DISTINCTIONS = 3
_MAX_CONSTRUCTORS = 6
_DECIDED_CALL = r"(?<![\w.'!?]){}(?: [\w.'!?]+)+"


class StructuralGenerator:
    """Proposes steps by the shape of the main goal; implements `TacticGenerator`."""

    async def candidates(self, context: SearchContext, state: TacticState) -> list[Candidate]:
        """Steps for the main goal, each tactic once."""
        goal = state.main_goal
        found = [
            *_by_target(context, goal),
            *_by_hypotheses(context, goal),
            *_by_names(context, state.goals[0], goal),
            *_distinctions(goal),
            *_simplifications(context, goal),
        ]
        return list({candidate.tactic: candidate for candidate in reversed(found)}.values())[::-1]


def invertible(context: SearchContext, goal: Goal) -> Candidate | None:
    """A step that loses nothing, if there is one: introductions, taking `∃` and `∧` apart, unfolding notions."""
    steps = itertools.chain(
        _by_target(context, goal), _by_hypotheses(context, goal), _by_names(context, goal.target, goal)
    )
    return next((step for step in steps if step.invertible), None)


def _by_target(context: SearchContext, goal: Goal) -> Iterator[Candidate]:
    target, taken = goal.target, taken_names(goal)
    match shape(target):
        case "∀":
            names = [fresh(binder.name, taken) for binder in binders(target)[0]] or [fresh("x", taken)]
            yield Candidate(f"intro {' '.join(names)}", 0.1, invertible=True)
        case "→" | "¬" | "≠":
            yield Candidate(f"intro {_hypothesis_name(target, taken)}", 0.1, invertible=True)
        case "∃":
            yield from _witnesses(context, goal)
        case "∧" | "↔":
            yield Candidate("constructor", 0.3, invertible=True)
        case "∨":
            yield Candidate("left", 1.0)
            yield Candidate("right", 1.0)
        case "=":
            if re.search(r"\bfun\b|∘", target) or all(side.isidentifier() for side in parts(target)):
                yield Candidate(f"funext {fresh('x', set(taken))}", 1.0)
            yield Candidate("congr 1", 2.5)
        case "":
            yield from _by_head(context, target, taken)
        case _:
            pass
    if re.search(r"\b(if|match)\b", target):
        yield Candidate("split", 0.8)
    if target != "False" and any(shape(h.type) in ("¬", "≠") for h in goal.hypotheses):
        yield Candidate("exfalso", 2.5)


def _by_head(context: SearchContext, target: str, taken: set[str]) -> Iterator[Candidate]:
    """A target that begins with a name: a predicate of the file, or something that reduces to a known shape."""
    if target == "False":
        return
    if constructors := context.constructors_for(target):
        yield from (Candidate(f"apply {name}", 0.8) for name in constructors[:_MAX_CONSTRUCTORS])
    elif context.types_in(first_word(target)):
        yield Candidate("constructor", 0.8)
    else:
        yield Candidate(f"intro {fresh('x', set(taken))}", 1.5)
        yield Candidate("constructor", 2.0)


def _hypothesis_name(target: str, taken: set[str]) -> str:
    """`hp` for `p → …`, `h` for anything else."""
    premise = parts(target)[0] if shape(target) == "→" else ""
    return fresh(f"h{premise}" if premise.isalpha() and len(premise) == 1 else "h", taken)


def _witnesses(context: SearchContext, goal: Goal) -> Iterator[Candidate]:
    for index, witness in enumerate(witnesses(context, goal)):
        yield Candidate(f"refine ⟨{witness}, ?_⟩", 1.6 + 0.1 * index)


def witnesses(context: SearchContext, goal: Goal) -> list[str]:
    """Values that a target `∃ x, …` may be about: variables, small numbers, sums of two."""
    bound, _ = binders(goal.target)
    wanted = bound[0].type if bound else None
    names = [
        (name, h.type)
        for h in goal.hypotheses
        for name in h.accessible_names()
        if _is_witness(context, h.type) and wanted in (None, h.type)
    ]
    last = [name for name, _ in reversed(names)]
    numbers = [name for name, kind in reversed(names) if kind in ("Nat", "Int")][:_ADDED]
    successors = [f"{name} + 1" for name in numbers]
    sums = [f"{one} + {other}" for other, one in itertools.combinations(numbers, 2)]
    found = [*last[:_ADDED], "0", "1", *successors, *sums, "2", *last]
    return list(dict.fromkeys(found))[:_MAX_WITNESSES]


def _is_witness(context: SearchContext, kind: str) -> bool:
    if shape(kind) or kind.startswith(("Prop", "Type", "Sort")) or is_predicate(context, kind):
        return False
    return not context.definitions_in(first_word(kind))


def _by_hypotheses(context: SearchContext, goal: Goal) -> Iterator[Candidate]:
    taken = taken_names(goal)
    for hypothesis in reversed(goal.hypotheses):
        if hypothesis.value is not None or hypothesis.type.startswith(("Type", "Sort")):
            continue
        for name in hypothesis.accessible_names():
            if hypothesis.type == "Prop":
                if mentions(goal.target, name):
                    yield Candidate(f"by_cases {fresh('h', set(taken))} : {name}", 2.0)
            elif not _is_data(context, goal, hypothesis):
                yield from _by_hypothesis(context, hypothesis, name, set(taken))
                yield from _instances(goal, hypothesis, name, set(taken))


def _instances(goal: Goal, hypothesis: Hypothesis, name: str, taken: set[str]) -> Iterator[Candidate]:
    """A universal hypothesis, said of a variable of the goal whose type is the one it asks for."""
    bound, body = binders(hypothesis.type)
    if shape(hypothesis.type) != "∀" or not bound:
        return
    for other in goal.hypotheses:
        if other.type != bound[0].type:
            continue
        for variable in other.accessible_names()[:_MAX_INSTANCES]:
            names = set(taken)
            if len(bound) == 1 and shape(body) == "∃":
                yield Candidate(f"obtain {_pattern(body, names)} := {name} {variable}", 0.6)
            else:
                yield Candidate(f"have {fresh(f'{name}_{variable}', names)} := {name} {variable}", 1.4)


def _pattern(kind: str, taken: set[str]) -> str:
    """The pattern that takes an existential statement or a conjunction apart, one level deep."""
    if shape(kind) == "∃":
        bound, _ = binders(kind)
        names = [fresh(binder.name, taken) for binder in bound] or [fresh("x", taken)]
        return f"⟨{', '.join((*names, fresh('h' + names[-1], taken)))}⟩"
    return f"⟨{fresh('h₁', taken)}, {fresh('h₂', taken)}⟩"


def _by_hypothesis(context: SearchContext, hypothesis: Hypothesis, name: str, taken: set[str]) -> Iterator[Candidate]:
    kind = hypothesis.type
    match shape(kind):
        case "∃" | "∧":
            yield Candidate(f"obtain {_pattern(kind, taken - {name})} := {name}", 0.1, invertible=True)
        case "∀":
            yield Candidate(f"apply {name}", 0.8)
            yield Candidate(f"rw [{name}]", 1.8)
            yield Candidate(f"simp [{name}]", 1.8)
        case "↔":
            yield Candidate(f"rw [{name}]", 1.2)
            yield Candidate(f"rw [← {name}]", 1.6)
        case "∨":
            yield Candidate(f"rcases {name} with {name} | {name}", 0.5)
        case "→" | "¬":
            yield Candidate(f"apply {name}", 0.8)
        case "=":
            defines = any(_is_free(side, other) for side, other in itertools.permutations(parts(kind)))
            yield Candidate(f"subst {name}", 0.1 if defines else 0.8, invertible=defines)
            yield Candidate(f"rw [{name}]", 1.2)
            yield Candidate(f"rw [← {name}]", 1.6)
            yield Candidate(f"injection {name}", 2.0)
        case "":
            yield Candidate(f"apply {name}", 1.6)
            if context.definitions_in(first_word(kind)):
                return
            yield Candidate(f"cases {name}", 1.2, origin="cases")
            if not is_predicate(context, kind):  # the search has inductions on the file's own by itself
                yield Candidate(f"induction {name}", 1.8, origin="induction")
        case _:
            yield Candidate(f"apply {name}", 2.0)


def _is_free(side: str, other: str) -> bool:
    """Whether a side of an equation is a variable that the other does not speak of: it can be put for it everywhere."""
    return side.isidentifier() and not side[0].isdigit() and not mentions(other, side)


def _is_data(context: SearchContext, goal: Goal, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis is a value, or a function to values, rather than a fact, as far as its type tells."""
    kind = hypothesis.type
    while shape(kind) == "→":
        kind = parts(kind)[1]
    if data_type(Hypothesis(hypothesis.names, kind), context) or kind.startswith(("Prop", "Type", "Sort")):
        return not is_predicate(context, kind)
    sorts = (h for h in goal.hypotheses if h.type.startswith(("Type", "Sort")))
    return any(first_word(kind) in h.names for h in sorts)


def _by_names(context: SearchContext, text: str, goal: Goal) -> Iterator[Candidate]:
    for name in context.definitions_in(goal.target):
        yield Candidate(f"unfold {name}", 1.2, origin="definitions")
        yield Candidate(f"simp [{name}]", 1.2, origin="definitions")
    facts = (goal.target, *(h.type for h in goal.hypotheses))
    if notions := list(dict.fromkeys(notion for fact in facts if (notion := context.notion_of(fact)))):
        # A fact that begins with a notion says nothing to a tactic before it is unfolded.
        yield Candidate(f"unfold {' '.join(notions)} at *", 0.1, origin="definitions", invertible=True)
    if names := context.definitions_in(text):
        yield Candidate(f"unfold {' '.join(names)} at *", 1.2, origin="definitions")
        yield Candidate(f"simp only [{', '.join(names)}] at *", 1.4, origin="definitions")
        yield Candidate(f"simp_all [{', '.join(names)}]", 1.4, origin="definitions")
    for lemma in context.lemmas_for(text, _MAX_LEMMAS):
        yield Candidate(f"apply {lemma}", 2.0, origin="lemmas")
        yield Candidate(f"rw [{lemma}]", 2.0, origin="lemmas")


def _distinctions(goal: Goal) -> Iterator[Candidate]:
    """Cases on what the goal does not say: a proposition within it, or the value of a function with few values."""
    taken = taken_names(goal)
    inner = [part for h in (goal.target, *(h.type for h in goal.hypotheses)) for part in _closed_parts(h, ())]
    for part in list(dict.fromkeys(inner))[:_MAX_DISTINCTIONS]:
        yield Candidate(f"by_cases {fresh('h', set(taken))} : {part}", 1.8)
    text = "; ".join((goal.target, *(h.type for h in goal.hypotheses if shape(h.type))))
    for hypothesis in goal.hypotheses:
        if not hypothesis.type.endswith(("→ Bool", "→ Option")):
            continue
        for name in hypothesis.accessible_names():
            calls = re.findall(_DECIDED_CALL.format(re.escape(name)), text)
            for call in list(dict.fromkeys(calls))[:_MAX_DISTINCTIONS]:
                yield Candidate(f"cases {fresh('h', set(taken))} : {call}", 1.2)


def _closed_parts(text: str, bound: tuple[str, ...]) -> Iterator[str]:
    """The quantified propositions inside another one that do not depend on its variables."""
    form = shape(text)
    if form in ("∀", "∃"):
        new, body = binders(text)
        if not new:
            return
        if bound and not any(mentions(text, name) for name in bound):
            yield text
        yield from _closed_parts(body, (*bound, *(binder.name for binder in new)))
    elif form in ("→", "∧", "∨", "↔"):
        for part in parts(text):
            yield from _closed_parts(part, bound)
    elif form == "¬":
        yield from _closed_parts(bare(text[1:]), bound)


def _simplifications(context: SearchContext, goal: Goal) -> Iterator[Candidate]:
    yield Candidate("simp", 1.0)
    yield Candidate("simp_all", 1.3)
    for hypothesis in goal.hypotheses:
        if shape(hypothesis.type) in ("¬", "↔", "→", "=") and not _is_data(context, goal, hypothesis):
            for name in hypothesis.accessible_names():
                yield Candidate(f"simp at {name}", 1.2)
