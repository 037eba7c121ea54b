"""A model that answers by script, without a network."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from agent.llm.chat import FinishReason, LogProbability, Message, ReplyFinished, ReplyPart, ToolSpec, Usage
from agent.llm.errors import ModelError

Script = Callable[[str], Sequence[str] | ModelError]


@dataclass
class ScriptedModel:
    """Answers a request with what the script makes of its last message; implements `ChatModel`."""

    script: Script
    name: str = "scripted"
    context_tokens: int = 8_000
    asked: list[tuple[str, int, float]] = field(default_factory=list[tuple[str, int, float]])

    async def check(self) -> None:
        """It can always be asked."""

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ReplyPart]:
        """The first answer of the script."""
        for reply in await self.sample(messages, n=1, temperature=0.0):
            yield reply

    async def sample(
        self, messages: Sequence[Message], *, n: int, temperature: float, log_probabilities: bool = False
    ) -> Sequence[ReplyFinished]:
        """Up to `n` answers of the script."""
        self.asked.append((messages[-1].content, n, temperature))
        answers = self.script(messages[-1].content)
        if isinstance(answers, ModelError):
            raise answers
        return [finished(text) for text in answers[:n]]


def finished(text: str, mean: float | None = None) -> ReplyFinished:
    """A reply with a text; `mean` is the log-probability of each of its two tokens."""
    likely = None if mean is None else LogProbability(total=2 * mean, tokens=2)
    usage = Usage(prompt_tokens=10, completion_tokens=5, cost=0.25)
    return ReplyFinished(
        message=Message(role="assistant", content=text),
        usage=usage,
        finish=FinishReason.STOP,
        model="scripted",
        log_probability=likely,
    )
