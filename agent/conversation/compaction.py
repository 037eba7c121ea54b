"""Making a long history short: the person's words, the goals, and what was tried are kept; the rest is summarised."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.conversation.history import HARNESS, Facts, estimated_tokens, facts, last_exchange
from agent.llm.chat import ChatModel, Message, Usage
from agent.llm.errors import ModelError
from agent.prompts import PromptLibrary

_FULL = 0.8
"""The share of the context from which on a history is shortened."""
_KEPT = 0.25
"""The share of the context that the last exchange may take to be kept as it is."""
_TRANSCRIPT = 0.5
"""The share of the context that is shown to the model that summarises."""
_CHARACTERS_PER_TOKEN = 3


@dataclass(frozen=True)
class Compactor:
    """Shortens histories with the help of the model itself."""

    model: ChatModel
    prompts: PromptLibrary

    def is_due(self, used_tokens: int) -> bool:
        """Whether a history that takes so many tokens is to be shortened."""
        return used_tokens >= _FULL * self.model.context_tokens

    async def compact(self, history: Sequence[Message], said: Sequence[Message]) -> tuple[list[Message], Usage | None]:
        """The shorter history, and what the summary cost. `said` is everything that was ever said in the session.

        What the person said stays word for word. Without a summary (the model failed) the facts alone are kept.
        """
        limit = self.model.context_tokens
        tail = list(history[last_exchange(history) :])
        if estimated_tokens(tail) > _KEPT * limit:
            # The turn itself is what is long: its beginning goes into the summary as well.
            tail = []
        old = history[: len(history) - len(tail)]
        characters = int(limit * _CHARACTERS_PER_TOKEN)
        summary, usage = await self._summary(old, int(_TRANSCRIPT * characters))
        known = facts(said[: len(said) - len(tail)])
        opening = _opening(known, summary, int(_KEPT * characters))
        return [Message(role="user", content=opening), *tail], usage

    async def _summary(self, history: Sequence[Message], characters: int) -> tuple[str, Usage | None]:
        transcript = "\n\n".join(_line(message) for message in history)
        if len(transcript) > characters:  # the end matters most
            transcript = "…\n" + transcript[-characters:]
        prompt = Message(role="user", content=self.prompts.render("compaction", transcript=transcript))
        try:
            (reply, *_) = await self.model.sample([prompt], n=1, temperature=0.0)
        except ModelError:
            return "", None
        return reply.message.content, reply.usage


def _line(message: Message) -> str:
    calls = "".join(f"\n[calls {call.name} {call.arguments}]" for call in message.tool_calls)
    return f"{message.role}: {message.content}{calls}"


def _opening(known: Facts, summary: str, characters: int) -> str:
    """The message that stands for what was before; each part may take so many characters, the newest come first."""
    parts = [f"{HARNESS}This is the earlier conversation, shortened. What the person said, word for word:"]
    parts += [f"<person>\n{text}\n</person>" for text in _newest(known.said, characters)]
    if summary:
        parts.append(f"A summary of what happened:\n{summary}")
    if known.goals:
        parts += ["The goals that were seen last:", *_newest(known.goals, characters // 2)]
    if known.tried:
        parts += ["What was tried, and what came of it:", *_newest(known.tried, characters // 2)]
    return "\n\n".join(parts)


def _newest(texts: Sequence[str], characters: int) -> list[str]:
    """The last texts that have room together, in their order; the very last one always, cut if need be."""
    kept: list[str] = []
    for text in reversed(texts):
        if len(text) > characters:
            if not kept:
                kept.append(text[:characters] + " …")
            break
        kept.append(text)
        characters -= len(text)
    return kept[::-1]
