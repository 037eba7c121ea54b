"""The portfolio: tactics that close a goal outright, cheapest first.

They are asked in groups, `first | rfl | omega | …`, because a group that fails costs one round trip; which member
won is asked only when the group succeeds.
"""

import re
from dataclasses import dataclass

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.lean.goals import Goal
from tools.search.generator import SearchContext

_CORE = (
    "rfl",
    "assumption",
    "contradiction",
    "decide",
    "omega",
    "simp",
    "simp_all",
    "ac_rfl",
    "simp +arith",
    "simp_all +arith",
    "solve_by_elim",
    "infer_instance",
    "nofun",
    "grind",
)
# In this order after Lean's own, where the imports have them.
_IMPORTED = ("tauto", "norm_num", "linarith", "positivity", "ring", "nlinarith", "aesop")
_MAX_LEMMAS = 12
_MAX_VARIABLES = 4
_MAX_CALLS = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Closing tactics that are tried together, and the seconds for all of them."""

    tactics: tuple[str, ...]
    seconds: float

    def combined(self) -> str:
        """One tactic that closes the main goal if any member does, and fails otherwise."""
        return "· first\n" + "\n".join(f"  | ({tactic}; done)" for tactic in self.tactics)


def closing_groups(context: SearchContext, goal: Goal, text: str) -> list[Group]:
    """The groups for a goal: Lean's own tactics, those of the imports, and those with the file's names."""
    groups = [Group(_CORE, 4.0)]
    if imported := tuple(tactic for tactic in _IMPORTED if tactic in context.tactics):
        groups.append(Group(imported, 10.0))
    definitions = context.definitions_in(text)
    if definitions:
        groups.append(_with_names(definitions))
    lemmas = context.lemmas_for(text, _MAX_LEMMAS)
    if lemmas:
        groups.append(_with_lemmas(definitions, lemmas))
    return groups


def _with_names(names: tuple[str, ...]) -> Group:
    listed = ", ".join(names)
    tactics = (
        f"simp [{listed}]",
        f"simp_all [{listed}]",
        f"simp +arith [{listed}]",
        f"(unfold {' '.join(names)}; omega)",
        f"(simp only [{listed}] at *; omega)",
        f"(unfold {' '.join(names)}; decide)",
        f"grind [{listed}]",
    )
    return Group(tactics, 4.0)


def _with_lemmas(definitions: tuple[str, ...], lemmas: tuple[str, ...]) -> Group:
    listed = ", ".join(lemmas)
    everything = ", ".join((*definitions, *lemmas))
    direct = tuple(f"exact {lemma} .." for lemma in lemmas[:6])
    backwards = tuple(f"(apply {lemma} <;> first | assumption | rfl | omega | simp_all)" for lemma in lemmas[:6])
    return Group((*direct, *backwards, f"simp [{listed}]", f"simp_all [{everything}]", f"grind [{everything}]"), 6.0)


def induction_groups(context: SearchContext, variables: tuple[str, ...], text: str) -> list[Group]:
    """Induction on one variable, or along a function's recursion, with the same closing tactic in every case."""
    names = context.definitions_in(text)
    listed = f" [{', '.join(names)}]" if names else ""
    heads = [f"induction {variable}" for variable in variables[:_MAX_VARIABLES]]
    heads += [f"fun_induction {call}" for name in names for call in calls_of(name, text)]
    if not heads:
        return []
    simple = [f"{head} <;> {closer}" for head in heads for closer in (f"simp_all{listed}", "omega")]
    simple += [f"{head} <;> simp_all{listed} <;> omega" for head in heads]
    return [Group(tuple(simple), 5.0), Group(tuple(f"{head} <;> grind{listed}" for head in heads), 5.0)]


def calls_of(name: str, text: str) -> list[str]:
    """Calls of a function in a printed goal whose arguments are variables: `f x y`, also where Lean prints `x.f y`."""
    last = re.escape(name.rpartition(".")[2])
    word = r"[^\W\d][\w'!?]*"
    target = text.rpartition("⊢")[2]
    found = [match[1] + match[2] for match in re.finditer(rf"({word})\.{last}(?![\w'!?])((?: {word})*)", target)]
    found += [match[1].strip() for match in re.finditer(rf"(?<![\w.'!?]){last}((?: {word})+)", target)]
    return [f"{name} {arguments}" for arguments in dict.fromkeys(found)][:_MAX_CALLS]


async def close(environment: ProofEnvironment, state: TacticState, group: Group, seconds: float) -> str | None:
    """The first tactic of the group that closes the main goal, or None."""
    limit = min(group.seconds, seconds)
    if not _closed(state, await environment.run_tac(state, group.combined(), timeout=limit)):
        return None
    for tactic in group.tactics:
        if _closed(state, await environment.run_tac(state, tactic, timeout=limit)):
            return tactic
    return group.combined()


def _closed(state: TacticState, outcome: object) -> bool:
    if isinstance(outcome, ProofFinished):
        return True
    # Whatever else is open must be exactly what was open before.
    return isinstance(outcome, TacticState) and outcome.goals == state.goals[1:]
