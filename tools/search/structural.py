"""Structural tactics: the steps that the shape of the goal and of its hypotheses asks for."""

import re
from collections.abc import Iterator

from tools.environment.protocol import ProofEnvironment, TacticState
from tools.lean.goals import Goal, Hypothesis
from tools.search.generator import Candidate, SearchContext
from tools.search.naming import case_names, fresh, taken_names

_BINDER = re.compile(r"^[∀∃]\s*(?:[({⦃\[])?\s*(?P<name>[^\W\d][\w'!?]*)")
_TYPED_BINDER = re.compile(r"^∀ \(?[^\W\d][\w'!? ]*? : (?P<type>[^(),]+)\)?,")
_MAX_INSTANCES = 4
_MAX_WITNESSES = 8
_MAX_LEMMAS = 6
_SPLITTABLE = ("Nat", "Int", "Bool", "List", "Option", "Fin", "Prod", "Sum", "Unit")


class StructuralGenerator:
    """Proposes steps by the shape of the main goal; implements `TacticGenerator`."""

    def __init__(self, environment: ProofEnvironment) -> None:
        self._environment = environment

    async def candidates(self, context: SearchContext, state: TacticState, goal: Goal) -> list[Candidate]:
        """Steps for the main goal, each tactic once."""
        found = [*_by_target(goal), *_by_hypotheses(context, goal), *_by_names(context, state.goals[0], goal)]
        for variable in variables(context, goal):
            found += await self._case_analysis(state, goal, variable)
        return list({candidate.tactic: candidate for candidate in found}.values())

    async def _case_analysis(self, state: TacticState, goal: Goal, variable: str) -> list[Candidate]:
        """`induction` and `cases` on a variable, with an arm for every case and names for what it brings."""
        found: list[Candidate] = []
        for word, cost in (("induction", 2.0), ("cases", 2.5)):
            outcome = await self._environment.run_tac(state, f"{word} {variable}", timeout=2.0)
            if not isinstance(outcome, TacticState):
                continue
            new = outcome.goals[: outcome.num_goals - state.num_goals + 1]
            if arms := _arms(new, taken_names(goal) - {variable}):
                found.append(Candidate(f"{word} {variable} with\n" + "\n".join(arms), cost + 0.3 * len(arms)))
        return found


def _arms(goals: tuple[str, ...], known: set[str]) -> list[str]:
    arms: list[str] = []
    for text in goals:
        goal = Goal.parse(text)
        if goal.case is None:
            return []
        names = " ".join((goal.case.rpartition(".")[2], *case_names(goal, known)))
        arms.append(f"| {names} => ?_")
    return arms


def variables(context: SearchContext, goal: Goal) -> tuple[str, ...]:
    """The accessible variables of inductive type that the target speaks about, the last ones first."""
    own = {name.rpartition(".")[2] for name in context.types}
    found: list[str] = []
    for hypothesis in reversed(goal.hypotheses):
        head = hypothesis.type.split()[0].strip("()").rpartition(".")[2] if hypothesis.type else ""
        if hypothesis.value is not None or (head not in _SPLITTABLE and head not in own):
            continue
        found += [name for name in reversed(hypothesis.accessible_names()) if _mentions(goal, name)]
    return tuple(found[:4])


def _is_data(kind: str, types: set[str]) -> bool:
    """Whether a printed type is one of values (or a sort), so that no step applies to its inhabitants."""
    if kind.startswith(("Prop", "Type", "Sort")) or kind.endswith(("→ Prop", "→ Type")):
        return True
    if any(symbol in kind for symbol in "=<>≤≥≠∀∃∧∨¬↔∈∣"):
        return False
    return kind.split()[0].strip("()").rpartition(".")[2] in types


def _mentions(goal: Goal, name: str) -> bool:
    pattern = rf"(?<![\w.'!?]){re.escape(name)}(?![\w'!?])"
    return bool(re.search(pattern, goal.target)) or any(re.search(pattern, h.type) for h in goal.hypotheses)


def _by_target(goal: Goal) -> Iterator[Candidate]:
    target, taken = goal.target, taken_names(goal)
    if target.startswith("∀"):
        match = _BINDER.match(target)
        yield Candidate(f"intro {fresh(match['name'] if match else 'x', taken)}", 0.1)
        return
    if target.startswith("¬") or " → " in target or " ≠ " in target:
        yield Candidate(f"intro {fresh('h', set(taken))}", 0.2)
    if target.startswith("∃"):
        yield from _witnesses(goal)
    if " ∧ " in target or " ↔ " in target:
        yield Candidate("constructor", 0.5)
    if " ∨ " in target:
        yield Candidate("left", 1.5)
        yield Candidate("right", 1.5)
    if " = " in target:
        yield Candidate(f"funext {fresh('x', set(taken))}", 1.0)
        yield Candidate("congr 1", 2.5)
    if re.search(r"\b(if|match)\b", target):
        yield Candidate("split", 1.0)
    if target != "False":
        yield Candidate("exfalso", 3.0)
    yield Candidate(f"intro {fresh('x', set(taken))}", 1.5)
    yield Candidate("constructor", 2.0)
    yield Candidate("simp", 1.0)
    yield Candidate("simp_all", 1.2)


def _witnesses(goal: Goal) -> Iterator[Candidate]:
    names = [name for h in goal.hypotheses for name in h.accessible_names() if h.type not in ("Prop", "Type")]
    successors = [f"{name} + 1" for h in goal.hypotheses if h.type in ("Nat", "Int") for name in h.accessible_names()]
    for witness in [*reversed(names), "0", "1", "2", *successors][:_MAX_WITNESSES]:
        yield Candidate(f"refine ⟨{witness}, ?_⟩", 1.0)


def _by_hypotheses(context: SearchContext, goal: Goal) -> Iterator[Candidate]:
    taken = taken_names(goal)
    types = {name.rpartition(".")[2] for name in context.types} | set(_SPLITTABLE)
    for hypothesis in reversed(goal.hypotheses):
        for name in hypothesis.accessible_names():
            if hypothesis.type == "Prop" and _mentions(goal, name):
                yield Candidate(f"by_cases {fresh('h', set(taken))} : {name}", 2.5)
            if _is_data(hypothesis.type, types):
                continue
            yield from _by_hypothesis(hypothesis, name, set(taken))
            yield from _instances(goal, hypothesis, name, set(taken))


def _instances(goal: Goal, hypothesis: Hypothesis, name: str, taken: set[str]) -> Iterator[Candidate]:
    """A universal hypothesis, said of a variable of the goal whose type is the one it asks for."""
    match = _TYPED_BINDER.match(hypothesis.type)
    if match is None:
        return
    for other in goal.hypotheses:
        if other.type == match["type"]:
            for variable in other.accessible_names()[:_MAX_INSTANCES]:
                yield Candidate(f"have {fresh(f'{name}_{variable}', set(taken))} := {name} {variable}", 1.4)


def _by_hypothesis(hypothesis: Hypothesis, name: str, taken: set[str]) -> Iterator[Candidate]:
    kind = hypothesis.type
    if kind.startswith("∃"):
        match = _BINDER.match(kind)
        witness = fresh(match["name"] if match else "x", taken)
        yield Candidate(f"obtain ⟨{witness}, {fresh('h' + witness, taken)}⟩ := {name}", 0.2)
        return
    if kind.startswith("∀"):
        yield Candidate(f"apply {name}", 1.0)
        yield Candidate(f"rw [{name}]", 1.8)
        yield Candidate(f"simp [{name}]", 1.8)
        return
    head = _outermost(kind)
    if head in ("∧", "↔"):
        left, right = fresh(f"{name}₁", taken), fresh(f"{name}₂", taken)
        yield Candidate(f"obtain ⟨{left}, {right}⟩ := {name}", 0.2)
    elif head == "∨":
        yield Candidate(f"rcases {name} with {name} | {name}", 0.8)
    elif head == "→" or kind.startswith("¬"):
        yield Candidate(f"apply {name}", 0.8)
        if kind.startswith("¬"):
            yield Candidate(f"exact absurd ‹_› {name}", 1.0)
    elif head == "=":
        yield Candidate(f"subst {name}", 1.0)
        yield Candidate(f"rw [{name}]", 1.2)
        yield Candidate(f"rw [← {name}]", 1.6)
        yield Candidate(f"injection {name}", 2.0)
    else:
        yield Candidate(f"apply {name}", 1.6)
        yield Candidate(f"cases {name}", 2.0)


def _outermost(kind: str) -> str:
    """The loosest connective of a printed proposition, outside all brackets."""
    depth, seen = 0, set[str]()
    for character in kind:
        depth += (character in "([{⟨") - (character in ")]}⟩")
        if depth == 0 and character in "↔→∨∧=":
            seen.add(character)
    return next((symbol for symbol in "↔→∨∧=" if symbol in seen), "")


def _by_names(context: SearchContext, text: str, goal: Goal) -> Iterator[Candidate]:
    for name in context.definitions_in(goal.target):
        yield Candidate(f"unfold {name}", 1.2)
        yield Candidate(f"simp [{name}]", 1.2)
    names = context.definitions_in(text)
    if names:
        yield Candidate(f"simp only [{', '.join(names)}] at *", 1.4)
        yield Candidate(f"simp_all [{', '.join(names)}]", 1.4)
    for lemma in context.lemmas_for(text, _MAX_LEMMAS):
        yield Candidate(f"apply {lemma}", 2.0)
        yield Candidate(f"rw [{lemma}]", 2.0)
