"""The portfolio: tactics that close a goal outright, cheapest first.

They are asked in groups, `first | rfl | omega | …`, because a group that fails costs one round trip; which member
won is asked only when the group succeeds. `first` does not survive a member that runs out of recursion depth or
heartbeats (Lean lets these errors pass through every `catch`), so such a group is asked again member by member.
"""

from dataclasses import dataclass, field, replace

from tools.environment.protocol import LeanError, ProofEnvironment, ProofFinished, TacticState, TimedOut
from tools.lean.goals import Goal
from tools.search.formula import shape
from tools.search.generator import SearchContext
from tools.search.structural import witnesses

# In this order after Lean's own, where the imports have them.
_IMPORTED = ("tauto", "norm_num", "linarith", "positivity", "ring", "nlinarith", "aesop")
_MAX_LEMMAS = 8
_SINGLE_LEMMAS = 3
_MAX_LAWS, _MAX_VALUES = 4, 3
_RUNAWAYS = ("maximum recursion depth", "(deterministic) timeout")
_MEMBER_SECONDS = 1.0
_MAX_TIMEOUTS = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Closing tactics that are tried together, the one to prefer first, and the seconds for all of them."""

    tactics: tuple[str, ...]
    seconds: float
    origin: str = "portfolio"
    # Members that can run away, asked last; the others are asked in the order of preference.
    last: frozenset[str] = field(default_factory=frozenset[str])

    def combined(self) -> str:
        """One tactic that closes the main goal if any member does, and fails otherwise."""
        asked = sorted(self.tactics, key=lambda tactic: tactic in self.last)
        return "· first\n" + "\n".join(f"  | ({tactic}; done)" for tactic in asked)


def sequence(*tactics: str) -> str:
    """Several tactics as one; `steps_of` takes it apart again."""
    return f"({'; '.join(tactics)})"


def steps_of(tactic: str) -> list[str]:
    """The tactics of a `sequence`; any other tactic alone."""
    if tactic.startswith("(") and "; " in tactic and "<;>" not in tactic and "|" not in tactic:
        return tactic[1:-1].split("; ")
    return [tactic]


def quick_groups() -> list[Group]:
    """What is asked of every goal first."""
    cheap = ("rfl", "assumption", "contradiction", "decide", "omega", "simp", "simp_all", "solve_by_elim")
    first = Group(cheap, 3.0, last=frozenset(("decide", "simp", "simp_all")))
    # `nofun` reports its failure instead of raising it: after it nothing else would be tried.
    return [first, Group(("grind", "infer_instance", "nofun"), 3.0, last=frozenset(("nofun",)))]


def thorough_groups(context: SearchContext, goal: Goal, text: str) -> list[Group]:
    """What is asked of a goal that is looked at more closely: names of the file, imports, arithmetic."""
    groups: list[Group] = []
    if shape(goal.target) == "∃":
        closers = ("rfl", "by omega", "by simp_all", "by grind")
        found = tuple(f"exact ⟨{each}, {closer}⟩" for closer in closers for each in witnesses(context, goal))
        groups.append(Group(found, 4.0, "witnesses"))
    if laws := _by_laws(context, goal):
        groups.append(Group(laws, 3.0, "laws"))
    definitions, types = context.definitions_in(text), context.types_in(text)
    if definitions or types:
        groups.append(_with_names(definitions, types))
    equation = ("ac_rfl",) if shape(goal.target) in ("=", "↔") else ()
    groups.append(Group((*equation, "simp +arith", "norm_cast", sequence("simp_all", "omega")), 2.0))
    if imported := tuple(tactic for tactic in _IMPORTED if tactic in context.tactics):
        groups.append(Group(imported, 10.0, "imports"))
    lemmas = context.lemmas_for(text, _MAX_LEMMAS)
    if lemmas:
        groups.append(_with_lemmas(definitions, lemmas))
    return groups


def _by_laws(context: SearchContext, goal: Goal) -> tuple[str, ...]:
    """What the classes of the file state, said of the goal's variables, and what `grind` makes of that.

    Left to itself `grind` does not multiply by a unit: no term of the goal calls for it.
    """
    found: list[str] = []
    for instance in goal.hypotheses:
        name, _, carrier = instance.type.partition(" ")
        laws = next((context.laws[each] for each in context.types_in(name) if each in context.laws), None)
        if laws is None or not carrier or not laws.every:
            continue
        values = [n for h in goal.hypotheses if h.type == carrier for n in h.accessible_names()][-_MAX_VALUES:]
        said = [f"have := {law} {value}" for law in laws.unary[:_MAX_LAWS] for value in values]
        found.append(sequence(*said, f"grind [{', '.join(laws.every)}]"))
    return tuple(found)


def _with_names(definitions: tuple[str, ...], types: tuple[str, ...]) -> Group:
    grinds = (f"grind [{', '.join(names)}]" for names in (definitions, (*definitions, *types)) if names)
    if not definitions:
        return Group(tuple(dict.fromkeys(grinds)), 3.0, "definitions")
    listed = ", ".join(definitions)
    simplifiers = (f"simp [{listed}]", f"simp_all [{listed}]")
    tactics = (
        *simplifiers,
        sequence(f"unfold {' '.join(definitions)}", "omega"),
        sequence(f"simp only [{listed}] at *", "omega"),
        *dict.fromkeys(grinds),
        sequence(f"unfold {' '.join(definitions)} at *", "solve_by_elim"),
        f"simp +arith [{listed}]",
    )
    return Group(tactics, 4.0, "definitions", frozenset((*simplifiers, f"simp +arith [{listed}]")))


def _with_lemmas(definitions: tuple[str, ...], lemmas: tuple[str, ...]) -> Group:
    listed = ", ".join(lemmas)
    everything = ", ".join((*definitions, *lemmas))
    direct = tuple(f"exact {lemma} .." for lemma in lemmas)
    backwards = tuple(
        f"(apply {lemma} <;> first | assumption | rfl | omega | simp_all)" for lemma in lemmas[:_SINGLE_LEMMAS]
    )
    singles = tuple(f"grind [{', '.join((*definitions, lemma))}]" for lemma in lemmas[:_SINGLE_LEMMAS])
    simplifiers = (f"simp [{listed}]", f"simp_all [{everything}]")
    tactics = (*direct, *simplifiers, *singles, f"grind [{everything}]", *backwards)
    return Group(tuple(dict.fromkeys(tactics)), 5.0, "lemmas", frozenset((*simplifiers, *backwards)))


def arm_closers(context: SearchContext, goal: Goal) -> list[str]:
    """Closing tactics that are likely for all the cases of an induction, the one to prefer first."""
    text = f"{goal.target} {' '.join(h.type for h in goal.hypotheses)}"
    definitions = context.definitions_in(text)
    names = (*definitions, *context.types_in(goal.target))
    found = [f"simp_all [{', '.join(definitions)}]" if definitions else "simp_all"]
    found.append(f"grind [{', '.join(definitions)}]" if definitions else "grind")
    if names != definitions:
        found.append(f"grind [{', '.join(names)}]")
    return found


def probe(head: str, closers: list[str]) -> str:
    """An induction or case analysis with any of the closers in each case: one trial tells whether all are easy."""
    by_simp, *others = closers
    alternatives = " | ".join((*others, "omega", f"({by_simp}; done)", f"({by_simp}; omega)"))
    return f"{head} <;> first | {alternatives}"


async def close(environment: ProofEnvironment, state: TacticState, group: Group, seconds: float) -> str | None:
    """The member of the group that closes the main goal, the preferred one where several do, or None."""
    limit = min(group.seconds, seconds)
    if len(group.tactics) == 1:
        tactic = group.tactics[0]
        return tactic if closes(state, await environment.run_tac(state, tactic, timeout=limit)) else None
    outcome = await environment.run_tac(state, group.combined(), timeout=limit)
    if closes(state, outcome):
        preferred = await _preferred(environment, state, group, limit)
        if preferred is not None:
            return preferred
    elif not _ran_away(outcome):
        return None
    timeouts = 0
    for tactic in group.tactics:
        member = await environment.run_tac(state, tactic, timeout=min(limit, _MEMBER_SECONDS))
        if closes(state, member):
            return tactic
        timeouts += isinstance(member, TimedOut)
        if timeouts == _MAX_TIMEOUTS:
            break
    return group.combined() if closes(state, outcome) else None


async def _preferred(environment: ProofEnvironment, state: TacticState, group: Group, limit: float) -> str | None:
    """The first member that closes the main goal, by halving; None where none does alone (a member runs away)."""
    members, is_sure = list(group.tactics), False
    while len(members) > 1:
        half = members[: len(members) // 2]
        asked = replace(group, tactics=tuple(half)).combined() if len(half) > 1 else half[0]
        is_there = closes(state, await environment.run_tac(state, asked, timeout=limit))
        is_sure = is_there and len(half) == 1
        members = half if is_there else members[len(half) :]
    (member,) = members
    return member if is_sure or closes(state, await environment.run_tac(state, member, timeout=limit)) else None


def closes(state: TacticState, outcome: object) -> bool:
    """Whether an outcome is the state without its main goal."""
    if isinstance(outcome, ProofFinished):
        return True
    # Whatever else is open must be exactly what was open before.
    return isinstance(outcome, TacticState) and outcome.goals == state.goals[1:]


def _ran_away(outcome: object) -> bool:
    if isinstance(outcome, TimedOut):
        return True
    return isinstance(outcome, LeanError) and any(text in outcome.error for text in _RUNAWAYS)
