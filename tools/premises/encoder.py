"""Vectors of texts from an encoder that is served over HTTP. Off unless somebody names one in the settings.

The form is that of LeanCopilot's external API: `POST /encode` of `{"name", "input"}` is answered with
`{"outputs": [number, …]}`, one text at a time. What is sent are goals (or the words of a query) and the statements
that were found for them.
"""

import asyncio
import contextlib
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Final

import httpx
from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from tools.premises.sources import EncoderSettings
from tools.premises.web import FAILURES, json_answer, reason

_AT_ONCE: Final = 8
_REST_SECONDS: Final = 60.0
"""How long an encoder that failed is not asked again: nobody should wait for it at every goal."""
_MAX_KEPT: Final = 8192
"""Vectors in memory; at a length of 1,472 (ReProver's) they take 48 MB."""


class EncoderError(Exception):
    """There are no vectors; the text says why."""


class _Vector(BaseModel):
    outputs: Annotated[list[FiniteFloat], Field(min_length=1)]


class Encoder:
    """Asks the endpoint, and keeps the vectors in memory. Implements `RemoteEmbedder`; safe for several threads.

    `embed` blocks and runs an event loop of its own, so it is for a thread without one. After a failure the endpoint
    rests for a minute; vectors that came before it are kept, so that a slow encoder gets further each time.
    """

    def __init__(self, settings: EncoderSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, array[float]] = OrderedDict()
        self._rests_until = 0.0
        self._note = ""
        self._at_work: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    @property
    def note(self) -> str:
        """Why the last texts got no vectors; empty if they did."""
        return self._note

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, all of one length. Raises `EncoderError`."""
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if text not in self._known]
            if missing:
                self._ask(missing)
            vectors = [self._known[text] for text in texts]
            self._forget_oldest(texts)
            if len({len(vector) for vector in vectors}) > 1:
                self._known.clear()
                raise self._failed("its vectors have several lengths")
            self._note = ""
            return vectors

    def interrupt(self) -> None:
        """Ends what another thread is asking for; it then raises `EncoderError` there."""
        if (at_work := self._at_work) is not None:
            loop, task = at_work
            with contextlib.suppress(RuntimeError):  # it has just ended, and the loop with it
                loop.call_soon_threadsafe(task.cancel)

    def _ask(self, texts: Sequence[str]) -> None:
        if self._clock() < self._rests_until:
            raise EncoderError(self._note)
        try:
            asyncio.run(self._fetched(texts))
        except asyncio.CancelledError as error:
            raise EncoderError("the encoder was not waited for") from error
        except TimeoutError as error:
            raise self._failed(f"it was not done within {self._settings.seconds:g} seconds") from error
        except ValidationError as error:
            raise self._failed("its answer has another form than the documented one") from error
        except FAILURES as error:
            raise self._failed(reason(error)) from error

    def _failed(self, why: str) -> EncoderError:
        self._note = f"the encoder gave no vectors, and the order by words stands: {why}"
        self._rests_until = self._clock() + _REST_SECONDS
        return EncoderError(self._note)

    async def _fetched(self, texts: Sequence[str]) -> None:
        """Asks for all vectors, a few at once. Raises the first failure."""
        task = asyncio.current_task()
        self._at_work = (asyncio.get_running_loop(), task) if task else None
        waiting = iter(texts)
        try:
            async with (
                asyncio.timeout(self._settings.seconds),
                httpx.AsyncClient(timeout=None) as client,
                asyncio.TaskGroup() as group,
            ):
                for _ in range(min(_AT_ONCE, len(texts))):
                    group.create_task(self._encoded(client, waiting))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            self._at_work = None

    async def _encoded(self, client: httpx.AsyncClient, waiting: Iterator[str]) -> None:
        for text in waiting:
            question = {"name": self._settings.name, "input": text}
            answer = await json_answer(client, "POST", self._settings.url, json=question)
            self._known[text] = array("f", _Vector.model_validate(answer).outputs)

    def _forget_oldest(self, used: Sequence[str]) -> None:
        for text in used:
            self._known.move_to_end(text)
        while len(self._known) > _MAX_KEPT:
            self._known.popitem(last=False)
