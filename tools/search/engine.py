"""Best-first search over structural tactics, with the closing portfolio tried at every state."""

import heapq
import itertools
from dataclasses import dataclass, field
from enum import Enum

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.lean.goals import Goal
from tools.search.generator import SearchContext, TacticGenerator
from tools.search.limits import Budget
from tools.search.portfolio import Group, close, closing_groups, induction_groups
from tools.search.scorer import StateScorer
from tools.search.structural import variables
from tools.search.tree import Node, Step, fingerprint

_INDUCTION_DEPTH = 3
_LIBRARY_SEARCHES = 6
_LIBRARY_SEARCH_SECONDS = 4.0


class SearchEnd(Enum):
    """How a search ended."""

    FOUND = "found"
    EXHAUSTED = "exhausted"
    BUDGET = "budget"


@dataclass
class BestFirstSearch:
    """One search at one hole. `run` returns the steps of a proof, or None with `end` saying why."""

    environment: ProofEnvironment
    context: SearchContext
    generator: TacticGenerator
    scorer: StateScorer
    budget: Budget
    end: SearchEnd = SearchEnd.EXHAUSTED
    _seen: set[str] = field(default_factory=set[str])
    _queue: list[tuple[float, int, Node]] = field(default_factory=list[tuple[float, int, Node]])
    _order: "itertools.count[int]" = field(default_factory=itertools.count)
    _library_searches: int = 0

    async def run(self) -> tuple[Step, ...] | None:
        """Searches until a proof is found, nothing is left to expand, or the budget is spent."""
        steps = await self._search()
        if steps is not None:
            self.end = SearchEnd.FOUND
        elif self.budget.spent():
            self.end = SearchEnd.BUDGET
        return steps

    async def _search(self) -> tuple[Step, ...] | None:
        root = Node(self.environment.initial_state)
        self._seen.add(fingerprint(root.state))
        heapq.heappush(self._queue, (0.0, next(self._order), root))
        while self._queue and not self.budget.spent():
            _, _, node = heapq.heappop(self._queue)
            self.budget.nodes += 1
            found = await self._expand(node)
            if found is not None:
                return found
        return None

    async def _expand(self, node: Node) -> tuple[Step, ...] | None:
        """Closes goals one after the other as far as the portfolio goes, then branches."""
        closed = await self._close_goals(node)
        if not closed.state.num_goals:
            return closed.steps
        if closed.depth >= self.budget.limits.depth:
            return None
        if closed is not node and not self._is_new(closed.state):
            return None
        return await self._branch(closed) or await self._ask_library(closed)

    async def _close_goals(self, node: Node) -> Node:
        while node.state.num_goals and not self.budget.spent():
            text = node.state.goals[0]
            goal = Goal.parse(text)
            groups = closing_groups(self.context, goal, text)
            if node.depth <= _INDUCTION_DEPTH:
                groups += induction_groups(self.context, variables(self.context, goal), text)
            tactic = await self._first_closing(node.state, groups)
            after = await self._after(node.state, tactic) if tactic else None
            if tactic is None or after is None:
                return node
            node = node.child(after, tactic, 0.1)
        return node

    async def _first_closing(self, state: TacticState, groups: list[Group]) -> str | None:
        for group in groups:
            if self.budget.spent():
                return None
            tactic = await close(self.environment, state, group, self.budget.seconds_left)
            if tactic is not None:
                return tactic
        return None

    async def _ask_library(self, node: Node) -> tuple[Step, ...] | None:
        """`exact?`: Lean looks for one library fact that closes the main goal. Dear, so it comes last and seldom."""
        if self._library_searches >= _LIBRARY_SEARCHES or self.budget.spent():
            return None
        self._library_searches += 1
        state = node.state
        for tactic in await self.environment.suggest(state, "exact?", timeout=_LIBRARY_SEARCH_SECONDS):
            after = await self._after(state, tactic)
            if after is None or after.num_goals >= state.num_goals:
                continue
            child = node.child(after, tactic, 0.2)
            if not after.num_goals:
                return child.steps
            heapq.heappush(self._queue, (self.scorer.score(child), next(self._order), child))
        return None

    async def _after(self, state: TacticState, tactic: str) -> TacticState | None:
        outcome = await self.environment.run_tac(state, tactic)
        if isinstance(outcome, ProofFinished):
            return TacticState(outcome.tactic_state_id, ())
        return outcome if isinstance(outcome, TacticState) else None

    async def _branch(self, node: Node) -> tuple[Step, ...] | None:
        goal = node.state.main_goal
        for candidate in await self.generator.candidates(self.context, node.state, goal):
            if self.budget.spent():
                return None
            outcome = await self.environment.run_tac(node.state, candidate.tactic, timeout=candidate.seconds)
            if isinstance(outcome, ProofFinished):
                return (*node.steps, Step(candidate.tactic, node.state.num_goals, 0))
            if isinstance(outcome, TacticState) and self._is_new(outcome):
                child = node.child(outcome, candidate.tactic, candidate.cost)
                heapq.heappush(self._queue, (self.scorer.score(child), next(self._order), child))
        return None

    def _is_new(self, state: TacticState) -> bool:
        mark = fingerprint(state)
        if mark in self._seen:
            return False
        self._seen.add(mark)
        return True
