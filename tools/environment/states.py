"""The states that an environment has reached, by the tactics that lead to them."""

from collections.abc import Sequence

from tools.environment.protocol import ProofFinished, TacticState

Script = tuple[str, ...]


class ReachedStates:
    """Numbers states in the order in which they are reached, from 0, and knows the tactics to each."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []

    def reach(self, goals: tuple[str, ...], script: Sequence[str]) -> TacticState:
        """A state with these goals, after these tactics from the initial one."""
        self._scripts.append(tuple(script))
        return TacticState(len(self._scripts) - 1, goals)

    def finish(self, script: Sequence[str]) -> ProofFinished:
        """The end of a proof by these tactics."""
        return ProofFinished(self.reach((), script).id)

    def script(self, state: TacticState) -> Script:
        """The tactics that lead from the initial state to this one."""
        return self._scripts[state.id]
