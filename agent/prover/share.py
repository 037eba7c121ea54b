"""A model of which only a share may be used."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from agent.llm.chat import ChatModel, Message, ReplyFinished, ReplyPart, ToolSpec
from agent.llm.errors import ModelError, ModelErrorKind
from agent.prover.purse import Purse


@dataclass(frozen=True)
class ShareOfModel:
    """Asks `model` as long as the share allows it; implements `ChatModel`.

    The model is metered already, by the purse above the share: what is used here only counts against the share.
    """

    model: ChatModel
    share: Purse

    @property
    def name(self) -> str:
        """The name under which the person chose it."""
        return self.model.name

    @property
    def context_tokens(self) -> int:
        """How many tokens a request and its reply may have together."""
        return self.model.context_tokens

    async def check(self) -> None:
        """Looks whether it can be asked, without asking. Raises `ModelError`."""
        await self.model.check()

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ReplyPart]:
        """Streams one reply. Raises `ModelError`, of kind `BUDGET` once the share is spent."""
        self._require_share()
        async with contextlib.aclosing(self.model.reply(messages, tools)) as parts:
            async for part in parts:
                if isinstance(part, ReplyFinished):
                    self.share.count(part.usage)
                yield part

    async def sample(
        self, messages: Sequence[Message], *, n: int, temperature: float, log_probabilities: bool = False
    ) -> Sequence[ReplyFinished]:
        """Up to `n` independent replies. Raises `ModelError`, of kind `BUDGET` once the share is spent."""
        self._require_share()
        replies = await self.model.sample(messages, n=n, temperature=temperature, log_probabilities=log_probabilities)
        for reply in replies:
            self.share.count(reply.usage)
        return replies

    def _require_share(self) -> None:
        if not self.share.may_ask():
            raise ModelError(ModelErrorKind.BUDGET, f"{self.name} was not asked: this step's share is spent")
