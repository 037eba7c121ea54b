"""Slow generators, asked beside the trials: while a model thinks about one state, Lean goes on with others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tools.search.frontier import Frontier, Waiting
from tools.search.generator import Candidate, SearchContext, TacticGenerator
from tools.search.tree import Node

Answered = Callable[[Node, Sequence[Candidate]], Awaitable[None]]


async def proposals(
    generators: Sequence[TacticGenerator], context: SearchContext, node: Node, most: int | None
) -> list[Candidate]:
    """The candidates of generators that are asked side by side, each tactic once; of too many the cheapest."""
    asked = (generator.candidates(context, node.state) for generator in generators)
    ideas: dict[str, Candidate] = {}
    for proposed in await asyncio.gather(*asked):
        for candidate in proposed:
            ideas.setdefault(candidate.tactic, candidate)
    if most is None or len(ideas) <= most:
        return list(ideas.values())
    return sorted(ideas.values(), key=lambda candidate: candidate.cost)[:most]


@dataclass
class Consultations:
    """States for which generators are still to be asked: `at_once` at a time, those with the smallest score first.

    Each answer is given to `answered`. Nothing is asked while `going` is not set. A question that is cancelled is asked
    again by the next `work`.
    """

    generators: Sequence[TacticGenerator]
    context: SearchContext
    most: int | None
    answered: Answered
    going: asyncio.Event
    at_once: int = 4
    _queue: Frontier[Node] = field(default_factory=Frontier[Node])
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self, node: Node, score: float) -> None:
        """A state joins the queue."""
        self._queue.push(node, score, self._queue.next_order())
        self._news.set()

    def waiting(self) -> tuple[Waiting[Node], ...]:
        """The states that wait, in their order, while nothing runs."""
        return tuple(self._queue)

    async def work(self) -> None:
        """Asks for one state after the other; never ends by itself."""
        while True:
            await self.going.wait()
            self._news.clear()
            if not len(self._queue):
                await self._news.wait()
                continue
            if (waiting := await self._queue.take()) is None:
                continue
            try:
                node = waiting.item
                await self.answered(node, await proposals(self.generators, self.context, node, self.most))
            except BaseException:
                self._queue.put_back(waiting)
                raise
            self._queue.done()
