"""The scorer beside an event loop."""

import asyncio
import threading
from collections.abc import Iterable

import pytest

from tests.tools.progress.trained import Trained
from tools.errors import QedError
from tools.progress.async_scorer import AsyncProgressScorer
from tools.progress.scorer import Query


class Fake:
    """Answers the length of the goal; waits for `go` before the first batch, and keeps what it was asked."""

    def __init__(self) -> None:
        self.batches: list[list[Query]] = []
        self.threads: set[int] = set()
        self.started, self.go = threading.Event(), threading.Event()

    def predict_many(self, queries: Iterable[Query], /) -> list[float]:
        self.started.set()
        assert self.go.wait(30)
        asked = list(queries)
        self.batches.append(asked)
        self.threads.add(threading.get_ident())
        if any(query.goal == "bad" for query in asked):
            raise QedError("bad")
        return [float(len(query.goal)) for query in asked]


async def test_what_arrives_together_is_one_batch_and_the_loop_goes_on() -> None:
    fake = Fake()
    async with AsyncProgressScorer(lambda: fake) as scorer:
        first = asyncio.create_task(scorer.predict("a", "t"))
        # The loop is free while the batch is at work: it gets here, and takes more questions.
        await asyncio.to_thread(fake.started.wait, 30)
        more = [asyncio.create_task(scorer.predict("x" * n, "t", "p")) for n in range(2, 6)]
        many = asyncio.create_task(scorer.predict_many([Query("yy", "t"), Query("zzz", "t")]))
        await asyncio.sleep(0.01)
        assert not first.done()
        fake.go.set()
        assert await first == 1.0
        assert await asyncio.gather(*more) == [2.0, 3.0, 4.0, 5.0]
        assert await many == [2.0, 3.0]
    assert [len(batch) for batch in fake.batches] == [1, 6]
    assert fake.batches[1][0] == Query("xx", "t", "p")
    assert len(fake.threads) == 1 and threading.get_ident() not in fake.threads


async def test_questions_of_one_moment_go_together_at_once() -> None:
    fake = Fake()
    fake.go.set()
    async with AsyncProgressScorer(lambda: fake) as scorer:
        rewards = await asyncio.gather(*(scorer.reward("x" * n, "t") for n in range(1, 9)))
        assert rewards == [-float(n) for n in range(1, 9)]
        assert await scorer.predict_many([]) == []
    assert [len(batch) for batch in fake.batches] == [8]


async def test_an_error_is_told_to_who_asked_and_ends_nothing() -> None:
    fake = Fake()
    fake.go.set()
    async with AsyncProgressScorer(lambda: fake) as scorer:
        with pytest.raises(QedError):
            await scorer.predict("bad", "t")
        assert await scorer.predict("good", "t") == 4.0


async def test_a_model_that_cannot_be_loaded_is_an_error_of_every_question(tmp_path: str) -> None:
    async with AsyncProgressScorer.of_model(f"{tmp_path}/none") as scorer:
        for _ in range(2):
            with pytest.raises(QedError, match="no such folder"):
                await scorer.predict("g", "t")


async def test_a_cancelled_question_is_left_out() -> None:
    fake = Fake()
    async with AsyncProgressScorer(lambda: fake) as scorer:
        first = asyncio.create_task(scorer.predict("a", "t"))
        await asyncio.to_thread(fake.started.wait, 30)
        dropped = asyncio.create_task(scorer.predict("dropped", "t"))
        kept = asyncio.create_task(scorer.predict("kept", "t"))
        await asyncio.sleep(0.01)
        dropped.cancel()
        first.cancel()
        await asyncio.sleep(0)
        fake.go.set()
        assert await kept == 4.0
    assert fake.batches[1:] == [[Query("kept", "t")]]


async def test_closing_gives_up_what_waits() -> None:
    fake = Fake()
    scorer = AsyncProgressScorer(lambda: fake)
    first = asyncio.create_task(scorer.predict("a", "t"))
    await asyncio.to_thread(fake.started.wait, 30)
    waiting = asyncio.create_task(scorer.predict("b", "t"))
    await asyncio.sleep(0.01)
    fake.go.set()
    await scorer.close()
    assert await first == 1.0
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_with_a_real_model(trained: Trained) -> None:
    async with AsyncProgressScorer.of_model(str(trained.folder), device="cpu") as scorer:
        few, many = await asyncio.gather(
            scorer.predict("⊢ p", "constructor"), scorer.predict("⊢ " + "p ∧ " * 6 + "p", "constructor")
        )
    assert few < many
