"""Several environments for the same hole, used as one: tactics of different tasks run side by side.

A state is known by the tactics that lead to it, which any of the environments can run, so a state that one of them
reached is gone on from in another. The environments are opened when there is something to do for them: a hole that is
closed at once costs no more with a pool than without.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tools.environment.protocol import Crashed, ProofEnvironment, ProofFinished, TacticOutcome, TacticState
from tools.environment.states import ReachedStates
from tools.errors import QedError

_TRIES = 2
"""How many environments a tactic may crash before it is taken for the tactic's own fault."""


class SharingEnvironment(ProofEnvironment, Protocol):
    """An environment that goes on from states which others of its kind have reached."""

    async def adopt(self, script: Sequence[str], goals: tuple[str, ...]) -> TacticState | Crashed:
        """Its own state after these tactics from its initial state; `goals` is what they left elsewhere."""
        ...


@dataclass(eq=False, slots=True)
class _Member:
    """An environment of the pool, and the tactics that it ran last."""

    environment: SharingEnvironment
    script: tuple[str, ...] = ()


class EnvironmentPool:
    """Up to `size` environments for one hole; implements `ProofEnvironment`.

    The pool takes over `first`; `open_another` opens one more. When that fails with a `QedError` the pool goes on with
    those it has. A tactic on which an environment crashes is tried once more in another.
    """

    def __init__(
        self, first: SharingEnvironment, open_another: Callable[[], Awaitable[SharingEnvironment]], size: int
    ) -> None:
        self._open_another = open_another
        self._size = size
        self._free = [_Member(first)]
        self._members = [*self._free]
        self._opening: asyncio.Task[None] | None = None
        self._returned = asyncio.Event()
        self._states = ReachedStates()
        self._initial = self._states.reach(first.initial_state.goals, ())

    @property
    def initial_state(self) -> TacticState:
        """The state at the hole."""
        return self._initial

    @property
    def size(self) -> int:
        """How many environments are open."""
        return len(self._members)

    def script(self, state: TacticState) -> tuple[str, ...]:
        """The tactics that lead from the initial state to this one."""
        return self._states.script(state)

    async def adopt(self, script: Sequence[str], goals: tuple[str, ...]) -> TacticState:
        """A state that was reached at another time by these tactics."""
        return self._states.reach(goals, script)

    async def run_tac(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> TacticOutcome:
        """Runs one tactic in whichever environment is free; waits for one where none is."""
        script = self._states.script(state)
        outcome: TacticOutcome = Crashed("it was not tried")
        avoided: _Member | None = None
        for _ in range(_TRIES):
            member = await self._take(script, avoided)
            try:
                at = await member.environment.adopt(script, state.goals)
                if isinstance(at, TacticState):
                    member.script = (*script, tactic)
                    outcome = await member.environment.run_tac(at, tactic, timeout=timeout)
                else:
                    outcome = at
            finally:
                self._give_back(member)
            if not isinstance(outcome, Crashed):
                break
            avoided = member
        return self._own(outcome, (*script, tactic))

    async def suggest(self, state: TacticState, tactic: str, *, timeout: float | None = None) -> Sequence[str]:
        """What Lean suggests when it runs `tactic` in a state."""
        script = self._states.script(state)
        member = await self._take(script, None)
        try:
            at = await member.environment.adopt(script, state.goals)
            if isinstance(at, Crashed):
                return ()
            return await member.environment.suggest(at, tactic, timeout=timeout)
        finally:
            self._give_back(member)

    async def close(self) -> None:
        """Closes all environments."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        for member in self._members:
            await member.environment.close()

    # -- members

    async def _take(self, script: tuple[str, ...], avoided: _Member | None) -> _Member:
        """A free environment, the one that has most of the script elaborated; opens another where none is free."""
        while not self._free:
            self._grow()
            self._returned.clear()
            await self._returned.wait()
        free = [member for member in self._free if member is not avoided] or self._free
        member = max(free, key=lambda each: _shared(each.script, script))
        self._free.remove(member)
        return member

    def _give_back(self, member: _Member) -> None:
        self._free.append(member)
        self._returned.set()

    def _grow(self) -> None:
        if len(self._members) < self._size and (self._opening is None or self._opening.done()):
            self._opening = asyncio.ensure_future(self._open())

    async def _open(self) -> None:
        try:
            member = _Member(await self._open_another())
        except QedError:
            self._size = len(self._members)
            return
        self._members.append(member)
        self._give_back(member)

    # -- states

    def _own(self, outcome: TacticOutcome, script: tuple[str, ...]) -> TacticOutcome:
        if isinstance(outcome, TacticState):
            return self._states.reach(outcome.goals, script)
        if isinstance(outcome, ProofFinished):
            return self._states.finish(script)
        return outcome


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tactics two scripts have in common at their beginning."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
