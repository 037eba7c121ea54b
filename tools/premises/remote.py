"""LeanSearch and Loogle: searches over Mathlib on the web. Off unless somebody names them in the settings.

What is sent is the query as it was typed. A source that fails, is slow or is asked too often answers with a note and
nothing else: the local index goes on without it.

Loogle answers `GET /json?q=…` with `{"hits": [{"name", "type", "module", "doc"}]}` or `{"error"}`; LeanSearch answers
`POST /search` of `{"query": [text], "num_results": n}` with a list for each query of `{"result": {"name": [parts],
"type", "module_name", …}}`, and in its older form with a flat list of `{"formal_name", "formal_type"}`.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

import httpx
from pydantic import BaseModel, Field, ValidationError

from tools.premises.sources import RemoteAnswer, RemotePremise, RemoteSettings, RemoteSource
from tools.premises.web import FAILURES, json_answer, reason


class _Hit(BaseModel):
    name: str
    type: str = ""
    module: str = ""


class _LoogleAnswer(BaseModel):
    hits: list[_Hit] = Field(default_factory=list[_Hit])
    error: str = ""


class WebSource(ABC):
    """A source that is asked over HTTP, one question at a time, with a pause between them."""

    name: ClassVar[str]

    def __init__(self, url: str, settings: RemoteSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._settings = settings
        self._clock = clock
        self._lock = asyncio.Lock()
        self._free_at = 0.0

    async def find(self, query: str, limit: int) -> RemoteAnswer:
        """Asks; never raises but for cancellation."""
        if self._lock.locked() or self._clock() < self._free_at:
            return RemoteAnswer(note=f"{self.name} was asked a moment ago, and was not asked again")
        async with self._lock:
            try:
                async with asyncio.timeout(self._settings.seconds):
                    answer = await self._asked(query, limit)
                return RemoteAnswer(tuple(self._premises(answer))[:limit])
            except TimeoutError:
                return RemoteAnswer(note=f"{self.name} did not answer within {self._settings.seconds:g} seconds")
            except FAILURES as error:
                return RemoteAnswer(note=f"{self.name} gave no answer: {reason(error)}")
            finally:
                self._free_at = self._clock() + self._settings.pause_seconds

    @abstractmethod
    async def _asked(self, query: str, limit: int) -> Any:
        """The JSON that the source answers with."""

    @abstractmethod
    def _premises(self, answer: Any) -> Sequence[RemotePremise]:
        """The declarations in an answer. Raises `ValueError`, `KeyError` or `TypeError` for anything else."""

    async def _json(self, method: str, **request: Any) -> Any:
        async with httpx.AsyncClient(timeout=self._settings.seconds, follow_redirects=True) as client:
            return await json_answer(client, method, self._url, **request)


class Loogle(WebSource):
    """Search by constants, by parts of names, and by patterns such as `_ + _ = _ + _`."""

    name: ClassVar[str] = "Loogle"

    async def _asked(self, query: str, limit: int) -> Any:
        return await self._json("GET", params={"q": query})

    def _premises(self, answer: Any) -> Sequence[RemotePremise]:
        try:
            read = _LoogleAnswer.model_validate(answer)
        except ValidationError as error:
            raise ValueError("its answer has another form than the documented one") from error
        if read.error:
            raise ValueError(read.error)
        return [RemotePremise(hit.name, " ".join(hit.type.split()), hit.module, self.name) for hit in read.hits]


class LeanSearch(WebSource):
    """Search by a description in plain words."""

    name: ClassVar[str] = "LeanSearch"

    async def _asked(self, query: str, limit: int) -> Any:
        return await self._json("POST", json={"query": [query], "num_results": limit})

    def _premises(self, answer: Any) -> Sequence[RemotePremise]:
        rows: Any = answer
        if isinstance(rows, list) and rows and isinstance(rows[0], list):
            rows = cast("list[Any]", rows)[0]
        if not isinstance(rows, list):
            raise ValueError("its answer has another form than the documented one")
        return [self._premise(row) for row in cast("list[Any]", rows)]

    def _premise(self, row: Any) -> RemotePremise:
        if not isinstance(row, Mapping):
            raise ValueError("its answer has another form than the documented one")
        found = cast("Mapping[str, Any]", row)
        found = cast("Mapping[str, Any]", found.get("result", found))
        name = _dotted(found.get("name") or found["formal_name"])
        kind = found.get("type") or found.get("signature") or found.get("formal_type") or ""
        return RemotePremise(name, " ".join(str(kind).split()), _dotted(found.get("module_name") or ""), self.name)


def _dotted(name: Any) -> str:
    """A name that is written as a text or as a list of its parts."""
    return ".".join(str(part) for part in cast("list[Any]", name)) if isinstance(name, list) else str(name)


def remote_sources(settings: RemoteSettings) -> tuple[RemoteSource, ...]:
    """The sources that the settings name."""
    sources: list[RemoteSource] = []
    if settings.loogle:
        sources.append(Loogle(settings.loogle, settings))
    if settings.leansearch:
        sources.append(LeanSearch(settings.leansearch, settings))
    return tuple(sources)
