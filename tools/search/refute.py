"""A cheap look for a counterexample: is the negation of a goal easy to prove?

At the hole everything is reverted, so that the goal is one closed statement `G`; then

    refine no_implicit_lambda% ((fun (G : Prop) (g : G) (_ : ¬G) => g) _ ?main ?neg)

leaves `G` itself and `¬G`, the same proposition without a detour through printing. When some tactic closes `¬G`, the
goal cannot be proved as it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.environment.protocol import ProofEnvironment, TacticState
from tools.lean.goals import Goal
from tools.search.formula import Binder, binders, shape
from tools.search.instances import instances

_SPLIT = "refine no_implicit_lambda% ((fun (G : Prop) (g : G) (_ : ¬G) => g) _ ?qed_main ?qed_neg)"
SECONDS_A_TRIAL = 5.0
"""How long one trial of a look for a counterexample may take: it is to be cheap."""
_CLOSERS = ("decide", "simp", "omega")
_MAX_INSTANCES = 32
_FEW = 6
# The last is for `∀ n, n = 0` and the like, which is what a premise about a predicate comes to.
_CLOSERS_AT = (
    "first | (revert qed_at; decide) | (simp at qed_at; done) | (revert qed_at; omega) | (clear qed_all; grind)"
    " | (simp at qed_at; specialize qed_at 1; simp at qed_at; done)"
)
_DECIDED = "revert qed_at\ndecide +kernel"
# Numbers below these are looked at all at once, by the number of variables.
_RANGES = {1: 256, 2: 12}
_MANY = 32


@dataclass(frozen=True, slots=True)
class Refutation:
    """The goal is false: `tactic` proves its negation; `witness` are the values it fails for (`n = 4`), if known."""

    tactic: str
    witness: tuple[str, ...] = ()

    def describe(self) -> str:
        """The refutation in a few words."""
        if self.witness:
            return f"false for {', '.join(self.witness)} (Lean proved the negation)"
        return f"false (Lean proved the negation by `{self.tactic}`)"


async def refute(
    environment: ProofEnvironment, constructors: Mapping[str, Sequence[str]] | None = None
) -> Refutation | None:
    """Tries to prove the negation of the hole's goal with a few cheap tactics, first of all at small values.

    `constructors` are those of the file's own types. None says nothing about the goal. Hypotheses that cannot be
    reverted end the try: what is left would no longer be the whole statement.
    """
    state = await _closed_goal(environment)
    if state is None:
        return None
    split = await environment.run_tac(state, _SPLIT, timeout=SECONDS_A_TRIAL)
    if not isinstance(split, TacticState) or split.num_goals != 2:
        return None
    bound = _leading(Goal.parse(state.goals[0]).target)
    chosen = instances(bound, constructors or {}, _MAX_INSTANCES)
    attempts = [_at(bound, values) for values in chosen] + [Refutation(closer) for closer in _CLOSERS]
    numbers = _numbers(bound)
    if numbers:
        attempts.append(Refutation(_in_range(numbers)))
    # All at once first: most goals are not false, and then one trial has said so.
    if not await _closes(environment, split, _any_of(attempts)):
        return None
    found = await _first_that_closes(environment, split, attempts, _FEW)
    if found is not None and numbers and not found.witness:
        return await _first_that_closes(environment, split, _in_order(bound, numbers), _MANY) or found
    return found


async def _first_that_closes(
    environment: ProofEnvironment, split: TacticState, attempts: Sequence[Refutation], at_once: int
) -> Refutation | None:
    for start in range(0, len(attempts), at_once):
        chunk = attempts[start : start + at_once]
        if await _closes(environment, split, _any_of(chunk)):
            for refutation in chunk:
                if await _closes(environment, split, refutation.tactic):
                    return refutation
    return None


async def _closes(environment: ProofEnvironment, split: TacticState, tactic: str) -> bool:
    body = tactic.replace("\n", "\n  ")
    outcome = await environment.run_tac(split, f"case qed_neg =>\n  {body}", timeout=SECONDS_A_TRIAL)
    return isinstance(outcome, TacticState) and outcome.num_goals == 1


async def _closed_goal(environment: ProofEnvironment) -> TacticState | None:
    """The state with everything reverted; what has no name that can be typed is given one before."""
    state: TacticState = environment.initial_state
    if state.num_goals != 1:
        return None
    names = [name for hypothesis in state.main_goal.hypotheses for name in hypothesis.names]
    nameless = [name for name in names if "✝" in name]
    if nameless:
        given = " ".join(f"{'inst' if name.startswith('inst') else 'x'}_qed{at}" for at, name in enumerate(nameless))
        outcome = await environment.run_tac(state, f"rename_i {given}", timeout=SECONDS_A_TRIAL)
        if not isinstance(outcome, TacticState):
            return None
        state = outcome
        names = [name for hypothesis in state.main_goal.hypotheses for name in hypothesis.names]
    if not names:
        return state
    outcome = await environment.run_tac(state, f"revert {' '.join(names)}", timeout=SECONDS_A_TRIAL)
    if isinstance(outcome, TacticState) and not outcome.main_goal.hypotheses:
        return outcome
    return None


def _leading(target: str) -> tuple[Binder, ...]:
    """The variables that a statement begins with, over several quantifiers one after the other."""
    found: list[Binder] = []
    while shape(target) == "∀":
        bound, rest = binders(target)
        if not bound:
            break
        found += bound
        target = rest
    return tuple(found)


def _at(bound: Sequence[Binder], values: Sequence[str], closers: str = _CLOSERS_AT) -> Refutation:
    arguments = " ".join(f"({value})" for value in values)
    tactic = f"intro qed_all\nhave qed_at := @qed_all {arguments}\n{closers}"
    told = [f"{each.name} = {value}" for each, value in zip(bound, values, strict=False) if value != "inferInstance"]
    return Refutation(tactic, tuple(told))


def _numbers(bound: Sequence[Binder]) -> int:
    """How many natural numbers a statement begins with, where a range of them can be looked at; else 0."""
    count = next((at for at, each in enumerate(bound) if each.type != "Nat"), len(bound))
    return count if count in _RANGES else 0


def _in_range(numbers: int) -> str:
    names = [f"i{at}" for at in range(numbers)]
    given = " ".join(f"({name} : Fin {_RANGES[numbers]})" for name in names)
    values = " ".join(f"{name}.val" for name in names)
    return f"intro qed_all\nhave qed_at := fun {given} => qed_all {values}\n{_DECIDED}"


def _in_order(bound: Sequence[Binder], numbers: int) -> list[Refutation]:
    """All values of a range, one after the other, those with the smallest sum first."""
    below = [str(number) for number in range(_RANGES[numbers])]
    if numbers == 1:
        return [_at(bound, (value,), _DECIDED) for value in below]
    pairs = sorted(((one, other) for one in below for other in below), key=lambda pair: int(pair[0]) + int(pair[1]))
    return [_at(bound, pair, _DECIDED) for pair in pairs]


def _any_of(attempts: Sequence[Refutation]) -> str:
    blocks = (attempt.tactic.replace("\n", "\n   ") for attempt in attempts)
    return "first\n" + "\n".join(f"| ({block}\n   done)" for block in blocks)
