"""A model whose answers are told one by one, and answers kept in memory."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from agent.llm.chat import Message, ReplyFinished, ReplyPart, TextDelta, ToolSpec, Usage
from agent.llm.errors import ModelError
from tests.agent.llm.scripted import finished


@dataclass
class KeptAnswers:
    """Implements `Answers`: `known` are from an earlier part of the run."""

    known: dict[str, list[Sequence[ReplyFinished]]] = field(
        default_factory=lambda: defaultdict(list[Sequence[ReplyFinished]])
    )
    kept: list[tuple[str, Sequence[ReplyFinished]]] = field(default_factory=list[tuple[str, Sequence[ReplyFinished]]])
    lost_usage: list[Usage] = field(default_factory=list[Usage])

    def take(self, request: str) -> Sequence[ReplyFinished] | None:
        """The next known one."""
        return self.known[request].pop(0) if self.known.get(request) else None

    def keep(self, request: str, replies: Sequence[ReplyFinished]) -> None:
        """Keeps it."""
        self.kept.append((request, replies))

    def lost(self, usage: Usage) -> None:
        """Takes it down."""
        self.lost_usage.append(usage)

    def afterwards(self) -> "KeptAnswers":
        """The answers for the next part of the run."""
        later = KeptAnswers()
        for request, replies in self.kept:
            later.known[request].append(replies)
        return later


@dataclass
class HeldModel:
    """Answers when it is let go; implements `ChatModel`.

    Each answer has 15 tokens, and costs a quarter dollar if they are `priced`.
    """

    name: str = "held"
    context_tokens: int = 8_000
    at_once: int = 0
    most_at_once: int = 0
    asked: int = 0
    checked: int = 0
    pieces: Sequence[str] = ("I ", "think")
    error: ModelError | None = None
    priced: bool = True
    go: asyncio.Event = field(default_factory=asyncio.Event)
    streaming: asyncio.Event = field(default_factory=asyncio.Event)

    async def check(self) -> None:
        """Counts."""
        self.checked += 1

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ReplyPart]:
        """Some pieces, and the rest when it is let go."""
        with self._one():
            for piece in self.pieces:
                yield TextDelta(text=piece)
            self.streaming.set()
            await self.go.wait()
            yield self._answer()

    async def sample(
        self, messages: Sequence[Message], *, n: int, temperature: float, log_probabilities: bool = False
    ) -> Sequence[ReplyFinished]:
        """One answer when it is let go."""
        with self._one():
            self.streaming.set()
            await self.go.wait()
            return [self._answer()]

    def _answer(self) -> ReplyFinished:
        answer = finished(f"answer {self.asked}")
        unpriced = answer.usage.model_copy(update={"cost": None})
        return answer if self.priced else answer.model_copy(update={"usage": unpriced})

    @contextlib.contextmanager
    def _one(self):
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            self.at_once -= 1
