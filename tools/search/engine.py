"""Best-first search: what could be tried waits in one queue, and what promises most is tried first.

A node is a state that was reached, an edge a tactic that could be tried in one. A node is visited by closing its
goals as far as quick tactics go and by taking the steps that lose nothing; if something is left, every other idea
becomes an edge: the thorough part of the portfolio, inductions, library search, and the steps of the generators. The
queue holds edges and nodes alike, so that a dear idea at a good state competes with cheap ideas elsewhere.
"""

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.search.closing import Closer
from tools.search.generator import Candidate, SearchContext, TacticGenerator
from tools.search.induction import heads, variables, with_arms
from tools.search.limits import Budget
from tools.search.scorer import StateScorer
from tools.search.structural import invertible
from tools.search.tree import Edge, Node, Step, fingerprint
from tools.search.watched import SearchWatch

_THOROUGH_COST = 0.3
_PROBE_COST = 0.4
_LIBRARY_COST, _LIBRARY_COST_LATER = 0.8, 1.5
_INDUCTION_DEPTH = 6


class SearchEnd(Enum):
    """How a search ended."""

    FOUND = "found"
    EXHAUSTED = "exhausted"
    BUDGET = "budget"


@dataclass
class BestFirstSearch:
    """One search at one hole.

    `run` returns the steps of a proof, or None with `end` saying why. A run that was cancelled can be taken up again
    by another `run`: nothing of the tree is lost. `watch` is told how the tree grows.
    """

    environment: ProofEnvironment
    context: SearchContext
    generators: Sequence[TacticGenerator]
    scorer: StateScorer
    budget: Budget
    end: SearchEnd = SearchEnd.EXHAUSTED
    watch: SearchWatch = field(default_factory=SearchWatch)
    _closer: Closer = field(init=False)
    _seen: set[str] = field(default_factory=set[str])
    _queue: list[tuple[float, int, Node | Edge]] = field(default_factory=list[tuple[float, int, Node | Edge]])
    _order: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._closer = Closer(self.environment, self.context, self.budget)
        root = Node(self.environment.initial_state)
        self._seen.add(fingerprint(root.state))
        self.watch.opened(root, self.scorer.score(root))
        self._push(root, 0.0)

    async def run(self) -> tuple[Step, ...] | None:
        """Searches until a proof is found, nothing is left to try, or the budget is spent."""
        while self._queue and not self.budget.spent():
            entry = heapq.heappop(self._queue)
            try:
                found = await self._process(entry[2])
            except BaseException:
                heapq.heappush(self._queue, entry)
                raise
            if found is not None:
                self.watch.proved(found)
                self.end = SearchEnd.FOUND
                return found.steps
        self.end = SearchEnd.BUDGET if self.budget.spent() else SearchEnd.EXHAUSTED
        return None

    async def _process(self, item: Node | Edge) -> Node | None:
        if isinstance(item, Edge):
            found = await self._try(item)
            self.watch.tried(item.node)
            return found
        self.budget.nodes += 1
        return await self._visit(item)

    async def _visit(self, node: Node) -> Node | None:
        """Goes on from a node as far as that loses nothing, and puts the ideas for the rest into the queue."""
        while True:
            settled = await self._closer.settle(node)
            if not settled.state.num_goals:
                return settled
            moved = await self._without_loss(settled)
            if moved is settled:
                break
            if moved.state.num_goals > settled.state.num_goals:
                # Apart, the halves of `↔` and `∧` no longer look like the fact of the library that they may be.
                idea = Candidate("exact?", _LIBRARY_COST, origin="library", closing=True)
                score = self.scorer.score(settled)
                self.watch.idea(settled, score)
                self._push(Edge(settled, idea), score)
            node = moved
        if settled is not node and not self._is_new(settled.state):
            self.watch.closed(node)
            return None
        if settled.depth < self.budget.limits.depth:
            await self._branch(settled)
        self.watch.expanded(settled, self.scorer.score(settled))
        return None

    async def _without_loss(self, node: Node) -> Node:
        """The node after all the invertible steps that its main goal allows, one after the other."""
        while node.state.num_goals and not self.budget.spent():
            candidate = invertible(self.context, node.state.main_goal)
            if candidate is None:
                break
            outcome = await self.environment.run_tac(node.state, candidate.tactic, timeout=candidate.seconds)
            if not isinstance(outcome, TacticState) or not self._is_new(outcome):
                break
            node = node.child(outcome, candidate.tactic, candidate.cost)
        return node

    async def _branch(self, node: Node) -> None:
        goal, score = node.state.main_goal, self.scorer.score(node)
        ideas = [Candidate("", _THOROUGH_COST, origin="thorough", closing=True)]
        asked = _LIBRARY_COST if all(step.tactic.startswith("intro") for step in node.steps) else _LIBRARY_COST_LATER
        ideas.append(Candidate("exact?", asked, origin="library", closing=True))
        if node.depth <= _INDUCTION_DEPTH:
            for index, head in enumerate(heads(self.context, goal)):
                ideas.append(Candidate(head, _PROBE_COST + 0.05 * index, origin="probe", closing=True))
                ideas.append(Candidate(head, 2.0 + 0.1 * index, origin="induction"))
        ideas += [Candidate(f"cases {name}", 1.5, origin="cases") for name in variables(self.context, goal)]
        for generator in self.generators:
            ideas += await generator.candidates(self.context, node.state)
        for idea in ideas:
            self.watch.idea(node, score)
            self._push(Edge(node, idea), score + idea.cost)

    async def _try(self, edge: Edge) -> Node | None:
        """Tries one idea. A proof is returned, a new state joins the queue."""
        node, idea = edge.node, edge.candidate
        match idea.origin:
            case "thorough":
                child = await self._closer.thoroughly(node)
            case "probe":
                child = await self._closer.by_induction(node, idea.tactic)
            case "library":
                child = await self._closer.by_library(node)
            case "induction" | "cases":
                tactic = await with_arms(self.environment, node.state, idea.tactic)
                child = await self._step(node, idea, tactic) if tactic else None
            case _:
                child = await self._step(node, idea, idea.tactic)
        if child is None:
            return None
        if not child.state.num_goals:
            return child
        if self._is_new(child.state):
            score = self.scorer.score(child)
            self.watch.opened(child, score)
            self._push(child, score)
        return None

    async def _step(self, node: Node, idea: Candidate, tactic: str) -> Node | None:
        outcome = await self.environment.run_tac(node.state, tactic, timeout=idea.seconds)
        if isinstance(outcome, ProofFinished):
            outcome = TacticState(outcome.tactic_state_id, ())
        return node.child(outcome, tactic, idea.cost) if isinstance(outcome, TacticState) else None

    def _push(self, item: Node | Edge, priority: float) -> None:
        heapq.heappush(self._queue, (priority, next(self._order), item))

    def _is_new(self, state: TacticState) -> bool:
        mark = fingerprint(state)
        if mark in self._seen:
            return False
        self._seen.add(mark)
        return True
