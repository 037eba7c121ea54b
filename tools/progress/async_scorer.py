"""The scorer beside an event loop: a thread of its own, and one batch for what is asked at the same time."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, Self

from tools.progress.scorer import LeanProgressScorer, Query, reward_of


class BatchScorer(Protocol):
    """What `LeanProgressScorer` is to this module."""

    def predict_many(self, queries: Iterable[Query], /) -> list[float]:
        """The steps that remain for each query."""
        ...


_Waiting = tuple[tuple[Query, ...], asyncio.Future[list[float]]]


class AsyncProgressScorer:
    """Asks a scorer without blocking the event loop.

    The model is loaded at the first question, in the same thread (`load`; what it raises, every question raises).
    What is asked while a batch is at work waits, and goes together as the next one. A question that is cancelled is
    left out of the batches to come. Close it at the end, or use it as `async with`.
    """

    def __init__(self, load: Callable[[], BatchScorer]) -> None:
        self._load = load
        self._scorer: BatchScorer | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="leanprogress")
        self._waiting: list[_Waiting] = []
        self._running: asyncio.Task[None] | None = None

    @classmethod
    def of_model(
        cls,
        model_name: str,
        *,
        device: str | None = None,
        template: str | None = None,
        max_length: int | None = None,
    ) -> Self:
        """For a model, which is loaded at the first question; arguments as for `LeanProgressScorer`."""
        return cls(lambda: LeanProgressScorer(model_name, device=device, template=template, max_length=max_length))

    async def predict(self, goal: str, tactic: str, prefix: str | None = None) -> float:
        """The steps that remain after a tactic; see `LeanProgressScorer.predict`."""
        return (await self.predict_many([Query(goal, tactic, prefix or "")]))[0]

    async def reward(self, goal: str, tactic: str, prefix: str | None = None) -> float:
        """The negated steps that remain."""
        return reward_of(await self.predict(goal, tactic, prefix))

    async def predict_many(self, queries: Iterable[Query]) -> list[float]:
        """The steps that remain for each query, in their order."""
        asked = tuple(queries)
        if not asked:
            return []
        answer: asyncio.Future[list[float]] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self) -> None:
        """Answers batch by batch until nobody waits."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(0)  # whoever is about to ask in this round of the loop joins the batch
            batch = [each for each in self._waiting if not each[1].done()]
            self._waiting.clear()
            queries = [query for asked, _ in batch for query in asked]
            try:
                answers = await loop.run_in_executor(self._thread, self._answer, queries)
            except Exception as error:  # whatever it is belongs to those who asked, and must not end the service
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                _deliver(batch, answers)

    def _answer(self, queries: Sequence[Query]) -> list[float]:
        if self._scorer is None:
            self._scorer = self._load()
        return self._scorer.predict_many(queries)

    async def close(self) -> None:
        """Gives up what is waiting, and ends the thread when its batch is done."""
        for _, answer in self._waiting:
            answer.cancel()
        self._waiting.clear()
        await asyncio.to_thread(self._thread.shutdown)
        if self._running is not None:
            await self._running

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _deliver(batch: Sequence[_Waiting], answers: Sequence[float]) -> None:
    at = 0
    for asked, answer in batch:
        if not answer.done():
            answer.set_result(list(answers[at : at + len(asked)]))
        at += len(asked)
