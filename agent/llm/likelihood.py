"""How likely a model held its own answer to be: the log-probabilities of its tokens, where the provider tells them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent.llm.chat import LogProbability


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the provider counts it: its bytes (a symbol may be cut into several tokens) and how likely it was."""

    raw: bytes
    log_probability: float


def read_tokens(choice: Any) -> tuple[Token, ...]:
    """The tokens of a choice, streamed or whole, in OpenAI's shape; none where there are none, or of another shape."""
    content = _field(_field(choice, "logprobs"), "content")
    if not isinstance(content, list | tuple):
        return ()
    return tuple(_tokens(cast(Sequence[Any], content)))


def _tokens(content: Sequence[Any]) -> Iterator[Token]:
    for item in content:
        value = _field(item, "logprob")
        if isinstance(value, int | float) and math.isfinite(value):
            yield Token(_raw(item), min(0.0, float(value)))


def _raw(item: Any) -> bytes:
    try:
        return bytes(_field(item, "bytes"))
    except (TypeError, ValueError):  # none, or numbers that are no bytes
        return str(_field(item, "token") or "").encode(errors="replace")


def _field(value: Any, name: str) -> Any:
    """litellm hands some of a reply on as objects, some as dictionaries."""
    return cast(dict[str, Any], value).get(name) if isinstance(value, dict) else getattr(value, name, None)


def of_answer(tokens: Sequence[Token], answer: str) -> LogProbability | None:
    """What the tokens that spell the answer add up to; None without tokens or answer.

    Providers count reasoning, tags and the end of the turn among the tokens. The answer is the last place where its
    text stands in theirs; where it cannot be found, all tokens count.
    """
    wanted = answer.strip().encode(errors="replace")
    if not tokens or not wanted:
        return None
    start = b"".join(token.raw for token in tokens).rfind(wanted)
    chosen = tokens if start == -1 else list(_within(tokens, start, start + len(wanted)))
    return LogProbability(total=sum(token.log_probability for token in chosen), tokens=len(chosen))


def _within(tokens: Sequence[Token], start: int, end: int) -> Iterator[Token]:
    at = 0
    for token in tokens:
        if at < end and at + len(token.raw) > start and token.raw:
            yield token
        at += len(token.raw)
