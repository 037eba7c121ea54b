"""Making a found proof shorter and clearer; every change is tried in the environment before it is kept."""

from collections.abc import Sequence

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.search.layout import linear, structured
from tools.search.tree import Step

_MAX_DROPS = 12
_MAX_SIMP_ONLY = 90
_MAX_SPLIT = 2
_SIMPLIFIERS = ("simp", "simp_all")


async def shorten(environment: ProofEnvironment, steps: Sequence[Step]) -> tuple[str, ...]:
    """Texts of the proof, the best first; the last one is the plain sequence of steps.

    Steps that are not needed are dropped, `simp` names its lemmas where Lean gives them, introductions are merged,
    and goals get bullets or arms.
    """
    kept = await _without_needless(environment, tuple(steps))
    kept = await _with_named_lemmas(environment, kept)
    kept = await _with_merged_introductions(environment, kept)
    plain = linear(steps)
    texts = [await _split_combinator(environment, kept), structured(kept), linear(kept)]
    good = [text for text in dict.fromkeys(texts) if text and text != plain and await _proves(environment, text)]
    return (*good, plain)


async def _proves(environment: ProofEnvironment, text: str) -> bool:
    return isinstance(await environment.run_tac(environment.initial_state, text), ProofFinished)


async def _replay(environment: ProofEnvironment, tactics: Sequence[str]) -> tuple[Step, ...] | None:
    """The tactics with their numbers of goals, if together they still are a proof."""
    state, steps = environment.initial_state, list[Step]()
    for index, tactic in enumerate(tactics):
        outcome = await environment.run_tac(state, tactic)
        last = index == len(tactics) - 1
        if isinstance(outcome, ProofFinished) and last:
            return (*steps, Step(tactic, state.num_goals, 0))
        if not isinstance(outcome, TacticState) or last:
            return None
        steps.append(Step(tactic, state.num_goals, outcome.num_goals))
        state = outcome
    return None


async def _without_needless(environment: ProofEnvironment, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    index = len(steps) - 2
    for _ in range(_MAX_DROPS):
        if index < 0:
            break
        rest = [step.tactic for at, step in enumerate(steps) if at != index]
        # One trial of the whole is cheaper than a replay; most steps are needed.
        if await _proves(environment, "\n".join(rest)) and (replayed := await _replay(environment, rest)):
            steps = replayed
        index = min(index, len(steps)) - 1
    return steps


async def _with_named_lemmas(environment: ProofEnvironment, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    tactics = [step.tactic for step in steps]
    state = environment.initial_state
    for index, tactic in enumerate(tactics):
        word = tactic.split(" ")[0]
        if word in _SIMPLIFIERS and "only" not in tactic and "\n" not in tactic:
            asked = tactic.replace(word, f"{word}?", 1)
            for offered in (await environment.suggest(state, asked))[:1]:
                changed = [*tactics[:index], offered, *tactics[index + 1 :]]
                if len(offered) <= _MAX_SIMP_ONLY and await _proves(environment, "\n".join(changed)):
                    tactics = changed
        outcome = await environment.run_tac(state, tactics[index])
        if not isinstance(outcome, TacticState):
            break
        state = outcome
    return await _replay(environment, tactics) or steps


async def _with_merged_introductions(environment: ProofEnvironment, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    merged: list[str] = []
    for step in steps:
        words = step.tactic.split()
        if merged and words[0] == "intro" and merged[-1].split()[0] == "intro":
            merged[-1] += " " + " ".join(words[1:])
        else:
            merged.append(step.tactic)
    if len(merged) == len(steps):
        return steps
    return await _replay(environment, merged) or steps


async def _split_combinator(environment: ProofEnvironment, steps: tuple[Step, ...]) -> str | None:
    """`induction x <;> t` written as cases with bullets, when that is what the proof consists of."""
    first, found, rest = steps[-1].tactic.partition(" <;> ")
    if not found or "\n" in first or "<;>" in rest:
        return None
    tactics = [*(step.tactic for step in steps[:-1]), first]
    state = environment.initial_state
    for tactic in tactics:
        outcome = await environment.run_tac(state, tactic)
        if not isinstance(outcome, TacticState):
            return None
        state = outcome
    if state.num_goals > _MAX_SPLIT:  # the same closer many times over says less than `<;>`
        return None
    closer = rest.removeprefix("(").removesuffix(")") if rest.startswith("(") else rest
    replayed = await _replay(environment, [*tactics, *[closer] * state.num_goals])
    return structured(replayed) if replayed else None
