"""A cheap look for a counterexample: is the negation of a goal easy to prove?

At the hole everything is reverted, so that the goal is one closed statement `G`; then

    refine (fun (G : Prop) (g : G) (_ : ¬G) => g) _ ?main ?neg

leaves `G` itself and `¬G`, the same proposition without a detour through printing. When some tactic closes `¬G`, the
goal cannot be proved as it stands.
"""

import itertools
from dataclasses import dataclass

from tools.environment.protocol import ProofEnvironment, TacticState
from tools.lean.goals import Goal

_SPLIT = "refine (fun (G : Prop) (g : G) (_ : ¬G) => g) _ ?qed_main ?qed_neg"
_SECONDS = 3.0
_CLOSERS = ("decide", "simp", "omega")
# Small instances, by the head of the binder's type.
_INSTANCES = {
    "Nat": ("0", "1", "2", "3", "4", "5", "10"),
    "Int": ("0", "1", "-1", "2", "-2"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
    "List": ("[]",),
    "Option": ("none",),
}
_MAX_INSTANCES = 24


@dataclass(frozen=True, slots=True)
class Refutation:
    """The goal is false: `tactic` proves its negation; `witness` are the values it fails for, where they are known."""

    tactic: str
    witness: tuple[str, ...] = ()

    def describe(self) -> str:
        """The refutation in a few words."""
        if self.witness:
            return f"false for {', '.join(self.witness)} (Lean proved the negation)"
        return f"false (Lean proved the negation by `{self.tactic}`)"


async def refute(environment: ProofEnvironment) -> Refutation | None:
    """Tries to prove the negation of the hole's goal with a few cheap tactics.

    None says nothing about the goal. Hypotheses that cannot be reverted (their names are inaccessible) end the try:
    what is left would no longer be the whole statement.
    """
    state = await _closed_goal(environment)
    if state is None:
        return None
    split = await environment.run_tac(state, _SPLIT, timeout=_SECONDS)
    if not isinstance(split, TacticState) or split.num_goals != 2:
        return None
    attempts = [Refutation(closer) for closer in _CLOSERS]
    attempts += [Refutation(_at(values), values) for values in _instances(Goal.parse(state.goals[0]))]
    # All at once first: most goals are not false, and then one trial has said so.
    if not await _closes(environment, split, _any_of(attempts)):
        return None
    for refutation in attempts:
        if await _closes(environment, split, refutation.tactic):
            return refutation
    return None


async def _closes(environment: ProofEnvironment, split: TacticState, tactic: str) -> bool:
    body = tactic.replace("\n", "\n  ")
    outcome = await environment.run_tac(split, f"case qed_neg =>\n  {body}", timeout=_SECONDS)
    return isinstance(outcome, TacticState) and outcome.num_goals == 1


async def _closed_goal(environment: ProofEnvironment) -> TacticState | None:
    state = environment.initial_state
    goal = state.main_goal
    if state.num_goals != 1:
        return None
    names = [name for hypothesis in goal.hypotheses for name in hypothesis.names]
    if any("✝" in name for name in names):
        return None
    if not names:
        return state
    outcome = await environment.run_tac(state, f"revert {' '.join(names)}", timeout=_SECONDS)
    if isinstance(outcome, TacticState) and not outcome.main_goal.hypotheses:
        return outcome
    return None


def _instances(goal: Goal) -> list[tuple[str, ...]]:
    """Small values for the leading variables of a goal, as far as their types are known."""
    heads = [kind.split()[0].strip("()") for kind in leading_binder_types(goal.target)]
    known = list(itertools.takewhile(_INSTANCES.__contains__, heads))
    if not known:
        return []
    return list(itertools.islice(itertools.product(*(_INSTANCES[head] for head in known)), _MAX_INSTANCES))


def _at(values: tuple[str, ...]) -> str:
    arguments = " ".join(f"({value})" for value in values)
    return (
        f"intro qed_all\nhave qed_at := qed_all {arguments}\n"
        "first | (revert qed_at; decide) | (simp at qed_at; done) | (revert qed_at; omega)"
    )


def _any_of(attempts: list[Refutation]) -> str:
    blocks = (attempt.tactic.replace("\n", "\n   ") for attempt in attempts)
    return "first\n" + "\n".join(f"| ({block}\n   done)" for block in blocks)


def leading_binder_types(target: str) -> list[str]:
    """The types of the variables that a printed goal begins with: `∀ (x y : Nat) (b : Bool), …` gives three."""
    types: list[str] = []
    rest = target.strip()
    while rest.startswith("∀"):
        binders, comma, after = rest[1:].partition(", ")
        if not comma:
            break
        groups = binders.strip()
        if groups.startswith(("{", "[", "⦃")):
            break
        parts = groups.strip("()").split(") (") if groups.startswith("(") else [groups]
        for part in parts:
            names, colon, kind = part.partition(" : ")
            if not colon:
                return types
            types.extend([kind.strip()] * len(names.split()))
        rest = after.strip()
    return types
