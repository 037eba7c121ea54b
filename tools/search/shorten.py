"""Making a found proof shorter and clearer; every change is tried in the environment before it is kept."""

import re
from collections.abc import Sequence

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.search.layout import linear, structured
from tools.search.tree import Step

_MAX_DROPS = 12
_MAX_SIMP_ONLY = 90
_SIMPLIFIERS = ("simp", "simp_all")
_OBTAIN = re.compile(r"obtain (?P<pattern>⟨[^⟩]*⟩) := (?P<name>\S+)")
_QUALIFIED = re.compile(r"(?<![\w.'!?«])(?:[^\W\d][\w'!?]*\.)+(?P<last>[^\W\d][\w'!?]*)(?![\w.'!?])")


async def shorten(environment: ProofEnvironment, steps: Sequence[Step]) -> tuple[str, ...]:
    """Texts of the proof, the best first; the last one is the plain sequence of steps.

    Steps that are not needed are dropped, `simp` names its lemmas where Lean gives them, introductions are merged,
    names lose the namespaces that they do not need, and goals get bullets or arms.
    """
    kept = await _without_needless(environment, tuple(steps))
    kept = await _with_named_lemmas(environment, kept)
    kept = await _with_merged_introductions(environment, kept)
    kept = await _with_short_names(environment, kept)
    plain = linear(steps)
    texts = [structured(kept), linear(kept)]
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
    """`simp only [...]` for `simp` where Lean says which lemmas it used; only where that stays readable."""
    tactics = [step.tactic for step in steps]
    state = environment.initial_state
    for index, tactic in enumerate(tactics):
        word = tactic.split(" ")[0]
        if word in _SIMPLIFIERS and "only" not in tactic and "\n" not in tactic and "<;>" not in tactic:
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
    """`intro x y` for two introductions, `rintro ⟨x, hx⟩` for one that is taken apart at once."""
    merged = merge_introductions([step.tactic for step in steps])
    if len(merged) == len(steps):
        return steps
    return await _replay(environment, merged) or steps


def merge_introductions(tactics: Sequence[str]) -> list[str]:
    """The tactics with neighbouring introductions made one."""
    merged: list[str] = []
    for tactic in tactics:
        last = merged[-1].split(" ") if merged else [""]
        opened = _OBTAIN.fullmatch(tactic)
        if last[0] in ("intro", "rintro") and tactic.startswith("intro ") and "\n" not in tactic:
            merged[-1] += tactic.removeprefix("intro")
        elif last[0] in ("intro", "rintro") and opened and last.count(opened["name"]) == 1:
            names = [opened["pattern"] if name == opened["name"] else name for name in last[1:]]
            merged[-1] = " ".join(("rintro", *names))
        else:
            merged.append(tactic)
    return merged


async def _with_short_names(environment: ProofEnvironment, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """`grind [size]` for `grind [Tree.size]` where the namespace is open."""
    names = {match[0]: match["last"] for step in steps for match in _QUALIFIED.finditer(step.tactic)}
    tactics = [step.tactic for step in steps]
    for name, last in names.items():
        shorter = [re.sub(rf"(?<![\w.'!?«]){re.escape(name)}(?![\w.'!?])", last, tactic) for tactic in tactics]
        if await _proves(environment, "\n".join(shorter)):
            tactics = shorter
    if tactics == [step.tactic for step in steps]:
        return steps
    return await _replay(environment, tactics) or steps
