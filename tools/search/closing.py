"""Closing the main goal of a state: by the portfolio, by an induction whose cases are easy, by the library."""

from dataclasses import dataclass, field

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.search.generator import SearchContext
from tools.search.induction import with_arms
from tools.search.limits import Budget
from tools.search.portfolio import Group, arm_closers, close, closes, probe, quick_groups, steps_of, thorough_groups
from tools.search.tree import Node

_PROBE_SECONDS = 3.0
_LIBRARY_SEARCHES = 6
_LIBRARY_SECONDS = 5.0
_COST = 0.1
# From this many cases on, one closer after `<;>` says more than as many equal arms.
_MANY_CASES = 3


@dataclass
class Closer:
    """Closes main goals, and remembers which goals it could not close."""

    environment: ProofEnvironment
    context: SearchContext
    budget: Budget
    _refused: set[str] = field(default_factory=set[str])
    _refused_thoroughly: set[str] = field(default_factory=set[str])
    _library_searches: int = 0

    async def settle(self, node: Node) -> Node:
        """The node that is left when the quick tactics have closed one main goal after the other."""
        while node.state.num_goals and not self.budget.spent():
            closed = await self.quickly(node)
            if closed is None:
                break
            node = closed
        return node

    async def quickly(self, node: Node) -> Node | None:
        """The node without its main goal, when a tactic closes it that is asked of every goal."""
        return await self._by_groups(node, quick_groups(), self._refused)

    async def thoroughly(self, node: Node) -> Node | None:
        """The same with the names of the file, and with the tactics that its imports bring."""
        groups = thorough_groups(self.context, node.state.main_goal, node.state.goals[0])
        return await self._by_groups(node, groups, self._refused_thoroughly)

    async def _by_groups(self, node: Node, groups: list[Group], refused: set[str]) -> Node | None:
        text = node.state.goals[0]
        if text in refused:
            return None
        for group in groups:
            if self.budget.spent():
                return None
            tactic = await close(self.environment, node.state, group, self.budget.seconds_left)
            if tactic is not None:
                return await self._after(node, tactic)
        if "?" not in text:
            refused.add(text)
        return None

    async def by_induction(self, node: Node, head: str) -> Node | None:
        """The node without its main goal, when induction (or case analysis) leaves only easy cases."""
        closers = arm_closers(self.context, node.state.main_goal)
        tactic = probe(head, closers)
        if not await self._closes(node.state, tactic):
            return None
        named = await self._with_arms_closed(node, head)
        cases = len(named.steps) - node.depth - 1 if named else _MANY_CASES
        if named is None or cases >= _MANY_CASES:
            for closer in (*closers, "omega"):
                if await self._closes(node.state, f"{head} <;> {closer}"):
                    return await self._after(node, f"{head} <;> {closer}")
        return named or await self._after(node, tactic)

    async def _with_arms_closed(self, node: Node, head: str) -> Node | None:
        cases = await with_arms(self.environment, self.context, node.state, head)
        if cases is None:
            return None
        opened = node.child(cases.state, cases.tactic, _COST)
        left = node.state.num_goals - 1
        while opened.state.num_goals > left:
            closed = await self.quickly(opened) or await self.thoroughly(opened)
            if closed is None:
                return None
            opened = closed
        return opened

    async def by_library(self, node: Node) -> Node | None:
        """`exact?`: Lean looks for one fact of the library that closes the main goal. Dear: a few times a search."""
        if self._library_searches >= _LIBRARY_SEARCHES or self.budget.spent():
            return None
        self._library_searches += 1
        for tactic in await self.environment.suggest(node.state, "exact?", timeout=_LIBRARY_SECONDS):
            if await self._closes(node.state, tactic):
                return await self._after(node, tactic)
        return None

    async def _closes(self, state: TacticState, tactic: str) -> bool:
        return closes(state, await self.environment.run_tac(state, tactic, timeout=_PROBE_SECONDS))

    async def _after(self, node: Node, tactic: str) -> Node | None:
        """The node after a tactic, step by step where it is a sequence."""
        after: Node | None = node
        for step in steps_of(tactic):
            after = await self._step(after, step) if after else None
        return after

    async def _step(self, node: Node, tactic: str) -> Node | None:
        outcome = await self.environment.run_tac(node.state, tactic)
        if isinstance(outcome, ProofFinished):
            return node.child(TacticState(outcome.tactic_state_id, ()), tactic, _COST)
        return node.child(outcome, tactic, _COST) if isinstance(outcome, TacticState) else None
