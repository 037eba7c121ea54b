"""One engine for proof search: what could be tried waits in a queue, several workers try it, a policy orders it.

A node is a state that was reached, an edge a tactic that could be tried in one; the queue holds both. With a guided
policy a node is visited by closing its goals as far as quick tactics go and by taking the steps that lose nothing; if
something is left, every other idea becomes an edge: the thorough part of the portfolio, inductions, library search,
and the steps of the generators. So a dear idea at a good state competes with cheap ideas elsewhere. With a plain
policy the candidates of the generators are all that is tried.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.search.closing import Closer
from tools.search.frontier import Frontier, Waiting
from tools.search.generator import Candidate, SearchContext, TacticGenerator
from tools.search.induction import heads, variables, with_arms
from tools.search.limits import Budget
from tools.search.policy import BestFirst, SearchPolicy
from tools.search.scorer import StateScorer
from tools.search.structural import invertible
from tools.search.tree import Edge, Node, Step, fingerprint
from tools.search.watched import SearchWatch

_THOROUGH_COST = 0.3
_PROBE_COST = 0.4
_LIBRARY_COST, _LIBRARY_COST_LATER = 0.8, 1.5
_INDUCTION_DEPTH = 6
_SOMEBODY_ELSE = -1
_MARK_BYTES = 16


class SearchEnd(Enum):
    """How a search ended."""

    FOUND = "found"
    EXHAUSTED = "exhausted"
    BUDGET = "budget"


@dataclass
class ProofSearch:
    """One search at one hole.

    `run` returns the steps of a proof, or None with `end` saying why. A run that was cancelled can be taken up again
    by another `run`: nothing of the tree is lost. `workers` things are tried at once, which pays where the environment
    has several Leans or a generator waits for a model. `watch` is told how the tree grows.
    """

    environment: ProofEnvironment
    context: SearchContext
    generators: Sequence[TacticGenerator]
    scorer: StateScorer
    budget: Budget
    policy: SearchPolicy = field(default_factory=BestFirst)
    workers: int = 1
    end: SearchEnd = SearchEnd.EXHAUSTED
    watch: SearchWatch = field(default_factory=SearchWatch)
    _closer: Closer = field(init=False)
    _claims: dict[str, int] = field(default_factory=dict[str, int])
    # For each state that was reached, the node that brought it: a visit that was broken off finds its own again.
    _frontier: Frontier[Node | Edge] = field(default_factory=Frontier[Node | Edge])
    _scores: dict[int, float] = field(default_factory=dict[int, float])
    _begun: bool = False
    _found: Node | None = None

    def __post_init__(self) -> None:
        self._closer = Closer(self.environment, self.context, self.budget)

    async def run(self) -> tuple[Step, ...] | None:
        """Searches until a proof is found, nothing is left to try, or the budget is spent."""
        await self._begin()
        tasks = [asyncio.ensure_future(self._work()) for _ in range(max(1, self.workers))]
        try:
            for finished in asyncio.as_completed(tasks):
                await finished
                if self._found is not None:
                    break
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._found is not None:
            self.watch.proved(self._found)
            self.end = SearchEnd.FOUND
            return self._found.steps
        self.end = SearchEnd.BUDGET if self.budget.spent() else SearchEnd.EXHAUSTED
        return None

    @property
    def has_begun(self) -> bool:
        """Whether there is a tree."""
        return self._begun

    def waiting(self) -> tuple[Waiting[Node | Edge], ...]:
        """What waits to be tried, in its order, while nothing runs."""
        return tuple(self._frontier)

    def reached(self) -> tuple[str, ...]:
        """The marks of the states that were reached."""
        return tuple(self._claims)

    def take_up(self, waiting: Iterable[Waiting[Node | Edge]], reached: Iterable[str]) -> None:
        """Instead of at the root the search begins where another one stood; before the first `run`."""
        self._begun = True
        self._claims = dict.fromkeys(reached, _SOMEBODY_ELSE)
        self._frontier.restore(waiting)
        for each in self._frontier:
            if isinstance(each.item, Node):
                self._claims[_mark(each.item.state)] = each.item.state.id

    async def _begin(self) -> None:
        if self._begun:
            return
        root = Node(self.environment.initial_state)
        self.watch.opened(root, await self._score(root))
        self._begun = True
        self._claim(root.state, root)
        self._push(root, 0.0)

    async def _work(self) -> None:
        """Tries one thing after the other until a proof is found or nothing is left."""
        while self._found is None and not self.budget.spent():
            waiting = await self._frontier.take()
            if waiting is None:
                return
            try:
                # Kept here, not returned: a run that is cancelled at this moment must not lose it.
                self._found = await self._process(waiting.item) or self._found
            except BaseException:
                self._frontier.put_back(waiting)
                raise
            self._frontier.done()

    async def _process(self, item: Node | Edge) -> Node | None:
        if isinstance(item, Edge):
            found = await self._try(item)
            self.watch.tried(item.node)
            return found
        self.budget.nodes += 1
        return await (self._visit(item) if self.policy.guided else self._ask(item))

    # -- visiting a state

    async def _ask(self, node: Node) -> None:
        """Puts what the generators propose for a state into the queue, and nothing else."""
        if node.depth < self.budget.limits.depth:
            await self._wait_for_turn(node, await self._proposed(node))
        self.watch.expanded(node, await self._score(node))

    async def _visit(self, node: Node) -> Node | None:
        """Goes on from a node as far as that loses nothing, and puts the ideas for the rest into the queue."""
        visited, passed = node, set[str]()
        while True:
            settled = await self._closer.settle(node)
            if not settled.state.num_goals:
                return settled
            moved = await self._without_loss(settled, visited, passed)
            if moved is settled:
                break
            if moved.state.num_goals > settled.state.num_goals:
                # Apart, the halves of `↔` and `∧` no longer look like the fact of the library that they may be.
                idea = Candidate("exact?", _LIBRARY_COST, origin="library", closing=True)
                self.watch.idea(settled, await self._score(settled))
                self._push(Edge(settled, idea), await self._score(settled))
            node = moved
        if settled is not node and not self._claim(settled.state, visited):
            self.watch.closed(node)
            return None
        if settled.depth < self.budget.limits.depth:
            await self._wait_for_turn(settled, [*self._own_ideas(settled), *await self._proposed(settled)])
        self.watch.expanded(settled, await self._score(settled))
        return None

    async def _without_loss(self, node: Node, visited: Node, passed: set[str]) -> Node:
        """The node after all the invertible steps that its main goal allows, one after the other.

        None of them leads to a state that was `passed` before.
        """
        while node.state.num_goals and not self.budget.spent():
            candidate = invertible(self.context, node.state.main_goal)
            if candidate is None:
                break
            outcome = await self.environment.run_tac(node.state, candidate.tactic, timeout=candidate.seconds)
            if not isinstance(outcome, TacticState) or (mark := _mark(outcome)) in passed:
                break
            if not self._claim(outcome, visited):
                break
            passed.add(mark)
            node = node.child(outcome, candidate.tactic, candidate.cost)
        return node

    def _own_ideas(self, node: Node) -> list[Candidate]:
        """The ideas that need more than one tactic, or more of Lean than a generator has."""
        goal = node.state.main_goal
        ideas = [Candidate("", _THOROUGH_COST, origin="thorough", closing=True)]
        asked = _LIBRARY_COST if all(step.tactic.startswith("intro") for step in node.steps) else _LIBRARY_COST_LATER
        ideas.append(Candidate("exact?", asked, origin="library", closing=True))
        if node.depth <= _INDUCTION_DEPTH:
            for index, head in enumerate(heads(self.context, goal)):
                ideas.append(Candidate(head, _PROBE_COST + 0.05 * index, origin="probe", closing=True))
                ideas.append(Candidate(head, 2.0 + 0.1 * index, origin="induction"))
        return ideas + [Candidate(f"cases {name}", 1.5, origin="cases") for name in variables(self.context, goal)]

    async def _proposed(self, node: Node) -> list[Candidate]:
        """The candidates of the generators, each tactic once."""
        ideas: dict[str, Candidate] = {}
        # Side by side: one may wait for a model, another for an index.
        asked = (generator.candidates(self.context, node.state) for generator in self.generators)
        for proposed in await asyncio.gather(*asked):
            for candidate in proposed:
                ideas.setdefault(candidate.tactic, candidate)
        return list(ideas.values())[: self.policy.samples]

    async def _wait_for_turn(self, node: Node, ideas: Sequence[Candidate]) -> None:
        score = await self._score(node)
        for idea in ideas:
            self.watch.idea(node, score)
            self._push(Edge(node, idea), score, idea.cost)

    # -- trying an idea

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
        score = await self._score(child)
        if self._claim(child.state, child):
            self.watch.opened(child, score)
            self._push(child, score)
        return None

    async def _step(self, node: Node, idea: Candidate, tactic: str) -> Node | None:
        outcome = await self.environment.run_tac(node.state, tactic, timeout=idea.seconds)
        if isinstance(outcome, ProofFinished):
            outcome = TacticState(outcome.tactic_state_id, ())
        return node.child(outcome, tactic, idea.cost) if isinstance(outcome, TacticState) else None

    # -- the queue

    def _push(self, item: Node | Edge, score: float, cost: float = 0.0) -> None:
        order = self._frontier.next_order()
        self._frontier.push(item, self.policy.priority(score, cost, order), order)

    async def _score(self, node: Node) -> float:
        """The score of a node; the scorer is asked once."""
        known = self._scores.get(node.state.id)
        if known is None:
            (known,) = await self.scorer.scores([node])
            self._scores[node.state.id] = known
        return known

    def _claim(self, state: TacticState, node: Node) -> bool:
        """Whether a state was not reached before, or by the same node: that node goes on from it."""
        owner = node.state.id
        return self._claims.setdefault(_mark(state), owner) == owner


def _mark(state: TacticState) -> str:
    """What is kept of a state to know it again: printed goals may be long, and there may be many."""
    return hashlib.blake2b(fingerprint(state).encode(errors="replace"), digest_size=_MARK_BYTES).hexdigest()
