"""One engine for proof search: what could be tried waits in a queue, several workers try it, a policy orders it.

A node is a state that was reached, an edge a tactic that could be tried in one; the queue holds both. With a guided
policy a node is visited by closing its goals as far as quick tactics go and by taking the steps that lose nothing; if
something is left, every other idea becomes an edge: the thorough part of the portfolio, inductions, library search,
and the steps of the generators. So a dear idea at a good state competes with cheap ideas elsewhere, and kinds of ideas
that have not paid so far wait longer. With a plain policy the candidates of the generators are all that is tried.

Generators that are slow (a model, an index that is being made) are consulted beside the trials: what they propose
joins the queue when it comes.
"""

import asyncio
import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from tools.environment.protocol import ProofEnvironment, ProofFinished, TacticState
from tools.search.closing import Closer
from tools.search.consulting import Consultations, proposals
from tools.search.estimator import StepsEstimator
from tools.search.frontier import Frontier, Waiting
from tools.search.generator import Candidate, SearchContext, TacticGenerator
from tools.search.ideas import before_opening, own_ideas
from tools.search.induction import with_arms
from tools.search.limits import Budget
from tools.search.payoff import Payoff
from tools.search.policy import BestFirst, SearchPolicy
from tools.search.scorer import StateScorer
from tools.search.structural import invertible
from tools.search.tree import Edge, Node, Step, fingerprint
from tools.search.watched import SearchWatch

CONSULTATION = "consultation"
"""The origin of an edge that stands for asking the slow generators; only searches on disk have such edges."""
_SOMEBODY_ELSE = -1
_MARK_BYTES = 16
_NEW_STATE_GAIN = 0.2
_WORTH_POSTPONING = 0.2
_LAST_TRIAL_SECONDS = 0.5
"""How long a tactic that is being tried when the time is over has to end by itself."""


class SearchEnd(Enum):
    """How a search ended."""

    FOUND = "found"
    EXHAUSTED = "exhausted"
    BUDGET = "budget"


@dataclass
class ProofSearch:
    """One search at one hole.

    `run` returns the steps of a proof, or None with `end` saying why. A run that was cancelled can be taken up again
    by another `run`: nothing of the tree is lost. `pause` and `resume` hold it up while it runs. `workers` things are
    tried at once, which pays where the environment has several Leans. `generators` are asked at once, `consulted` ones
    beside the trials. `estimator` says how many steps remain, for scorers that make use of it; `payoff` which kinds of
    ideas have paid. `watch` is told how the
    tree grows.
    """

    environment: ProofEnvironment
    context: SearchContext
    generators: Sequence[TacticGenerator]
    scorer: StateScorer
    budget: Budget
    consulted: Sequence[TacticGenerator] = ()
    estimator: StepsEstimator | None = None
    policy: SearchPolicy = field(default_factory=BestFirst)
    workers: int = 1
    payoff: Payoff = field(default_factory=Payoff)
    end: SearchEnd = SearchEnd.EXHAUSTED
    watch: SearchWatch = field(default_factory=SearchWatch)
    _closer: Closer = field(init=False)
    _consultations: Consultations = field(init=False)
    # For each state that was reached, the node that brought it: a visit that was broken off finds its own again.
    _claims: dict[str, int] = field(default_factory=dict[str, int])
    _frontier: Frontier[Node | Edge] = field(default_factory=Frontier[Node | Edge])
    _scores: dict[int, float] = field(default_factory=dict[int, float])
    _going: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: bool = False
    _found: Node | None = None

    def __post_init__(self) -> None:
        self._closer = Closer(self.environment, self.context, self.budget)
        self._going.set()
        self._consultations = Consultations(
            self.consulted, self.context, self.policy.samples, self._answered, self._going
        )

    async def run(self) -> tuple[Step, ...] | None:
        """Searches until a proof is found, nothing is left to try, or the budget is spent."""
        self._begin()
        tasks = [asyncio.ensure_future(self._work()) for _ in range(max(1, self.workers))]
        asked_at_once = self._consultations.at_once if self.consulted else 0
        askers = [asyncio.ensure_future(self._consultations.work()) for _ in range(asked_at_once)]
        try:
            await self._until_over(tasks, askers)
        finally:
            for task in (*tasks, *askers):
                task.cancel()
            await asyncio.gather(*tasks, *askers, return_exceptions=True)
        if self._found is not None:
            self.watch.proved(self._found)
            self.end = SearchEnd.FOUND
            return self._found.steps
        self.end = SearchEnd.BUDGET if self.budget.spent() else SearchEnd.EXHAUSTED
        return None

    async def _until_over(self, workers: list[asyncio.Task[None]], askers: list[asyncio.Task[None]]) -> None:
        """Returns with the first proof, or when all workers have ended; raises what any of them raises."""
        running = {*workers}
        while running and self._found is None:
            # Workers may wait for somebody who is asked; the clock does not.
            wait = self.budget.seconds_left + _LAST_TRIAL_SECONDS
            ended, _ = await asyncio.wait({*running, *askers}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
            running -= ended
            if not ended and self.budget.spent():
                return

    def pause(self) -> None:
        """Holds the search up, and its clock: what is being tried ends, nothing new is begun."""
        self._going.clear()
        self.budget.pause()

    def resume(self) -> None:
        """Goes on after `pause`."""
        self.budget.resume()
        self._going.set()

    @property
    def has_begun(self) -> bool:
        """Whether there is a tree."""
        return self._begun

    def waiting(self) -> tuple[Waiting[Node | Edge], ...]:
        """What waits to be tried, in its order, and then the states that slow generators are to be asked for.

        To be called while nothing runs.
        """
        asked = self._consultations.waiting()
        last = max((each.order for each in self._frontier), default=-1)
        return (
            *self._frontier,
            *(Waiting(each.priority, last + 1 + n, consultation(each.item)) for n, each in enumerate(asked)),
        )

    def reached(self) -> tuple[str, ...]:
        """The marks of the states that were reached."""
        return tuple(self._claims)

    def take_up(self, waiting: Iterable[Waiting[Node | Edge]], reached: Iterable[str]) -> None:
        """Instead of at the root the search begins where another one stood; before the first `run`."""
        self._begun = True
        self._claims = dict.fromkeys(reached, _SOMEBODY_ELSE)
        tried: list[Waiting[Node | Edge]] = []
        for each in waiting:
            if not isinstance(each.item, Edge) or each.item.candidate.origin != CONSULTATION:
                tried.append(each)
            elif self.consulted:
                self._frontier.expect()
                self._consultations.ask(each.item.node, each.priority)
        self._frontier.restore(tried)
        for each in tried:
            if isinstance(each.item, Node):
                self._claims[_mark(each.item.state)] = each.item.state.id

    def _begin(self) -> None:
        if self._begun:
            return
        root = Node(self.environment.initial_state)
        self.watch.opened(root, self._score(root))
        self._begun = True
        self._claim(root.state, root)
        self._push(root, self._score(root))

    async def _work(self) -> None:
        """Tries one thing after the other until a proof is found or nothing is left."""
        while self._found is None and not self.budget.spent():
            await self._going.wait()
            waiting = await self._frontier.take()
            if waiting is None:
                return
            if isinstance(waiting.item, Edge) and self._has_to_wait(waiting, waiting.item):
                continue
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
        """Puts what the generators propose for a state into the queue, and does nothing else."""
        best = await self._spread(node, []) if node.depth < self.budget.limits.depth else None
        self.watch.expanded(node, self._score(node), best)

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
            await self._wait_for_turn(settled, before_opening(self.context, settled, moved))
            node = moved
        if settled is not node and not self._claim(settled.state, visited):
            self.watch.closed(node)
            return None
        best = None
        if settled.depth < self.budget.limits.depth:
            best = await self._spread(settled, own_ideas(self.context, settled))
        self.watch.expanded(settled, self._score(settled), best)
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

    async def _spread(self, node: Node, own: Sequence[Candidate]) -> float | None:
        """Puts all ideas for a state into the queue; the steps that remain after the best, where that is known."""
        proposed = await proposals(self.generators, self.context, node, self.policy.samples)
        ideas = {(idea.origin, idea.tactic): idea for idea in (*own, *proposed)}
        best = await self._wait_for_turn(node, list(ideas.values()))
        if self.consulted:
            self._consult(node)
        return best

    async def _wait_for_turn(self, node: Node, ideas: Sequence[Candidate]) -> float | None:
        edges = [Edge(node, idea) for idea in ideas]
        if self.estimator is not None and edges:
            estimates = await self.estimator.steps_remaining(edges)
            edges = [replace(edge, steps_remaining=each) for edge, each in zip(edges, estimates, strict=True)]
        for edge in edges:
            self.watch.idea(node, self._score(node))
            self._push(edge, self._idea_score(edge))
        return min((edge.steps_remaining for edge in edges if edge.steps_remaining is not None), default=None)

    def _consult(self, node: Node) -> None:
        """The slow generators are asked for a state; until they have answered the search is not at its end."""
        self.watch.idea(node, self._score(node))
        self._frontier.expect()
        self._consultations.ask(node, self._score(node))

    async def _answered(self, node: Node, ideas: Sequence[Candidate]) -> None:
        await self._wait_for_turn(node, ideas)
        self.watch.tried(node)
        self._frontier.done()

    # -- trying an idea

    async def _try(self, edge: Edge) -> Node | None:
        """Tries one idea. A proof is returned, a new state joins the queue."""
        began = time.monotonic()
        child = await self._outcome(edge)
        is_closer = child is not None and child.state.num_goals < edge.node.state.num_goals
        is_new = child is not None and child.state.num_goals > 0 and self._claim(child.state, child)
        gain = 1.0 if is_closer else _NEW_STATE_GAIN if is_new else 0.0
        self.payoff.tried(edge.candidate.origin, time.monotonic() - began, gain)
        if child is None or not child.state.num_goals:
            return child
        if is_new:
            self.watch.opened(child, self._score(child))
            self._push(child, self._score(child))
        return None

    async def _outcome(self, edge: Edge) -> Node | None:
        """The state that an idea leads to, if Lean accepts it."""
        node, idea = edge.node, edge.candidate
        match idea.origin:
            case "thorough":
                return await self._closer.thoroughly(node)
            case "probe":
                return await self._closer.by_induction(node, idea.tactic)
            case "library":
                return await self._closer.by_library(node)
            case "induction" | "cases":
                opened = await with_arms(self.environment, self.context, node.state, idea.tactic)
                return edge.child(opened.state, opened.tactic) if opened else None
            case _:
                return await self._step(edge, idea.tactic)

    async def _step(self, edge: Edge, tactic: str) -> Node | None:
        outcome = await self.environment.run_tac(edge.node.state, tactic, timeout=edge.candidate.seconds)
        if isinstance(outcome, ProofFinished):
            outcome = TacticState(outcome.tactic_state_id, ())
        return edge.child(outcome, tactic) if isinstance(outcome, TacticState) else None

    # -- the queue

    def _push(self, item: Node | Edge, score: float) -> None:
        order = self._frontier.next_order()
        self._frontier.push(item, self.policy.priority(score, order), order)

    def _has_to_wait(self, waiting: Waiting[Node | Edge], edge: Edge) -> bool:
        """Puts an idea back where its kind has cost much for little since it joined the queue."""
        now = self.policy.priority(self._idea_score(edge), waiting.order)
        return now > waiting.priority + _WORTH_POSTPONING and self._frontier.postpone(waiting, now)

    def _idea_score(self, edge: Edge) -> float:
        return self.scorer.idea(edge) + self.payoff.surcharge(edge.candidate.origin)

    def _score(self, node: Node) -> float:
        """The score of a node; the scorer is asked once."""
        known = self._scores.get(node.state.id)
        if known is None:
            known = self._scores[node.state.id] = self.scorer.state(node)
        return known

    def _claim(self, state: TacticState, node: Node) -> bool:
        """Whether a state was not reached before, or by the same node: that node goes on from it."""
        owner = node.state.id
        return self._claims.setdefault(_mark(state), owner) == owner


def consultation(node: Node) -> Edge:
    """How a state that slow generators are to be asked for stands among what waits."""
    return Edge(node, Candidate("", origin=CONSULTATION))


def _mark(state: TacticState) -> str:
    """What is kept of a state to know it again: printed goals may be long, and there may be many."""
    return hashlib.blake2b(fingerprint(state).encode(errors="replace"), digest_size=_MARK_BYTES).hexdigest()
