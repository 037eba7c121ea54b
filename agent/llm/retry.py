"""Repeats what failed and may work now, then goes to the next model, then gives up with a named error."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from agent.llm.chat import ReplyPart, Retrying
from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.failures import Failure, RequestError

_RETRIES_AFTER_TIME_OUT = 1
"""A time-out has cost a minute already, and what hangs once mostly hangs again."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a request is repeated, in seconds: `first`, then twice as long each time up to `most`.

    A provider's Retry-After counts instead; if it is above `patience`, waiting makes no sense, and none is done.
    """

    first: float = 0.5
    most: float = 30.0
    patience: float = 60.0

    def wait(self, failure: Failure, attempt: int, retries: int) -> float | None:
        """The wait after the failed `attempt` (1 is the first); None if it should not be repeated."""
        if failure.kind is ModelErrorKind.TIMED_OUT:
            retries = min(retries, _RETRIES_AFTER_TIME_OUT)
        if not failure.passing or attempt > retries:
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= self.patience else None
        longest = min(self.most, self.first * 2.0 ** (attempt - 1))
        return longest * random.uniform(0.5, 1.0)  # so that parallel requests do not come back all at once


@dataclass(frozen=True, slots=True)
class Attempt:
    """One model that can be asked. `ask` makes one request and raises `RequestError`."""

    model: str
    retries: int
    ask: Callable[[], AsyncGenerator[ReplyPart]]


async def persistently(attempts: Sequence[Attempt], backoff: Backoff) -> AsyncGenerator[ReplyPart]:
    """The parts of the first request that succeeds, with `Retrying` before each that follows a failure.

    Raises the `ModelError` of the first model when all have failed. A conversation that is too long ends it at once:
    it has to be made shorter, whatever the model.
    """
    failures: list[Failure] = []
    for attempt in attempts:
        if failures:
            yield Retrying(reason=failures[-1].message, seconds=0.0, attempt=1, model=attempt.model)
        try:
            async with contextlib.aclosing(_with_retries(attempt, backoff)) as parts:
                async for part in parts:
                    yield part
            return
        except RequestError as error:
            failures.append(error.failure)
        if failures[-1].kind is ModelErrorKind.CONTEXT_TOO_LONG:
            raise failures[-1].error() from None
    raise _all_failed(attempts, failures)


async def _with_retries(attempt: Attempt, backoff: Backoff) -> AsyncGenerator[ReplyPart]:
    number = 1
    while True:
        try:
            async with contextlib.aclosing(attempt.ask()) as parts:
                async for part in parts:
                    yield part
            return
        except RequestError as error:
            failure = error.failure
        seconds = backoff.wait(failure, number, attempt.retries)
        if seconds is None:
            raise RequestError(failure)
        yield Retrying(reason=failure.message, seconds=seconds, attempt=number, model=attempt.model)
        await asyncio.sleep(seconds)
        number += 1


def _all_failed(attempts: Sequence[Attempt], failures: Sequence[Failure]) -> ModelError:
    first, *others = failures
    also = "".join(
        f"; {attempt.model}: {failure.message}" for attempt, failure in zip(attempts[1:], others, strict=True)
    )
    return ModelError(first.kind, first.message + also, hint=first.hint)
